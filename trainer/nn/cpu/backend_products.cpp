// Linear layers and convolutions.
#include "trainer/nn/cpu/backend_class.h"

namespace autoglm::nn::cpu {
namespace {

constexpr std::int64_t kAny = Arguments::kAny;

LinearShape linear_shape(const Tensor& m_by_n, const Tensor& m_by_k) {
  return {m_by_n.shape[0], m_by_n.shape[1], m_by_k.shape[1]};
}

}  // namespace

Status CpuBackend::linear_forward(const Tensor& x, const Tensor& w, const float* bias,
                                  const Tensor& y, Activation activation) noexcept {
  arguments_.begin("linear_forward");
  arguments_.tensor("x", x, x.type, {kAny, kAny});
  arguments_.tensor("w", w, x.type, {kAny, x.shape[1]});
  arguments_.tensor("y", y, x.type, {x.shape[0], w.shape[0]});
  check_rectifier(activation);
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(
      products_.linear_forward(linear_shape(y, x), numbers_of(x), numbers_of(w),
                               {numbers_of(y), bias, activation == Activation::relu}, scratch_));
}

Status CpuBackend::linear_backward_data(const Tensor& dy, const Tensor& w,
                                        const Tensor& dx) noexcept {
  arguments_.begin("linear_backward_data");
  arguments_.tensor("dy", dy, dy.type, {kAny, kAny});
  arguments_.tensor("w", w, dy.type, {dy.shape[1], kAny});
  arguments_.tensor("dx", dx, dy.type, {dy.shape[0], w.shape[1]});
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(products_.linear_backward_data(linear_shape(dy, dx), numbers_of(dy),
                                                        numbers_of(w), numbers_of(dx), scratch_));
}

Status CpuBackend::linear_backward_weight(const Tensor& dy, const Tensor& x, float* dw,
                                          float* dbias) noexcept {
  arguments_.begin("linear_backward_weight");
  arguments_.tensor("dy", dy, dy.type, {kAny, kAny});
  arguments_.tensor("x", x, dy.type, {dy.shape[0], kAny});
  arguments_.array("dw", dw);
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(products_.linear_backward_weight(linear_shape(dy, x), numbers_of(dy),
                                                          numbers_of(x), dw, dbias, scratch_));
}

ImageShape CpuBackend::check_images(const Window& window, const Tensor& x, const char* x_name,
                                    const Tensor& y, const char* y_name) noexcept {
  const Shape any{kAny, kAny, kAny, kAny};
  arguments_.rule(window.kernel >= 1 && window.stride >= 1 && window.padding >= 0,
                  "kernel %lld, stride %lld, padding %lld; must be at least 1, 1 and 0",
                  static_cast<long long>(window.kernel), static_cast<long long>(window.stride),
                  static_cast<long long>(window.padding));
  arguments_.rule(window.padding < window.kernel, "padding (%lld) must be below kernel (%lld)",
                  static_cast<long long>(window.padding), static_cast<long long>(window.kernel));
  arguments_.tensor(x_name, x, x.type, any);
  arguments_.tensor(y_name, y, x.type, any);
  if (!arguments_.ok()) {
    return {};
  }
  arguments_.rule(x.shape[1] + 2 * window.padding >= window.kernel &&
                      x.shape[2] + 2 * window.padding >= window.kernel,
                  "images of %lld by %lld pixels are smaller than the kernel (%lld)",
                  static_cast<long long>(x.shape[1]), static_cast<long long>(x.shape[2]),
                  static_cast<long long>(window.kernel));
  arguments_.tensor(y_name, y, x.type,
                    {x.shape[0], window.output(x.shape[1]), window.output(x.shape[2]), kAny});
  return {.batch = x.shape[0],
          .height = x.shape[1],
          .width = x.shape[2],
          .channels = x.shape[3],
          .out_height = y.shape[1],
          .out_width = y.shape[2],
          .out_channels = y.shape[3],
          .kernel = window.kernel,
          .stride = window.stride,
          .padding = window.padding};
}

Status CpuBackend::conv_forward(const Window& window, const Tensor& x, const Tensor& w,
                                const float* bias, const Tensor& y,
                                Activation activation) noexcept {
  arguments_.begin("conv_forward");
  const ImageShape shape = check_images(window, x, "x", y, "y");
  arguments_.tensor("w", w, x.type, {y.shape[3], window.kernel, window.kernel, x.shape[3]});
  check_rectifier(activation);
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(
      products_.conv_forward(shape, numbers_of(x), numbers_of(w),
                             {numbers_of(y), bias, activation == Activation::relu}, scratch_));
}

Status CpuBackend::conv_backward_data(const Window& window, const Tensor& dy, const Tensor& w,
                                      const Tensor& dx) noexcept {
  arguments_.begin("conv_backward_data");
  const ImageShape shape = check_images(window, dx, "dx", dy, "dy");
  arguments_.tensor("w", w, dy.type, {dy.shape[3], window.kernel, window.kernel, dx.shape[3]});
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(
      products_.conv_backward_data(shape, numbers_of(dy), numbers_of(w), numbers_of(dx), scratch_));
}

Status CpuBackend::conv_backward_weight(const Window& window, const Tensor& dy, const Tensor& x,
                                        float* dw, float* dbias) noexcept {
  arguments_.begin("conv_backward_weight");
  const ImageShape shape = check_images(window, x, "x", dy, "dy");
  arguments_.array("dw", dw);
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(
      products_.conv_backward_weight(shape, numbers_of(dy), numbers_of(x), dw, dbias, scratch_));
}

}  // namespace autoglm::nn::cpu
