// Elementwise operations, pooling and normalization.
#include "trainer/nn/cpu/backend_class.h"

namespace autoglm::nn::cpu {
namespace {

constexpr std::int64_t kAny = Arguments::kAny;

Rows rows_of(const Tensor& tensor) {
  return {tensor.count() / tensor.shape.last(), tensor.shape.last()};
}

}  // namespace

Status CpuBackend::cast(const Tensor& from, const Tensor& to) noexcept {
  arguments_.begin("cast");
  check_some("from", from);
  check_some("to", to);
  arguments_.rule(from.count() == to.count(), "from has %lld numbers and to %lld, must be as many",
                  static_cast<long long>(from.count()), static_cast<long long>(to.count()));
  if (arguments_.ok()) {
    arrays_.cast(from.count(), numbers_of(from), numbers_of(to));
  }
  return arguments_.status();
}

Status CpuBackend::activation_forward(Activation activation, const Tensor& x,
                                      const Tensor& y) noexcept {
  arguments_.begin("activation_forward");
  check_some("x", x);
  check_alike("y", y, x);
  if (arguments_.ok()) {
    arrays_.activation_forward(activation, x.count(), numbers_of(x), numbers_of(y));
  }
  return arguments_.status();
}

Status CpuBackend::activation_backward(Activation activation, const Tensor& saved, const Tensor& dy,
                                       const Tensor& dx) noexcept {
  arguments_.begin("activation_backward");
  check_some("saved", saved);
  check_alike("dy", dy, saved);
  check_alike("dx", dx, saved);
  if (arguments_.ok()) {
    arrays_.activation_backward(activation, dy.count(), numbers_of(saved), numbers_of(dy),
                                numbers_of(dx));
  }
  return arguments_.status();
}

Status CpuBackend::add(const Tensor& a, const Tensor& b, const Tensor& y,
                       Activation activation) noexcept {
  arguments_.begin("add");
  check_some("a", a);
  check_alike("b", b, a);
  check_alike("y", y, a);
  check_rectifier(activation);
  if (arguments_.ok()) {
    arrays_.add(a.count(), numbers_of(a), numbers_of(b), numbers_of(y),
                activation == Activation::relu);
  }
  return arguments_.status();
}

Status CpuBackend::dropout(float rate, const RandomKey& key, const Tensor& x,
                           const Tensor& y) noexcept {
  arguments_.begin("dropout");
  check_some("x", x);
  check_alike("y", y, x);
  arguments_.rule(rate >= 0 && rate < 1, "rate is %g, must be in [0, 1)",
                  static_cast<double>(rate));
  if (arguments_.ok()) {
    arrays_.dropout(x.count(), rate, key, numbers_of(x), numbers_of(y));
  }
  return arguments_.status();
}

Status CpuBackend::pool_forward(Pooling pooling, const Window& window, const Tensor& x,
                                const Tensor& y, std::int32_t* indices) noexcept {
  arguments_.begin("pool_forward");
  const ImageShape shape = check_images(window, x, "x", y, "y");
  check_pooling(shape);
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(
      arrays_.pool_forward(pooling, shape, numbers_of(x), numbers_of(y), indices, scratch_));
}

Status CpuBackend::pool_backward(Pooling pooling, const Window& window, const Tensor& dy,
                                 const std::int32_t* indices, const Tensor& dx) noexcept {
  arguments_.begin("pool_backward");
  const ImageShape shape = check_images(window, dx, "dx", dy, "dy");
  check_pooling(shape);
  if (pooling == Pooling::max) {
    arguments_.array("indices", indices);
  }
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(
      arrays_.pool_backward(pooling, shape, numbers_of(dy), indices, numbers_of(dx), scratch_));
}

void CpuBackend::check_pooling(const ImageShape& shape) noexcept {
  arguments_.rule(shape.out_channels == shape.channels,
                  "images have %lld channels before and %lld after pooling, must have as many",
                  static_cast<long long>(shape.channels),
                  static_cast<long long>(shape.out_channels));
}

Status CpuBackend::global_average_forward(const Tensor& x, const Tensor& y) noexcept {
  arguments_.begin("global_average_forward");
  arguments_.tensor("x", x, x.type, {kAny, kAny, kAny, kAny});
  arguments_.tensor("y", y, x.type, {x.shape[0], x.shape[3]});
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(arrays_.global_average_forward(
      x.shape[0], x.shape[1] * x.shape[2], x.shape[3], numbers_of(x), numbers_of(y), scratch_));
}

Status CpuBackend::global_average_backward(const Tensor& dy, const Tensor& dx) noexcept {
  arguments_.begin("global_average_backward");
  arguments_.tensor("dx", dx, dx.type, {kAny, kAny, kAny, kAny});
  arguments_.tensor("dy", dy, dx.type, {dx.shape[0], dx.shape[3]});
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(arrays_.global_average_backward(dx.shape[0], dx.shape[1] * dx.shape[2],
                                                         dx.shape[3], numbers_of(dy),
                                                         numbers_of(dx), scratch_));
}

Status CpuBackend::batch_norm_forward(const BatchNorm& norm, const Tensor& x,
                                      const Tensor& y) noexcept {
  arguments_.begin("batch_norm_forward");
  check_some("x", x);
  check_alike("y", y, x);
  arguments_.array("gamma", norm.gamma);
  arguments_.array("beta", norm.beta);
  arguments_.array("mean", norm.mean);
  arguments_.array("inverse_deviation", norm.inverse_deviation);
  check_rectifier(norm.activation);
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(
      arrays_.batch_norm_forward(norm, rows_of(x), numbers_of(x), numbers_of(y), scratch_));
}

Status CpuBackend::batch_norm_apply(const BatchNorm& norm, const Tensor& x,
                                    const Tensor& y) noexcept {
  arguments_.begin("batch_norm_apply");
  check_some("x", x);
  check_alike("y", y, x);
  arguments_.array("gamma", norm.gamma);
  arguments_.array("beta", norm.beta);
  arguments_.array("running_mean", norm.running_mean);
  arguments_.array("running_variance", norm.running_variance);
  check_rectifier(norm.activation);
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(
      arrays_.batch_norm_apply(norm, rows_of(x), numbers_of(x), numbers_of(y), scratch_));
}

Status CpuBackend::batch_norm_backward(const BatchNorm& norm, const Tensor& x, const Tensor& dy,
                                       const Tensor& dx, float* dgamma, float* dbeta) noexcept {
  arguments_.begin("batch_norm_backward");
  check_some("x", x);
  check_alike("dy", dy, x);
  check_alike("dx", dx, x);
  arguments_.array("gamma", norm.gamma);
  arguments_.array("mean", norm.mean);
  arguments_.array("inverse_deviation", norm.inverse_deviation);
  check_rectifier(norm.activation);
  if (norm.activation == Activation::relu) {
    arguments_.array("beta", norm.beta);
  }
  arguments_.array("dgamma", dgamma);
  arguments_.array("dbeta", dbeta);
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(arrays_.batch_norm_backward(
      norm, rows_of(x), numbers_of(x), numbers_of(dy), {numbers_of(dx), dgamma, dbeta}, scratch_));
}

Status CpuBackend::layer_norm_forward(const LayerNorm& norm, const Tensor& x,
                                      const Tensor& y) noexcept {
  arguments_.begin("layer_norm_forward");
  check_some("x", x);
  check_alike("y", y, x);
  arguments_.array("gamma", norm.gamma);
  arguments_.array("beta", norm.beta);
  arguments_.array("mean", norm.mean);
  arguments_.array("inverse_deviation", norm.inverse_deviation);
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(
      arrays_.layer_norm_forward(norm, rows_of(x), numbers_of(x), numbers_of(y), scratch_));
}

Status CpuBackend::layer_norm_backward(const LayerNorm& norm, const Tensor& x, const Tensor& dy,
                                       const Tensor& dx, float* dgamma, float* dbeta) noexcept {
  arguments_.begin("layer_norm_backward");
  check_some("x", x);
  check_alike("dy", dy, x);
  check_alike("dx", dx, x);
  arguments_.array("gamma", norm.gamma);
  arguments_.array("mean", norm.mean);
  arguments_.array("inverse_deviation", norm.inverse_deviation);
  arguments_.array("dgamma", dgamma);
  arguments_.array("dbeta", dbeta);
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(arrays_.layer_norm_backward(
      norm, rows_of(x), numbers_of(x), numbers_of(dy), {numbers_of(dx), dgamma, dbeta}, scratch_));
}

}  // namespace autoglm::nn::cpu
