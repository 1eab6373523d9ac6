// A device that has memory, where the processor cannot look, and computes nothing.
#pragma once

#include <map>
#include <vector>

#include "trainer/nn/backend.h"

namespace autoglm::nn {

/// Its addresses are of pages that may neither be read nor written; what is there is kept
/// elsewhere. Reading or writing beyond an array fails, and so does reading what was never written.
class MemoryOnlyDevice final : public Backend {
 public:
  MemoryOnlyDevice() { info_.device = "memory only"; }
  ~MemoryOnlyDevice() override;

  const BackendInfo& info() const noexcept override { return info_; }
  const char* last_error() const noexcept override { return error_; }
  std::size_t scratch_bytes() const noexcept override { return 0; }

  Status allocate(std::size_t bytes, void** address) noexcept override;
  void release(void* address) noexcept override;
  Status upload(void* to, const void* from, std::size_t bytes) noexcept override;
  Status download(void* to, const void* from, std::size_t bytes) noexcept override;
  Status copy(void* to, const void* from, std::size_t bytes) noexcept override;
  Status fill_zero(void* at, std::size_t bytes) noexcept override;
  Status synchronize() noexcept override { return Status::ok; }

  Status cast(const Tensor&, const Tensor&) noexcept override { return cannot(); }
  Status linear_forward(const Tensor&, const Tensor&, const float*, const Tensor&,
                        Activation) noexcept override {
    return cannot();
  }
  Status linear_backward_data(const Tensor&, const Tensor&, const Tensor&) noexcept override {
    return cannot();
  }
  Status linear_backward_weight(const Tensor&, const Tensor&, float*, float*) noexcept override {
    return cannot();
  }
  Status conv_forward(const Window&, const Tensor&, const Tensor&, const float*, const Tensor&,
                      Activation) noexcept override {
    return cannot();
  }
  Status conv_backward_data(const Window&, const Tensor&, const Tensor&,
                            const Tensor&) noexcept override {
    return cannot();
  }
  Status conv_backward_weight(const Window&, const Tensor&, const Tensor&, float*,
                              float*) noexcept override {
    return cannot();
  }
  Status activation_forward(Activation, const Tensor&, const Tensor&) noexcept override {
    return cannot();
  }
  Status activation_backward(Activation, const Tensor&, const Tensor&,
                             const Tensor&) noexcept override {
    return cannot();
  }
  Status add(const Tensor&, const Tensor&, const Tensor&, Activation) noexcept override {
    return cannot();
  }
  Status dropout(float, const RandomKey&, const Tensor&, const Tensor&) noexcept override {
    return cannot();
  }
  Status pool_forward(Pooling, const Window&, const Tensor&, const Tensor&,
                      std::int32_t*) noexcept override {
    return cannot();
  }
  Status pool_backward(Pooling, const Window&, const Tensor&, const std::int32_t*,
                       const Tensor&) noexcept override {
    return cannot();
  }
  Status global_average_forward(const Tensor&, const Tensor&) noexcept override { return cannot(); }
  Status global_average_backward(const Tensor&, const Tensor&) noexcept override {
    return cannot();
  }
  Status batch_norm_forward(const BatchNorm&, const Tensor&, const Tensor&) noexcept override {
    return cannot();
  }
  Status batch_norm_apply(const BatchNorm&, const Tensor&, const Tensor&) noexcept override {
    return cannot();
  }
  Status batch_norm_backward(const BatchNorm&, const Tensor&, const Tensor&, const Tensor&, float*,
                             float*) noexcept override {
    return cannot();
  }
  Status layer_norm_forward(const LayerNorm&, const Tensor&, const Tensor&) noexcept override {
    return cannot();
  }
  Status layer_norm_backward(const LayerNorm&, const Tensor&, const Tensor&, const Tensor&, float*,
                             float*) noexcept override {
    return cannot();
  }
  // NOLINTNEXTLINE(readability-function-size): the interface has so many parameters
  Status class_loss(const ClassLoss&, const Tensor&, const std::int32_t*, float, const StepState*,
                    float*, const Tensor&) noexcept override {
    return cannot();
  }
  Status squared_loss(const Tensor&, const float*, float, const StepState*, float*,
                      const Tensor&) noexcept override {
    return cannot();
  }
  Status softmax(const Tensor&, float*) noexcept override { return cannot(); }
  Status add_sum(const float*, std::int64_t, double*) noexcept override { return cannot(); }
  Status mean_and_variance(const float*, std::int64_t, const StepState*, float*) noexcept override {
    return cannot();
  }
  Status judge_gradients(const float*, std::int64_t, const GradientRule&,
                         StepState*) noexcept override {
    return cannot();
  }
  Status sgd(const UpdateArrays&, const SgdStep&, const StepState*) noexcept override {
    return cannot();
  }
  Status adam(const UpdateArrays&, const AdamStep&, const StepState*) noexcept override {
    return cannot();
  }

 private:
  struct Block {
    std::size_t bytes = 0;
    std::vector<unsigned char> contents{};
    std::vector<unsigned char> written{};  // 1 for a byte that was
  };
  struct Place {
    unsigned char* contents = nullptr;  // null: not `bytes` bytes of one block
    unsigned char* written = nullptr;
  };

  Place find(const void* address, std::size_t bytes);
  Status fail(Status status, const char* why) noexcept {
    error_ = why;
    return status;
  }
  Status cannot() noexcept { return fail(Status::unsupported, "memory only: computes nothing"); }

  BackendInfo info_{};
  const char* error_ = "";
  std::map<const unsigned char*, Block> blocks_{};  // by their address
};

}  // namespace autoglm::nn
