// Losses, statistics and update rules.
#include "trainer/nn/fallback/fallback_class.h"

namespace autoglm::nn {
namespace {

DType type_of(const UpdateArrays& arrays) {
  return arrays.working == nullptr ? DType::f32 : arrays.working_type;
}

}  // namespace

// NOLINTNEXTLINE(readability-function-size): the interface has so many parameters
Status FallbackBackend::class_loss(const ClassLoss& loss, const Tensor& logits,
                                   const std::int32_t* labels, float scale, const StepState* state,
                                   float* losses, const Tensor& dlogits) noexcept {
  if (!is_disabled("class_loss", logits.type)) {
    return on_device(device_->class_loss(loss, logits, labels, scale, state, losses, dlogits));
  }
  HostCopies& copies = begin();
  const std::int64_t rows = logits.shape[0];
  const Tensor host_logits = copies.in(logits);
  const std::int32_t* host_labels = copies.in(labels, rows);
  const StepState* host_state = copies.in(state);
  float* host_losses = copies.out(losses, rows);
  const Tensor host_dlogits = copies.out(dlogits);
  return on_host([&](Backend& host) {
    return host.class_loss(loss, host_logits, host_labels, scale, host_state, host_losses,
                           host_dlogits);
  });
}

// NOLINTNEXTLINE(readability-function-size): the interface has so many parameters
Status FallbackBackend::squared_loss(const Tensor& y, const float* target, float scale,
                                     const StepState* state, float* losses,
                                     const Tensor& dy) noexcept {
  if (!is_disabled("squared_loss", y.type)) {
    return on_device(device_->squared_loss(y, target, scale, state, losses, dy));
  }
  HostCopies& copies = begin();
  const Tensor host_y = copies.in(y);
  const float* host_target = copies.in(target, y.shape[0] * y.shape[1]);
  const StepState* host_state = copies.in(state);
  float* host_losses = copies.out(losses, y.shape[0]);
  const Tensor host_dy = copies.out(dy);
  return on_host([&](Backend& host) {
    return host.squared_loss(host_y, host_target, scale, host_state, host_losses, host_dy);
  });
}

Status FallbackBackend::softmax(const Tensor& logits, float* probabilities) noexcept {
  if (!is_disabled("softmax", logits.type)) {
    return on_device(device_->softmax(logits, probabilities));
  }
  HostCopies& copies = begin();
  const Tensor host_logits = copies.in(logits);
  float* host_probabilities = copies.out(probabilities, logits.shape[0] * logits.shape[1]);
  return on_host([&](Backend& host) { return host.softmax(host_logits, host_probabilities); });
}

Status FallbackBackend::add_sum(const float* numbers, std::int64_t n, double* total) noexcept {
  if (!is_disabled("add_sum", DType::f32)) {
    return on_device(device_->add_sum(numbers, n, total));
  }
  HostCopies& copies = begin();
  const float* host_numbers = copies.in(numbers, n);
  double* host_total = copies.in_out(total);
  return on_host([&](Backend& host) { return host.add_sum(host_numbers, n, host_total); });
}

Status FallbackBackend::mean_and_variance(const float* numbers, std::int64_t n,
                                          const StepState* state, float* mean_variance) noexcept {
  if (!is_disabled("mean_and_variance", DType::f32)) {
    return on_device(device_->mean_and_variance(numbers, n, state, mean_variance));
  }
  HostCopies& copies = begin();
  const float* host_numbers = copies.in(numbers, n);
  const StepState* host_state = copies.in(state);
  float* host_mean_variance = copies.out(mean_variance, 2);
  return on_host([&](Backend& host) {
    return host.mean_and_variance(host_numbers, n, host_state, host_mean_variance);
  });
}

Status FallbackBackend::judge_gradients(const float* gradients, std::int64_t n,
                                        const GradientRule& rule, StepState* state) noexcept {
  if (!is_disabled("judge_gradients", DType::f32)) {
    return on_device(device_->judge_gradients(gradients, n, rule, state));
  }
  HostCopies& copies = begin();
  const float* host_gradients = copies.in(gradients, n);
  StepState* host_state = copies.in_out(state);
  return on_host(
      [&](Backend& host) { return host.judge_gradients(host_gradients, n, rule, host_state); });
}

/// All are read as well as written: a step that is skipped writes nothing.
UpdateArrays FallbackBackend::copies_of(const UpdateArrays& arrays) noexcept {
  UpdateArrays host = arrays;
  host.master = copies_.in_out(arrays.master, arrays.n);
  host.gradient = copies_.in(arrays.gradient, arrays.n);
  host.first = copies_.in_out(arrays.first, arrays.n);
  host.second = copies_.in_out(arrays.second, arrays.n);
  host.working = copies_.in_out(arrays.working, arrays.working_type, arrays.n);
  return host;
}

Status FallbackBackend::sgd(const UpdateArrays& arrays, const SgdStep& step,
                            const StepState* state) noexcept {
  if (!is_disabled("sgd", type_of(arrays))) {
    return on_device(device_->sgd(arrays, step, state));
  }
  HostCopies& copies = begin();
  const UpdateArrays host_arrays = copies_of(arrays);
  const StepState* host_state = copies.in(state);
  return on_host([&](Backend& host) { return host.sgd(host_arrays, step, host_state); });
}

Status FallbackBackend::adam(const UpdateArrays& arrays, const AdamStep& step,
                             const StepState* state) noexcept {
  if (!is_disabled("adam", type_of(arrays))) {
    return on_device(device_->adam(arrays, step, state));
  }
  HostCopies& copies = begin();
  const UpdateArrays host_arrays = copies_of(arrays);
  const StepState* host_state = copies.in(state);
  return on_host([&](Backend& host) { return host.adam(host_arrays, step, host_state); });
}

}  // namespace autoglm::nn
