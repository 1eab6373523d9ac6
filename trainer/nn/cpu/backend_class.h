// The backend of the CPU: checks arguments and calls the kernels of its instruction set.
#pragma once

#include "trainer/nn/backend.h"
#include "trainer/nn/cpu/arguments.h"
#include "trainer/nn/cpu/instruction_set.h"
#include "trainer/nn/cpu/scratch.h"

namespace autoglm::nn::cpu {

class CpuBackend final : public Backend {
 public:
  explicit CpuBackend(InstructionSet set);
  /// With kernels of one's own: for their tests.
  CpuBackend(const ProductKernels& products, const ArrayKernels& arrays);

  const BackendInfo& info() const noexcept override { return info_; }
  const char* last_error() const noexcept override { return arguments_.text(); }
  std::size_t scratch_bytes() const noexcept override { return scratch_.bytes(); }

  Status allocate(std::size_t bytes, void** address) noexcept override;
  void release(void* address) noexcept override;
  Status upload(void* to, const void* from, std::size_t bytes) noexcept override;
  Status download(void* to, const void* from, std::size_t bytes) noexcept override;
  Status copy(void* to, const void* from, std::size_t bytes) noexcept override;
  Status fill_zero(void* at, std::size_t bytes) noexcept override;
  Status synchronize() noexcept override { return Status::ok; }
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
  Status dropout(float rate, const RandomKey& key, const Tensor& x,
                 const Tensor& y) noexcept override;

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
  // A shape of any rank and sizes, at least 1 each.
  void check_alike(const char* name, const Tensor& tensor, const Tensor& other) noexcept;
  void check_some(const char* name, const Tensor& tensor) noexcept;
  void check_rectifier(Activation activation) noexcept;
  ImageShape check_images(const Window& window, const Tensor& x, const char* x_name,
                          const Tensor& y, const char* y_name) noexcept;
  void check_pooling(const ImageShape& shape) noexcept;
  void check_count(std::int64_t n) noexcept;
  void check_update(const UpdateArrays& arrays, const StepState* state) noexcept;

  const ProductKernels& products_;
  const ArrayKernels& arrays_;
  BackendInfo info_{};
  Scratch scratch_{};
  Arguments arguments_{};
};

inline Numbers numbers_of(const Tensor& tensor) { return {tensor.data, tensor.type}; }

}  // namespace autoglm::nn::cpu
