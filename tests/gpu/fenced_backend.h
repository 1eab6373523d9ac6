// A backend whose operations reach their own arrays only: while one runs, there is a fence
// (trainer/nn/check/fence.h) around all else that was allocated. So an operation that goes from its
// tensor into a neighbour of the same arena is found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <utility>

#include "trainer/nn/backend.h"

namespace autoglm::nn {

/// Waits for each operation. Of use where fences are watched.
class FencedBackend : public Backend {
 public:
  explicit FencedBackend(std::unique_ptr<Backend> inner) : inner_(std::move(inner)) {}

  const BackendInfo& info() const noexcept override { return inner_->info(); }
  const char* last_error() const noexcept override { return inner_->last_error(); }
  std::size_t scratch_bytes() const noexcept override { return inner_->scratch_bytes(); }

  Status allocate(std::size_t bytes, void** address) noexcept override;
  void release(void* address) noexcept override;
  Status upload(void* to, const void* from, std::size_t bytes) noexcept override;
  Status download(void* to, const void* from, std::size_t bytes) noexcept override;
  Status copy(void* to, const void* from, std::size_t bytes) noexcept override;
  Status fill_zero(void* at, std::size_t bytes) noexcept override;
  Status synchronize() noexcept override { return inner_->synchronize(); }
  Status cast(const Tensor& from, const Tensor& to) noexcept override;

  Status linear_forward(const Tensor& x, const Tensor& w, const float* bias, const Tensor& y,
                        Activation activation) noexcept override;
  Status linear_backward_data(const Tensor& dy, const Tensor& w,
                              const Tensor& dx) noexcept override;
  Status linear_backward_weight(const Tensor& dy, const Tensor& x, float* dw,
                                float* dbias) noexcept override;
  Status conv_forward(const Window& window, const Tensor& x, const Tensor& w, const float* bias,
                      const Tensor& y, Activation activation) noexcept override;
  Status conv_backward_data(const Window& window, const Tensor& dy, const Tensor& w,
                            const Tensor& dx) noexcept override;
  Status conv_backward_weight(const Window& window, const Tensor& dy, const Tensor& x, float* dw,
                              float* dbias) noexcept override;
  Status activation_forward(Activation activation, const Tensor& x,
                            const Tensor& y) noexcept override;
  Status activation_backward(Activation activation, const Tensor& saved, const Tensor& dy,
                             const Tensor& dx) noexcept override;
  Status add(const Tensor& a, const Tensor& b, const Tensor& y,
             Activation activation) noexcept override;
  Status pool_forward(Pooling pooling, const Window& window, const Tensor& x, const Tensor& y,
                      std::int32_t* indices) noexcept override;
  Status pool_backward(Pooling pooling, const Window& window, const Tensor& dy,
                       const std::int32_t* indices, const Tensor& dx) noexcept override;
  Status global_average_forward(const Tensor& x, const Tensor& y) noexcept override;
  Status global_average_backward(const Tensor& dy, const Tensor& dx) noexcept override;
  Status batch_norm_forward(const BatchNorm& norm, const Tensor& x,
                            const Tensor& y) noexcept override;
  Status batch_norm_apply(const BatchNorm& norm, const Tensor& x,
                          const Tensor& y) noexcept override;
  Status batch_norm_backward(const BatchNorm& norm, const Tensor& x, const Tensor& dy,
                             const Tensor& dx, float* dgamma, float* dbeta) noexcept override;
  Status layer_norm_forward(const LayerNorm& norm, const Tensor& x,
                            const Tensor& y) noexcept override;
  Status layer_norm_backward(const LayerNorm& norm, const Tensor& x, const Tensor& dy,
                             const Tensor& dx, float* dgamma, float* dbeta) noexcept override;
  Status dropout(float rate, const RandomKey& key, const Tensor& x,
                 const Tensor& y) noexcept override;
  // NOLINTNEXTLINE(readability-function-size): as many as the interface has.
  Status class_loss(const ClassLoss& loss, const Tensor& logits, const std::int32_t* labels,
                    float scale, const StepState* state, float* losses,
                    const Tensor& dlogits) noexcept override;
  Status squared_loss(const Tensor& y, const float* target, float scale, const StepState* state,
                      float* losses, const Tensor& dy) noexcept override;
  Status softmax(const Tensor& logits, float* probabilities) noexcept override;
  Status add_sum(const float* numbers, std::int64_t n, double* total) noexcept override;
  Status mean_and_variance(const float* numbers, std::int64_t n, const StepState* state,
                           float* mean_variance) noexcept override;
  Status judge_gradients(const float* gradients, std::int64_t n, const GradientRule& rule,
                         StepState* state) noexcept override;
  Status sgd(const UpdateArrays& arrays, const SgdStep& step,
             const StepState* state) noexcept override;
  Status adam(const UpdateArrays& arrays, const AdamStep& step,
              const StepState* state) noexcept override;

 private:
  /// What an operation may touch; null: nothing.
  struct Span {
    const void* at = nullptr;
    std::size_t bytes = 0;
  };
  using Spans = std::initializer_list<Span>;
  static Span of(const Tensor& tensor) { return {tensor.data, tensor.bytes()}; }
  template <class T>
  static Span of(const T* at, std::int64_t n = 1) {
    return {at, static_cast<std::size_t>(n) * sizeof(T)};
  }
  static Span working(const UpdateArrays& arrays);

  template <class Operation>
  Status within(Spans spans, const Operation& operation) noexcept;

  std::unique_ptr<Backend> inner_;
  std::map<void*, std::size_t> allocated_{};
};

}  // namespace autoglm::nn
