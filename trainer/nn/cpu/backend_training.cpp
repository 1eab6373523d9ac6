// Losses, statistics and update rules.
#include <algorithm>
#include <cmath>

#include "trainer/nn/cpu/backend_class.h"

namespace autoglm::nn::cpu {
namespace {

constexpr std::int64_t kAny = Arguments::kAny;

float loss_scale(const StepState* state) { return state == nullptr ? 1 : state->loss_scale; }

}  // namespace

// NOLINTNEXTLINE(readability-function-size): the interface has so many parameters
Status CpuBackend::class_loss(const ClassLoss& loss, const Tensor& logits,
                              const std::int32_t* labels, float scale, const StepState* state,
                              float* losses, const Tensor& dlogits) noexcept {
  arguments_.begin("class_loss");
  arguments_.tensor("logits", logits, logits.type, {kAny, kAny});
  arguments_.array("labels", labels);
  arguments_.array("losses", losses);
  if (dlogits.data != nullptr) {
    check_alike("dlogits", dlogits, logits);
  }
  arguments_.rule(loss.smoothing >= 0 && loss.smoothing < 1, "smoothing is %g, must be in [0, 1)",
                  static_cast<double>(loss.smoothing));
  arguments_.rule(!loss.focal || loss.smoothing == 0, "focal loss takes no smoothing (%g)",
                  static_cast<double>(loss.smoothing));
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  const std::int64_t rows = logits.shape[0];
  const std::int64_t classes = logits.shape[1];
  const std::int32_t greatest = *std::max_element(labels, labels + rows);
  arguments_.rule(greatest < classes, "label %d, must be below the number of classes (%lld)",
                  static_cast<int>(greatest), static_cast<long long>(classes));
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(
      arrays_.class_loss(loss, {rows, classes}, numbers_of(logits), labels,
                         {scale * loss_scale(state), losses, numbers_of(dlogits)}, scratch_));
}

Status CpuBackend::squared_loss(const Tensor& y, const float* target, float scale,
                                const StepState* state, float* losses, const Tensor& dy) noexcept {
  arguments_.begin("squared_loss");
  arguments_.tensor("y", y, y.type, {kAny, kAny});
  arguments_.array("target", target);
  arguments_.array("losses", losses);
  if (dy.data != nullptr) {
    check_alike("dy", dy, y);
  }
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(arrays_.squared_loss({y.shape[0], y.shape[1]}, numbers_of(y), target,
                                              {scale * loss_scale(state), losses, numbers_of(dy)},
                                              scratch_));
}

Status CpuBackend::softmax(const Tensor& logits, float* probabilities) noexcept {
  arguments_.begin("softmax");
  arguments_.tensor("logits", logits, logits.type, {kAny, kAny});
  arguments_.array("probabilities", probabilities);
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  return arguments_.done(arrays_.softmax({logits.shape[0], logits.shape[1]}, numbers_of(logits),
                                         probabilities, scratch_));
}

void CpuBackend::check_count(std::int64_t n) noexcept {
  arguments_.rule(n >= 1, "n is %lld, must be at least 1", static_cast<long long>(n));
}

Status CpuBackend::add_sum(const float* numbers, std::int64_t n, double* total) noexcept {
  arguments_.begin("add_sum");
  check_count(n);
  arguments_.array("numbers", numbers);
  arguments_.array("total", total);
  if (arguments_.ok()) {
    *total += arrays_.sum(numbers, n);
  }
  return arguments_.status();
}

Status CpuBackend::mean_and_variance(const float* numbers, std::int64_t n, const StepState* state,
                                     float* mean_variance) noexcept {
  arguments_.begin("mean_and_variance");
  check_count(n);
  arguments_.array("numbers", numbers);
  arguments_.array("mean_variance", mean_variance);
  if (arguments_.ok()) {
    const double factor = state == nullptr ? 1 : static_cast<double>(state->factor);
    const double mean = arrays_.mean(numbers, n, factor, 0, false);
    mean_variance[0] = static_cast<float>(mean);
    mean_variance[1] = static_cast<float>(arrays_.mean(numbers, n, factor, mean, true));
  }
  return arguments_.status();
}

// With S the loss scale of this step and G = |gradients| / S:
// - G not finite (any number was not): skip; the scale, if dynamic, backs off to no less than the
//   least one, and the count of good steps begins again.
// - else: factor = 1 / S, times clip_norm / G where G is above it; the scale, if dynamic, grows
//   after each `growth_interval` good steps, for the next one.
Status CpuBackend::judge_gradients(const float* gradients, std::int64_t n, const GradientRule& rule,
                                   StepState* state) noexcept {
  arguments_.begin("judge_gradients");
  check_count(n);
  arguments_.array("gradients", gradients);
  arguments_.array("state", state);
  if (!arguments_.ok()) {
    return arguments_.status();
  }
  const double squares = arrays_.sum_of_squares(gradients, n);
  const double scale = static_cast<double>(state->loss_scale);
  const double norm = std::sqrt(squares) / scale;
  state->gradient_norm = static_cast<float>(norm);
  if (!std::isfinite(norm)) {
    state->skip = 1;
    state->factor = 0;
    ++state->overflows;
    state->good_steps = 0;
    if (rule.dynamic_scale) {
      state->loss_scale = std::max(rule.least_scale, state->loss_scale * rule.backoff);
    }
    return Status::ok;
  }
  const double clip = static_cast<double>(rule.clip_norm);
  state->skip = 0;
  state->factor = static_cast<float>((clip > 0 && norm > clip ? clip / norm : 1) / scale);
  ++state->applied;
  ++state->good_steps;
  if (rule.dynamic_scale && state->good_steps >= rule.growth_interval) {
    state->loss_scale = std::min(rule.greatest_scale, state->loss_scale * rule.growth);
    state->good_steps = 0;
  }
  return Status::ok;
}

void CpuBackend::check_update(const UpdateArrays& arrays, const StepState* state) noexcept {
  check_count(arrays.n);
  arguments_.array("master", arrays.master);
  arguments_.array("gradient", arrays.gradient);
  arguments_.array("state", state);
}

Status CpuBackend::sgd(const UpdateArrays& arrays, const SgdStep& step,
                       const StepState* state) noexcept {
  arguments_.begin("sgd");
  check_update(arrays, state);
  arguments_.rule(step.momentum == 0 || arrays.first != nullptr,
                  "first is null, must be an array since momentum is %g",
                  static_cast<double>(step.momentum));
  if (arguments_.ok() && state->skip == 0) {
    arrays_.sgd(arrays, step, state->factor);
  }
  return arguments_.status();
}

Status CpuBackend::adam(const UpdateArrays& arrays, const AdamStep& step,
                        const StepState* state) noexcept {
  arguments_.begin("adam");
  check_update(arrays, state);
  arguments_.array("first", arrays.first);
  arguments_.array("second", arrays.second);
  if (!arguments_.ok() || state->skip != 0) {
    return arguments_.status();
  }
  arguments_.rule(state->applied >= 1, "state->applied is %d; call judge_gradients first",
                  static_cast<int>(state->applied));
  if (arguments_.ok()) {
    arrays_.adam(arrays, step, state->factor, state->applied);
  }
  return arguments_.status();
}

}  // namespace autoglm::nn::cpu
