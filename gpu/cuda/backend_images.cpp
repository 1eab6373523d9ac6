// Pooling and normalization.
#include "gpu/cuda/cuda_backend.h"
#include "gpu/cuda/images.h"
#include "gpu/cuda/norms.h"
#include "gpu/cuda/shapes.h"

namespace autoglm::gpu {
namespace {

constexpr const char* kPoolRule =
    "x [b, h, w, c] and y [b, oh, ow, c] must be of one type, padding less than kernel, indices "
    "given for max alone";

bool is_pool(nn::Pooling pooling, const nn::Window& window, const Tensor& x, const Tensor& y,
             const std::int32_t* indices) {
  return windows_fit(window, x, y) && x.shape[3] == y.shape[3] &&
         (pooling == nn::Pooling::max) == (indices != nullptr);
}

bool is_average(const Tensor& x, const Tensor& y) {
  return is_images(x) && is_matrix(y) && x.type == y.type && x.shape[0] == y.shape[0] &&
         x.shape[3] == y.shape[1];
}

template <class Norm>
bool has_arrays(const Norm& norm) {
  return norm.gamma != nullptr && norm.mean != nullptr && norm.inverse_deviation != nullptr;
}

}  // namespace

Status CudaBackend::pool_forward(nn::Pooling pooling, const nn::Window& window, const Tensor& x,
                                 const Tensor& y, std::int32_t* indices) noexcept {
  context_.begin("pool_forward");
  if (!is_pool(pooling, window, x, y, indices)) {
    return context_.refuse(kPoolRule);
  }
  return y.count() == 0
             ? Status::ok
             : context_.check(gpu::pool_forward(context_.queue(), pooling, window, x, y, indices));
}

Status CudaBackend::pool_backward(nn::Pooling pooling, const nn::Window& window, const Tensor& dy,
                                  const std::int32_t* indices, const Tensor& dx) noexcept {
  context_.begin("pool_backward");
  if (!is_pool(pooling, window, dx, dy, indices)) {
    return context_.refuse(kPoolRule);
  }
  return dx.count() == 0 ? Status::ok
                         : context_.check(gpu::pool_backward(context_.queue(), pooling, window, dy,
                                                             indices, dx));
}

Status CudaBackend::global_average_forward(const Tensor& x, const Tensor& y) noexcept {
  context_.begin("global_average_forward");
  if (!is_average(x, y)) {
    return context_.refuse("x [b, h, w, c] and y [b, c] must be of one type");
  }
  return y.count() == 0 ? Status::ok
                        : context_.check(gpu::global_average_forward(context_.queue(), x, y));
}

Status CudaBackend::global_average_backward(const Tensor& dy, const Tensor& dx) noexcept {
  context_.begin("global_average_backward");
  if (!is_average(dx, dy)) {
    return context_.refuse("dx [b, h, w, c] and dy [b, c] must be of one type");
  }
  return dx.count() == 0 ? Status::ok
                         : context_.check(gpu::global_average_backward(context_.queue(), dy, dx));
}

Status CudaBackend::batch_norm_forward(const BatchNorm& norm, const Tensor& x,
                                       const Tensor& y) noexcept {
  context_.begin("batch_norm_forward");
  if (!alike(x, y) || x.count() == 0 || !has_arrays(norm) || norm.beta == nullptr ||
      !is_linear_or_relu(norm.activation)) {
    return context_.refuse(
        "x and y must be alike and not empty; gamma, beta, mean, inverse_deviation not null, "
        "activation identity or relu");
  }
  void* scratch = nullptr;
  const Status status = context_.scratch(norm_scratch(context_.queue(), x.shape.last()), &scratch);
  return status == Status::ok
             ? context_.check(gpu::batch_norm_forward(context_.queue(), norm, x, y, scratch))
             : status;
}

Status CudaBackend::batch_norm_apply(const BatchNorm& norm, const Tensor& x,
                                     const Tensor& y) noexcept {
  context_.begin("batch_norm_apply");
  if (!alike(x, y) || norm.gamma == nullptr || norm.beta == nullptr ||
      norm.running_mean == nullptr || norm.running_variance == nullptr ||
      !is_linear_or_relu(norm.activation)) {
    return context_.refuse(
        "x and y must be alike; gamma, beta, running_mean, running_variance not null, activation "
        "identity or relu");
  }
  return x.count() == 0 ? Status::ok
                        : context_.check(gpu::batch_norm_apply(context_.queue(), norm, x, y));
}

Status CudaBackend::batch_norm_backward(const BatchNorm& norm, const Tensor& x, const Tensor& dy,
                                        const Tensor& dx, float* dgamma, float* dbeta) noexcept {
  context_.begin("batch_norm_backward");
  const bool rectifies = norm.activation == nn::Activation::relu;
  if (!alike(x, dy) || !alike(x, dx) || x.count() == 0 || !has_arrays(norm) ||
      !is_linear_or_relu(norm.activation) || (rectifies && norm.beta == nullptr)) {
    return context_.refuse(
        "x, dy and dx must be alike and not empty; gamma, mean, inverse_deviation not null, nor "
        "beta with a ReLU; activation identity or relu");
  }
  void* scratch = nullptr;
  const Status status = context_.scratch(norm_scratch(context_.queue(), x.shape.last()), &scratch);
  return status == Status::ok ? context_.check(gpu::batch_norm_backward(
                                    context_.queue(), norm, {x, dy, dx, dgamma, dbeta}, scratch))
                              : status;
}

Status CudaBackend::layer_norm_forward(const LayerNorm& norm, const Tensor& x,
                                       const Tensor& y) noexcept {
  context_.begin("layer_norm_forward");
  if (!alike(x, y) || !has_arrays(norm) || norm.beta == nullptr) {
    return context_.refuse("x and y must be alike; gamma, beta, mean, inverse_deviation not null");
  }
  return x.count() == 0 ? Status::ok
                        : context_.check(gpu::layer_norm_forward(context_.queue(), norm, x, y));
}

Status CudaBackend::layer_norm_backward(const LayerNorm& norm, const Tensor& x, const Tensor& dy,
                                        const Tensor& dx, float* dgamma, float* dbeta) noexcept {
  context_.begin("layer_norm_backward");
  if (!alike(x, dy) || !alike(x, dx) || !has_arrays(norm)) {
    return context_.refuse("x, dy and dx must be alike; gamma, mean, inverse_deviation not null");
  }
  if (x.count() == 0) {
    return Status::ok;
  }
  void* scratch = nullptr;
  const Status status = context_.scratch(norm_scratch(context_.queue(), x.shape.last()), &scratch);
  return status == Status::ok ? context_.check(gpu::layer_norm_backward(
                                    context_.queue(), norm, {x, dy, dx, dgamma, dbeta}, scratch))
                              : status;
}

}  // namespace autoglm::gpu
