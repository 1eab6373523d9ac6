// Products and normalization.
#include "trainer/nn/fallback/fallback_class.h"

namespace autoglm::nn {

Status FallbackBackend::linear_forward(const Tensor& x, const Tensor& w, const float* bias,
                                       const Tensor& y, Activation activation) noexcept {
  if (!is_disabled("linear_forward", x.type)) {
    return on_device(device_->linear_forward(x, w, bias, y, activation));
  }
  HostCopies& copies = begin();
  const Tensor host_x = copies.in(x);
  const Tensor host_w = copies.in(w);
  const float* host_bias = copies.in(bias, w.shape[0]);
  const Tensor host_y = copies.out(y);
  return on_host([&](Backend& host) {
    return host.linear_forward(host_x, host_w, host_bias, host_y, activation);
  });
}

Status FallbackBackend::linear_backward_data(const Tensor& dy, const Tensor& w,
                                             const Tensor& dx) noexcept {
  if (!is_disabled("linear_backward_data", dy.type)) {
    return on_device(device_->linear_backward_data(dy, w, dx));
  }
  HostCopies& copies = begin();
  const Tensor host_dy = copies.in(dy);
  const Tensor host_w = copies.in(w);
  const Tensor host_dx = copies.out(dx);
  return on_host(
      [&](Backend& host) { return host.linear_backward_data(host_dy, host_w, host_dx); });
}

Status FallbackBackend::linear_backward_weight(const Tensor& dy, const Tensor& x, float* dw,
                                               float* dbias) noexcept {
  if (!is_disabled("linear_backward_weight", dy.type)) {
    return on_device(device_->linear_backward_weight(dy, x, dw, dbias));
  }
  HostCopies& copies = begin();
  const Tensor host_dy = copies.in(dy);
  const Tensor host_x = copies.in(x);
  float* host_dw = copies.in_out(dw, dy.shape[1] * x.shape[1]);
  float* host_dbias = copies.in_out(dbias, dy.shape[1]);
  return on_host([&](Backend& host) {
    return host.linear_backward_weight(host_dy, host_x, host_dw, host_dbias);
  });
}

Status FallbackBackend::conv_forward(const Window& window, const Tensor& x, const Tensor& w,
                                     const float* bias, const Tensor& y,
                                     Activation activation) noexcept {
  if (!is_disabled("conv_forward", x.type)) {
    return on_device(device_->conv_forward(window, x, w, bias, y, activation));
  }
  HostCopies& copies = begin();
  const Tensor host_x = copies.in(x);
  const Tensor host_w = copies.in(w);
  const float* host_bias = copies.in(bias, w.shape[0]);
  const Tensor host_y = copies.out(y);
  return on_host([&](Backend& host) {
    return host.conv_forward(window, host_x, host_w, host_bias, host_y, activation);
  });
}

Status FallbackBackend::conv_backward_data(const Window& window, const Tensor& dy, const Tensor& w,
                                           const Tensor& dx) noexcept {
  if (!is_disabled("conv_backward_data", dy.type)) {
    return on_device(device_->conv_backward_data(window, dy, w, dx));
  }
  HostCopies& copies = begin();
  const Tensor host_dy = copies.in(dy);
  const Tensor host_w = copies.in(w);
  const Tensor host_dx = copies.out(dx);
  return on_host(
      [&](Backend& host) { return host.conv_backward_data(window, host_dy, host_w, host_dx); });
}

Status FallbackBackend::conv_backward_weight(const Window& window, const Tensor& dy,
                                             const Tensor& x, float* dw, float* dbias) noexcept {
  if (!is_disabled("conv_backward_weight", dy.type)) {
    return on_device(device_->conv_backward_weight(window, dy, x, dw, dbias));
  }
  HostCopies& copies = begin();
  const std::int64_t filters = dy.shape[3];
  const Tensor host_dy = copies.in(dy);
  const Tensor host_x = copies.in(x);
  float* host_dw = copies.in_out(dw, filters * window.kernel * window.kernel * x.shape[3]);
  float* host_dbias = copies.in_out(dbias, filters);
  return on_host([&](Backend& host) {
    return host.conv_backward_weight(window, host_dy, host_x, host_dw, host_dbias);
  });
}

Status FallbackBackend::batch_norm_forward(const BatchNorm& norm, const Tensor& x,
                                           const Tensor& y) noexcept {
  if (!is_disabled("batch_norm_forward", x.type)) {
    return on_device(device_->batch_norm_forward(norm, x, y));
  }
  HostCopies& copies = begin();
  const std::int64_t channels = last_of(x);
  BatchNorm host_norm = norm;
  host_norm.gamma = copies.in(norm.gamma, channels);
  host_norm.beta = copies.in(norm.beta, channels);
  host_norm.mean = copies.out(norm.mean, channels);
  host_norm.inverse_deviation = copies.out(norm.inverse_deviation, channels);
  host_norm.running_mean = copies.in_out(norm.running_mean, channels);
  host_norm.running_variance = copies.in_out(norm.running_variance, channels);
  const Tensor host_x = copies.in(x);
  const Tensor host_y = copies.out(y);
  return on_host([&](Backend& host) { return host.batch_norm_forward(host_norm, host_x, host_y); });
}

Status FallbackBackend::batch_norm_apply(const BatchNorm& norm, const Tensor& x,
                                         const Tensor& y) noexcept {
  if (!is_disabled("batch_norm_apply", x.type)) {
    return on_device(device_->batch_norm_apply(norm, x, y));
  }
  HostCopies& copies = begin();
  const std::int64_t channels = last_of(x);
  BatchNorm host_norm{.epsilon = norm.epsilon, .momentum = norm.momentum};
  host_norm.gamma = copies.in(norm.gamma, channels);
  host_norm.beta = copies.in(norm.beta, channels);
  host_norm.running_mean = copies.in_out(norm.running_mean, channels);
  host_norm.running_variance = copies.in_out(norm.running_variance, channels);
  const Tensor host_x = copies.in(x);
  const Tensor host_y = copies.out(y);
  return on_host([&](Backend& host) { return host.batch_norm_apply(host_norm, host_x, host_y); });
}

// NOLINTNEXTLINE(readability-function-size): the interface has so many parameters
Status FallbackBackend::batch_norm_backward(const BatchNorm& norm, const Tensor& x,
                                            const Tensor& dy, const Tensor& dx, float* dgamma,
                                            float* dbeta) noexcept {
  if (!is_disabled("batch_norm_backward", x.type)) {
    return on_device(device_->batch_norm_backward(norm, x, dy, dx, dgamma, dbeta));
  }
  HostCopies& copies = begin();
  const std::int64_t channels = last_of(x);
  BatchNorm host_norm{.epsilon = norm.epsilon, .momentum = norm.momentum};
  host_norm.gamma = copies.in(norm.gamma, channels);
  host_norm.mean = copies.in_out(norm.mean, channels);
  host_norm.inverse_deviation = copies.in_out(norm.inverse_deviation, channels);
  const Tensor host_x = copies.in(x);
  const Tensor host_dy = copies.in(dy);
  const Tensor host_dx = copies.out(dx);
  float* host_dgamma = copies.in_out(dgamma, channels);
  float* host_dbeta = copies.in_out(dbeta, channels);
  return on_host([&](Backend& host) {
    return host.batch_norm_backward(host_norm, host_x, host_dy, host_dx, host_dgamma, host_dbeta);
  });
}

Status FallbackBackend::layer_norm_forward(const LayerNorm& norm, const Tensor& x,
                                           const Tensor& y) noexcept {
  if (!is_disabled("layer_norm_forward", x.type)) {
    return on_device(device_->layer_norm_forward(norm, x, y));
  }
  HostCopies& copies = begin();
  LayerNorm host_norm{.epsilon = norm.epsilon};
  host_norm.gamma = copies.in(norm.gamma, last_of(x));
  host_norm.beta = copies.in(norm.beta, last_of(x));
  host_norm.mean = copies.out(norm.mean, rows_of(x));
  host_norm.inverse_deviation = copies.out(norm.inverse_deviation, rows_of(x));
  const Tensor host_x = copies.in(x);
  const Tensor host_y = copies.out(y);
  return on_host([&](Backend& host) { return host.layer_norm_forward(host_norm, host_x, host_y); });
}

// NOLINTNEXTLINE(readability-function-size): the interface has so many parameters
Status FallbackBackend::layer_norm_backward(const LayerNorm& norm, const Tensor& x,
                                            const Tensor& dy, const Tensor& dx, float* dgamma,
                                            float* dbeta) noexcept {
  if (!is_disabled("layer_norm_backward", x.type)) {
    return on_device(device_->layer_norm_backward(norm, x, dy, dx, dgamma, dbeta));
  }
  HostCopies& copies = begin();
  LayerNorm host_norm{.epsilon = norm.epsilon};
  host_norm.gamma = copies.in(norm.gamma, last_of(x));
  host_norm.mean = copies.in_out(norm.mean, rows_of(x));
  host_norm.inverse_deviation = copies.in_out(norm.inverse_deviation, rows_of(x));
  const Tensor host_x = copies.in(x);
  const Tensor host_dy = copies.in(dy);
  const Tensor host_dx = copies.out(dx);
  float* host_dgamma = copies.in_out(dgamma, last_of(x));
  float* host_dbeta = copies.in_out(dbeta, last_of(x));
  return on_host([&](Backend& host) {
    return host.layer_norm_backward(host_norm, host_x, host_dy, host_dx, host_dgamma, host_dbeta);
  });
}

}  // namespace autoglm::nn
