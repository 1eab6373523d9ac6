// The backend of the CPU, which counts what is allocated and can be told to have no more memory.
#pragma once

#include <cstdint>
#include <memory>

#include "trainer/nn/backend.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm::nn {

class CountingBackend : public Backend {
 public:
  std::int64_t allocations = 0;
  std::size_t allocated_bytes = 0;
  std::size_t limit_bytes = SIZE_MAX;

  const BackendInfo& info() const noexcept override { return cpu_->info(); }
  const char* last_error() const noexcept override {
    return out_of_memory_ ? "the limit of the test" : cpu_->last_error();
  }
  std::size_t scratch_bytes() const noexcept override { return cpu_->scratch_bytes(); }
  Status allocate(std::size_t bytes, void** address) noexcept override {
    out_of_memory_ = allocated_bytes + bytes > limit_bytes;
    if (out_of_memory_) {
      return Status::out_of_memory;
    }
    ++allocations;
    allocated_bytes += bytes;
    return cpu_->allocate(bytes, address);
  }
  void release(void* address) noexcept override { cpu_->release(address); }
  Status upload(void* to, const void* from, std::size_t bytes) noexcept override {
    return cpu_->upload(to, from, bytes);
  }
  Status download(void* to, const void* from, std::size_t bytes) noexcept override {
    return cpu_->download(to, from, bytes);
  }
  Status copy(void* to, const void* from, std::size_t bytes) noexcept override {
    return cpu_->copy(to, from, bytes);
  }
  Status fill_zero(void* at, std::size_t bytes) noexcept override {
    return cpu_->fill_zero(at, bytes);
  }
  Status synchronize() noexcept override { return cpu_->synchronize(); }
  Status cast(const Tensor& from, const Tensor& to) noexcept override {
    return cpu_->cast(from, to);
  }
  Status linear_forward(const Tensor& x, const Tensor& w, const float* bias, const Tensor& y,
                        Activation activation) noexcept override {
    return cpu_->linear_forward(x, w, bias, y, activation);
  }
  Status linear_backward_data(const Tensor& dy, const Tensor& w,
                              const Tensor& dx) noexcept override {
    return cpu_->linear_backward_data(dy, w, dx);
  }
  Status linear_backward_weight(const Tensor& dy, const Tensor& x, float* dw,
                                float* dbias) noexcept override {
    return cpu_->linear_backward_weight(dy, x, dw, dbias);
  }
  Status conv_forward(const Window& window, const Tensor& x, const Tensor& w, const float* bias,
                      const Tensor& y, Activation activation) noexcept override {
    return cpu_->conv_forward(window, x, w, bias, y, activation);
  }
  Status conv_backward_data(const Window& window, const Tensor& dy, const Tensor& w,
                            const Tensor& dx) noexcept override {
    return cpu_->conv_backward_data(window, dy, w, dx);
  }
  Status conv_backward_weight(const Window& window, const Tensor& dy, const Tensor& x, float* dw,
                              float* dbias) noexcept override {
    return cpu_->conv_backward_weight(window, dy, x, dw, dbias);
  }
  Status activation_forward(Activation activation, const Tensor& x,
                            const Tensor& y) noexcept override {
    return cpu_->activation_forward(activation, x, y);
  }
  Status activation_backward(Activation activation, const Tensor& saved, const Tensor& dy,
                             const Tensor& dx) noexcept override {
    return cpu_->activation_backward(activation, saved, dy, dx);
  }
  Status add(const Tensor& a, const Tensor& b, const Tensor& y,
             Activation activation) noexcept override {
    return cpu_->add(a, b, y, activation);
  }
  Status pool_forward(Pooling pooling, const Window& window, const Tensor& x, const Tensor& y,
                      std::int32_t* indices) noexcept override {
    return cpu_->pool_forward(pooling, window, x, y, indices);
  }
  Status pool_backward(Pooling pooling, const Window& window, const Tensor& dy,
                       const std::int32_t* indices, const Tensor& dx) noexcept override {
    return cpu_->pool_backward(pooling, window, dy, indices, dx);
  }
  Status global_average_forward(const Tensor& x, const Tensor& y) noexcept override {
    return cpu_->global_average_forward(x, y);
  }
  Status global_average_backward(const Tensor& dy, const Tensor& dx) noexcept override {
    return cpu_->global_average_backward(dy, dx);
  }
  Status batch_norm_forward(const BatchNorm& norm, const Tensor& x,
                            const Tensor& y) noexcept override {
    return cpu_->batch_norm_forward(norm, x, y);
  }
  Status batch_norm_apply(const BatchNorm& norm, const Tensor& x,
                          const Tensor& y) noexcept override {
    return cpu_->batch_norm_apply(norm, x, y);
  }
  Status batch_norm_backward(const BatchNorm& norm, const Tensor& x, const Tensor& dy,
                             const Tensor& dx, float* dgamma, float* dbeta) noexcept override {
    return cpu_->batch_norm_backward(norm, x, dy, dx, dgamma, dbeta);
  }
  Status layer_norm_forward(const LayerNorm& norm, const Tensor& x,
                            const Tensor& y) noexcept override {
    return cpu_->layer_norm_forward(norm, x, y);
  }
  Status layer_norm_backward(const LayerNorm& norm, const Tensor& x, const Tensor& dy,
                             const Tensor& dx, float* dgamma, float* dbeta) noexcept override {
    return cpu_->layer_norm_backward(norm, x, dy, dx, dgamma, dbeta);
  }
  Status dropout(float rate, const RandomKey& key, const Tensor& x,
                 const Tensor& y) noexcept override {
    return cpu_->dropout(rate, key, x, y);
  }
  // NOLINTNEXTLINE(readability-function-size): as many as the interface has.
  Status class_loss(const ClassLoss& loss, const Tensor& logits, const std::int32_t* labels,
                    float scale, const StepState* state, float* losses,
                    const Tensor& dlogits) noexcept override {
    return cpu_->class_loss(loss, logits, labels, scale, state, losses, dlogits);
  }
  Status squared_loss(const Tensor& y, const float* target, float scale, const StepState* state,
                      float* losses, const Tensor& dy) noexcept override {
    return cpu_->squared_loss(y, target, scale, state, losses, dy);
  }
  Status softmax(const Tensor& logits, float* probabilities) noexcept override {
    return cpu_->softmax(logits, probabilities);
  }
  Status add_sum(const float* numbers, std::int64_t n, double* total) noexcept override {
    return cpu_->add_sum(numbers, n, total);
  }
  Status mean_and_variance(const float* numbers, std::int64_t n, const StepState* state,
                           float* mean_variance) noexcept override {
    return cpu_->mean_and_variance(numbers, n, state, mean_variance);
  }
  Status judge_gradients(const float* gradients, std::int64_t n, const GradientRule& rule,
                         StepState* state) noexcept override {
    return cpu_->judge_gradients(gradients, n, rule, state);
  }
  Status sgd(const UpdateArrays& arrays, const SgdStep& step,
             const StepState* state) noexcept override {
    return cpu_->sgd(arrays, step, state);
  }
  Status adam(const UpdateArrays& arrays, const AdamStep& step,
              const StepState* state) noexcept override {
    return cpu_->adam(arrays, step, state);
  }

 private:
  std::unique_ptr<Backend> cpu_ = make_cpu_backend();
  bool out_of_memory_ = false;
};

}  // namespace autoglm::nn
