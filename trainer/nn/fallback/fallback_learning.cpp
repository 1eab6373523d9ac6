// Losses, statistics and update rules.
#include "trainer/nn/fallback/fallback_class.h"

namespace autoglm::nn {
namespace {

/// All but the gradient are read as well as written: a step that is skipped writes nothing.
auto changed(const UpdateArrays& arrays) {
  const auto copy = [&arrays](HostCopies& copies) {
    UpdateArrays host = arrays;
    host.master = copies.in_out(arrays.master, arrays.n);
    host.gradient = copies.in(arrays.gradient, arrays.n);
    host.first = copies.in_out(arrays.first, arrays.n);
    host.second = copies.in_out(arrays.second, arrays.n);
    host.working = copies.in_out(arrays.working, arrays.working_type, arrays.n);
    return host;
  };
  return Operand{arrays, copy};
}

}  // namespace

// NOLINTNEXTLINE(readability-function-size): the interface has so many parameters
Status FallbackBackend::class_loss(const ClassLoss& loss, const Tensor& logits,
                                   const std::int32_t* labels, float scale, const StepState* state,
                                   float* losses, const Tensor& dlogits) noexcept {
  const std::int64_t rows = logits.shape[0];
  return compute("class_loss", logits.type, &Backend::class_loss, loss, read(logits),
                 read(labels, rows), scale, read(state), written(losses, rows), written(dlogits));
}

// NOLINTNEXTLINE(readability-function-size): the interface has so many parameters
Status FallbackBackend::squared_loss(const Tensor& y, const float* target, float scale,
                                     const StepState* state, float* losses,
                                     const Tensor& dy) noexcept {
  return compute("squared_loss", y.type, &Backend::squared_loss, read(y),
                 read(target, y.shape[0] * y.shape[1]), scale, read(state),
                 written(losses, y.shape[0]), written(dy));
}

Status FallbackBackend::softmax(const Tensor& logits, float* probabilities) noexcept {
  return compute("softmax", logits.type, &Backend::softmax, read(logits),
                 written(probabilities, logits.shape[0] * logits.shape[1]));
}

Status FallbackBackend::add_sum(const float* numbers, std::int64_t n, double* total) noexcept {
  return compute("add_sum", DType::f32, &Backend::add_sum, read(numbers, n), n, changed(total));
}

Status FallbackBackend::mean_and_variance(const float* numbers, std::int64_t n,
                                          const StepState* state, float* mean_variance) noexcept {
  return compute("mean_and_variance", DType::f32, &Backend::mean_and_variance, read(numbers, n), n,
                 read(state), written(mean_variance, 2));
}

Status FallbackBackend::judge_gradients(const float* gradients, std::int64_t n,
                                        const GradientRule& rule, StepState* state) noexcept {
  return compute("judge_gradients", DType::f32, &Backend::judge_gradients, read(gradients, n), n,
                 rule, changed(state));
}

Status FallbackBackend::sgd(const UpdateArrays& arrays, const SgdStep& step,
                            const StepState* state) noexcept {
  return compute("sgd", arrays.working_type, &Backend::sgd, changed(arrays), step, read(state));
}

Status FallbackBackend::adam(const UpdateArrays& arrays, const AdamStep& step,
                             const StepState* state) noexcept {
  return compute("adam", arrays.working_type, &Backend::adam, changed(arrays), step, read(state));
}

}  // namespace autoglm::nn
