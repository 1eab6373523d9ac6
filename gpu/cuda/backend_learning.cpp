// Losses, sums and update rules.
#include "gpu/cuda/cuda_backend.h"
#include "gpu/cuda/losses.h"
#include "gpu/cuda/shapes.h"
#include "gpu/cuda/updates.h"

namespace autoglm::gpu {
namespace {

/// Whether a gradient, if wanted, is like y.
bool is_gradient(const Tensor& y, const Tensor& dy) { return dy.data == nullptr || alike(y, dy); }

}  // namespace

// NOLINTNEXTLINE(readability-function-size): the interface has so many parameters
Status CudaBackend::class_loss(const nn::ClassLoss& loss, const Tensor& logits,
                               const std::int32_t* labels, float scale, const nn::StepState* state,
                               float* losses, const Tensor& dlogits) noexcept {
  context_.begin("class_loss");
  if (!is_matrix(logits) || labels == nullptr || !is_gradient(logits, dlogits) ||
      (loss.focal && loss.smoothing != 0)) {
    return context_.refuse(
        "logits must be [m, classes], dlogits like them, labels not null, and focal loss without "
        "smoothing");
  }
  return logits.count() == 0
             ? Status::ok
             : context_.check(gpu::class_loss(context_.queue(), loss, logits, labels,
                                              {scale, state, losses, dlogits}));
}

Status CudaBackend::squared_loss(const Tensor& y, const float* target, float scale,
                                 const nn::StepState* state, float* losses,
                                 const Tensor& dy) noexcept {
  context_.begin("squared_loss");
  if (!is_matrix(y) || target == nullptr || !is_gradient(y, dy)) {
    return context_.refuse("y must be [m, n], dy like it, and target not null");
  }
  return y.count() == 0 ? Status::ok
                        : context_.check(gpu::squared_loss(context_.queue(), y, target,
                                                           {scale, state, losses, dy}));
}

Status CudaBackend::softmax(const Tensor& logits, float* probabilities) noexcept {
  context_.begin("softmax");
  if (!is_matrix(logits) || probabilities == nullptr) {
    return context_.refuse("logits must be [m, classes], and probabilities not null");
  }
  return logits.count() == 0
             ? Status::ok
             : context_.check(gpu::softmax(context_.queue(), logits, probabilities));
}

Status CudaBackend::add_sum(const float* numbers, std::int64_t n, double* total) noexcept {
  context_.begin("add_sum");
  void* scratch = nullptr;
  const Status status = context_.scratch(sum_scratch(), &scratch);
  return status == Status::ok
             ? context_.check(gpu::add_sum(context_.queue(), numbers, n, total, scratch))
             : status;
}

Status CudaBackend::mean_and_variance(const float* numbers, std::int64_t n,
                                      const nn::StepState* state, float* mean_variance) noexcept {
  context_.begin("mean_and_variance");
  if (n < 1) {
    return context_.refuse("there must be a number");
  }
  void* scratch = nullptr;
  const Status status = context_.scratch(sum_scratch(), &scratch);
  return status == Status::ok ? context_.check(gpu::mean_and_variance(
                                    context_.queue(), numbers, n, state, mean_variance, scratch))
                              : status;
}

Status CudaBackend::judge_gradients(const float* gradients, std::int64_t n,
                                    const nn::GradientRule& rule, nn::StepState* state) noexcept {
  context_.begin("judge_gradients");
  if (state == nullptr) {
    return context_.refuse("state must not be null");
  }
  void* scratch = nullptr;
  const Status status = context_.scratch(sum_scratch(), &scratch);
  return status == Status::ok ? context_.check(gpu::judge_gradients(context_.queue(), gradients, n,
                                                                    rule, state, scratch))
                              : status;
}

Status CudaBackend::sgd(const nn::UpdateArrays& arrays, const nn::SgdStep& step,
                        const nn::StepState* state) noexcept {
  context_.begin("sgd");
  if (state == nullptr || (step.momentum != 0 && arrays.first == nullptr)) {
    return context_.refuse("state, and with momentum the first array, must not be null");
  }
  return arrays.n == 0 ? Status::ok
                       : context_.check(gpu::sgd(context_.queue(), arrays, step, state));
}

Status CudaBackend::adam(const nn::UpdateArrays& arrays, const nn::AdamStep& step,
                         const nn::StepState* state) noexcept {
  context_.begin("adam");
  if (state == nullptr || arrays.first == nullptr || arrays.second == nullptr) {
    return context_.refuse("state and both arrays must not be null");
  }
  return arrays.n == 0 ? Status::ok
                       : context_.check(gpu::adam(context_.queue(), arrays, step, state));
}

}  // namespace autoglm::gpu
