// Dense layers, convolutions, activations, dropout.
#include <algorithm>
#include <cmath>

#include "gpu/cuda/cuda_backend.h"
#include "gpu/cuda/dense.h"
#include "gpu/cuda/elementwise.h"
#include "gpu/cuda/gemm.h"
#include "gpu/cuda/shapes.h"

namespace autoglm::gpu {

Status CudaBackend::linear_forward(const Tensor& x, const Tensor& w, const float* bias,
                                   const Tensor& y, nn::Activation activation) noexcept {
  context_.begin("linear_forward");
  if (!is_matrix(x) || !is_matrix(w) || !is_matrix(y) || x.type != w.type || x.type != y.type ||
      x.shape[1] != w.shape[1] || y.shape[0] != x.shape[0] || y.shape[1] != w.shape[0] ||
      !is_linear_or_relu(activation)) {
    return context_.refuse(
        "x [m, k], w [n, k] and y [m, n] must be of one type, activation identity or relu");
  }
  const std::int64_t m = x.shape[0];
  const std::int64_t n = w.shape[0];
  const std::int64_t k = x.shape[1];
  const Product product{.m = m,
                        .n = n,
                        .k = k,
                        .a = {x.data, k, false},
                        .b = {w.data, k, true},
                        .type = x.type,
                        .result = y.data,
                        .result_type = y.type};
  const Epilogue epilogue{bias, activation == nn::Activation::relu};
  void* scratch = nullptr;
  const Status status = context_.scratch(product_scratch(context_, product, epilogue), &scratch);
  return status == Status::ok ? multiply(context_, product, epilogue, scratch) : status;
}

Status CudaBackend::linear_backward_data(const Tensor& dy, const Tensor& w,
                                         const Tensor& dx) noexcept {
  context_.begin("linear_backward_data");
  if (!is_matrix(dy) || !is_matrix(w) || !is_matrix(dx) || dy.type != w.type ||
      dy.type != dx.type || dy.shape[1] != w.shape[0] || dx.shape[0] != dy.shape[0] ||
      dx.shape[1] != w.shape[1]) {
    return context_.refuse("dy [m, n], w [n, k] and dx [m, k] must be of one type");
  }
  const std::int64_t n = w.shape[0];
  const std::int64_t k = w.shape[1];
  return multiply(context_, {.m = dy.shape[0],
                             .n = k,
                             .k = n,
                             .a = {dy.data, n, false},
                             .b = {w.data, k, false},
                             .type = dy.type,
                             .result = dx.data,
                             .result_type = dx.type});
}

Status CudaBackend::linear_backward_weight(const Tensor& dy, const Tensor& x, float* dw,
                                           float* dbias) noexcept {
  context_.begin("linear_backward_weight");
  if (!is_matrix(dy) || !is_matrix(x) || dy.type != x.type || dy.shape[0] != x.shape[0] ||
      dw == nullptr) {
    return context_.refuse("dy [m, n] and x [m, k] must be of one type, and dw not null");
  }
  const std::int64_t n = dy.shape[1];
  const std::int64_t k = x.shape[1];
  const Status status = multiply(context_, {.m = n,
                                            .n = k,
                                            .k = dy.shape[0],
                                            .a = {dy.data, n, true},
                                            .b = {x.data, k, false},
                                            .type = dy.type,
                                            .result = dw,
                                            .result_type = DType::f32,
                                            .accumulate = true});
  return status == Status::ok ? add_columns(dy, dbias) : status;
}

/// totals += sums over all but the last index; null: nothing happens.
Status CudaBackend::add_columns(const Tensor& dy, float* totals) {
  if (totals == nullptr || dy.count() == 0) {
    return Status::ok;
  }
  const std::int64_t columns = dy.shape.last();
  void* scratch = nullptr;
  const Status status =
      context_.scratch(column_totals_scratch(context_.queue(), columns), &scratch);
  return status == Status::ok
             ? context_.check(add_column_totals(context_.queue(), dy.data, dy.type,
                                                dy.count() / columns, columns, totals, scratch))
             : status;
}

Status CudaBackend::convolve(const Convolution& convolution, const ConvolutionArrays& arrays,
                             const Epilogue& epilogue) {
  // A handle of cuDNN is of the device that is chosen when it is made.
  if (const Status begun = context_.check(cudaSuccess); begun != Status::ok) {
    return begun;
  }
  // cuDNN's plans give sums that are rounded already.
  const bool may_plan = convolution.suits_cudnn() && !epilogue.widens(convolution.type);
  const Status status = may_plan && plans_.has(context_, convolution, arrays)
                            ? plans_.run(context_, arrays)
                            : Status::unsupported;
  if (status == Status::unsupported || status == Status::out_of_memory) {
    return convolve_patches(context_, convolution, arrays, epilogue);
  }
  const std::int64_t channels = convolution.outputs();
  return status == Status::ok ? finish(context_, epilogue, arrays.y, convolution.type,
                                       convolution.y.count() / channels, channels)
                              : status;
}

Status CudaBackend::conv_forward(const nn::Window& window, const Tensor& x, const Tensor& w,
                                 const float* bias, const Tensor& y,
                                 nn::Activation activation) noexcept {
  context_.begin("conv_forward");
  if (!is_convolution(window, x, w.shape, y) || w.type != x.type ||
      !is_linear_or_relu(activation)) {
    return context_.refuse(
        "x [b, h, w, c], w [n, kernel, kernel, c] and y [b, oh, ow, n] must be of one type, "
        "activation identity or relu, padding less than kernel");
  }
  if (y.count() == 0) {
    return Status::ok;
  }
  return convolve({Convolution::Kind::forward, x.type, window, x.shape, y.shape},
                  {x.data, w.data, y.data}, {bias, activation == nn::Activation::relu});
}

Status CudaBackend::conv_backward_data(const nn::Window& window, const Tensor& dy, const Tensor& w,
                                       const Tensor& dx) noexcept {
  context_.begin("conv_backward_data");
  if (!is_convolution(window, dx, w.shape, dy) || w.type != dx.type) {
    return context_.refuse(
        "dx [b, h, w, c], w [n, kernel, kernel, c] and dy [b, oh, ow, n] must be of one type, "
        "padding less than kernel");
  }
  return dx.count() == 0 ? Status::ok
                         : convolve({Convolution::Kind::data, dx.type, window, dx.shape, dy.shape},
                                    {dx.data, w.data, dy.data}, {});
}

Status CudaBackend::conv_backward_weight(const nn::Window& window, const Tensor& dy,
                                         const Tensor& x, float* dw, float* dbias) noexcept {
  context_.begin("conv_backward_weight");
  if (!windows_fit(window, x, dy) || dw == nullptr) {
    return context_.refuse(
        "x [b, h, w, c] and dy [b, oh, ow, n] must be of one type, padding less than kernel, and "
        "dw not null");
  }
  if (dy.count() == 0) {
    return Status::ok;
  }
  const Status status = convolve({Convolution::Kind::weight, x.type, window, x.shape, dy.shape},
                                 {x.data, dw, dy.data}, {});
  return status == Status::ok ? add_columns(dy, dbias) : status;
}

Status CudaBackend::activation_forward(nn::Activation activation, const Tensor& x,
                                       const Tensor& y) noexcept {
  context_.begin("activation_forward");
  if (!alike(x, y)) {
    return context_.refuse("x and y must be alike");
  }
  return x.count() == 0 ? Status::ok : context_.check(activate(context_.queue(), activation, x, y));
}

Status CudaBackend::activation_backward(nn::Activation activation, const Tensor& saved,
                                        const Tensor& dy, const Tensor& dx) noexcept {
  context_.begin("activation_backward");
  if (!alike(saved, dy) || !alike(dy, dx)) {
    return context_.refuse("saved, dy and dx must be alike");
  }
  return dx.count() == 0
             ? Status::ok
             : context_.check(activate_backward(context_.queue(), activation, saved, dy, dx));
}

Status CudaBackend::add(const Tensor& a, const Tensor& b, const Tensor& y,
                        nn::Activation activation) noexcept {
  context_.begin("add");
  if (!alike(a, b) || !alike(a, y) || !is_linear_or_relu(activation)) {
    return context_.refuse("a, b and y must be alike, activation identity or relu");
  }
  return y.count() == 0 ? Status::ok
                        : context_.check(gpu::add(context_.queue(), a, b, y,
                                                  activation == nn::Activation::relu));
}

Status CudaBackend::dropout(float rate, const nn::RandomKey& key, const Tensor& x,
                            const Tensor& y) noexcept {
  context_.begin("dropout");
  if (!alike(x, y) || !(rate >= 0 && rate < 1)) {
    return context_.refuse("x and y must be alike, rate in [0, 1)");
  }
  const double words = std::nearbyint(static_cast<double>(rate) * 0x1p32);
  const auto threshold = static_cast<std::uint32_t>(std::min(words, 0x1p32 - 1));
  return x.count() == 0
             ? Status::ok
             : context_.check(gpu::dropout(context_.queue(), threshold, 1 / (1 - rate), key, x, y));
}

}  // namespace autoglm::gpu
