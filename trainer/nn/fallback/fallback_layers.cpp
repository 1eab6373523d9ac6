// Products and normalization.
#include "trainer/nn/fallback/fallback_class.h"

namespace autoglm::nn {
namespace {

// 0 for a shape that is none, which the operation refuses.
std::int64_t last_of(const Tensor& tensor) {
  const bool has_rank = tensor.shape.rank >= 1 && tensor.shape.rank <= Shape::kMostRank;
  return has_rank ? tensor.shape.last() : 0;
}
std::int64_t rows_of(const Tensor& tensor) {
  return last_of(tensor) > 0 ? tensor.count() / last_of(tensor) : 0;
}

}  // namespace

Status FallbackBackend::linear_forward(const Tensor& x, const Tensor& w, const float* bias,
                                       const Tensor& y, Activation activation) noexcept {
  return compute("linear_forward", x.type, &Backend::linear_forward, read(x), read(w),
                 read(bias, w.shape[0]), written(y), activation);
}

Status FallbackBackend::linear_backward_data(const Tensor& dy, const Tensor& w,
                                             const Tensor& dx) noexcept {
  return compute("linear_backward_data", dy.type, &Backend::linear_backward_data, read(dy), read(w),
                 written(dx));
}

Status FallbackBackend::linear_backward_weight(const Tensor& dy, const Tensor& x, float* dw,
                                               float* dbias) noexcept {
  return compute("linear_backward_weight", dy.type, &Backend::linear_backward_weight, read(dy),
                 read(x), changed(dw, dy.shape[1] * x.shape[1]), changed(dbias, dy.shape[1]));
}

Status FallbackBackend::conv_forward(const Window& window, const Tensor& x, const Tensor& w,
                                     const float* bias, const Tensor& y,
                                     Activation activation) noexcept {
  return compute("conv_forward", x.type, &Backend::conv_forward, window, read(x), read(w),
                 read(bias, w.shape[0]), written(y), activation);
}

Status FallbackBackend::conv_backward_data(const Window& window, const Tensor& dy, const Tensor& w,
                                           const Tensor& dx) noexcept {
  return compute("conv_backward_data", dy.type, &Backend::conv_backward_data, window, read(dy),
                 read(w), written(dx));
}

Status FallbackBackend::conv_backward_weight(const Window& window, const Tensor& dy,
                                             const Tensor& x, float* dw, float* dbias) noexcept {
  const std::int64_t filters = dy.shape[3];
  return compute("conv_backward_weight", dy.type, &Backend::conv_backward_weight, window, read(dy),
                 read(x), changed(dw, filters * window.kernel * window.kernel * x.shape[3]),
                 changed(dbias, filters));
}

Status FallbackBackend::batch_norm_forward(const BatchNorm& norm, const Tensor& x,
                                           const Tensor& y) noexcept {
  const auto copy = [&norm, channels = last_of(x)](HostCopies& copies) {
    BatchNorm host = norm;
    host.gamma = copies.in(norm.gamma, channels);
    host.beta = copies.in(norm.beta, channels);
    host.mean = copies.out(norm.mean, channels);
    host.inverse_deviation = copies.out(norm.inverse_deviation, channels);
    host.running_mean = copies.in_out(norm.running_mean, channels);
    host.running_variance = copies.in_out(norm.running_variance, channels);
    return host;
  };
  return compute("batch_norm_forward", x.type, &Backend::batch_norm_forward, Operand{norm, copy},
                 read(x), written(y));
}

Status FallbackBackend::batch_norm_apply(const BatchNorm& norm, const Tensor& x,
                                         const Tensor& y) noexcept {
  const auto copy = [&norm, channels = last_of(x)](HostCopies& copies) {
    BatchNorm host{.epsilon = norm.epsilon, .activation = norm.activation};
    host.gamma = copies.in(norm.gamma, channels);
    host.beta = copies.in(norm.beta, channels);
    host.running_mean = copies.in_out(norm.running_mean, channels);
    host.running_variance = copies.in_out(norm.running_variance, channels);
    return host;
  };
  return compute("batch_norm_apply", x.type, &Backend::batch_norm_apply, Operand{norm, copy},
                 read(x), written(y));
}

// NOLINTNEXTLINE(readability-function-size): the interface has so many parameters
Status FallbackBackend::batch_norm_backward(const BatchNorm& norm, const Tensor& x,
                                            const Tensor& dy, const Tensor& dx, float* dgamma,
                                            float* dbeta) noexcept {
  const std::int64_t channels = last_of(x);
  const auto copy = [&norm, channels](HostCopies& copies) {
    BatchNorm host{.epsilon = norm.epsilon, .activation = norm.activation};
    host.gamma = copies.in(norm.gamma, channels);
    host.beta = copies.in(norm.beta, channels);
    host.mean = copies.in_out(norm.mean, channels);
    host.inverse_deviation = copies.in_out(norm.inverse_deviation, channels);
    return host;
  };
  return compute("batch_norm_backward", x.type, &Backend::batch_norm_backward, Operand{norm, copy},
                 read(x), read(dy), written(dx), changed(dgamma, channels),
                 changed(dbeta, channels));
}

Status FallbackBackend::layer_norm_forward(const LayerNorm& norm, const Tensor& x,
                                           const Tensor& y) noexcept {
  const auto copy = [&norm, &x](HostCopies& copies) {
    LayerNorm host{.epsilon = norm.epsilon};
    host.gamma = copies.in(norm.gamma, last_of(x));
    host.beta = copies.in(norm.beta, last_of(x));
    host.mean = copies.out(norm.mean, rows_of(x));
    host.inverse_deviation = copies.out(norm.inverse_deviation, rows_of(x));
    return host;
  };
  return compute("layer_norm_forward", x.type, &Backend::layer_norm_forward, Operand{norm, copy},
                 read(x), written(y));
}

// NOLINTNEXTLINE(readability-function-size): the interface has so many parameters
Status FallbackBackend::layer_norm_backward(const LayerNorm& norm, const Tensor& x,
                                            const Tensor& dy, const Tensor& dx, float* dgamma,
                                            float* dbeta) noexcept {
  const auto copy = [&norm, &x](HostCopies& copies) {
    LayerNorm host{.epsilon = norm.epsilon};
    host.gamma = copies.in(norm.gamma, last_of(x));
    host.mean = copies.in_out(norm.mean, rows_of(x));
    host.inverse_deviation = copies.in_out(norm.inverse_deviation, rows_of(x));
    return host;
  };
  return compute("layer_norm_backward", x.type, &Backend::layer_norm_backward, Operand{norm, copy},
                 read(x), read(dy), written(dx), changed(dgamma, last_of(x)),
                 changed(dbeta, last_of(x)));
}

}  // namespace autoglm::nn
