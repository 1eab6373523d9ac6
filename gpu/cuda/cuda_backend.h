// The backend of NVIDIA's GPUs from compute capability 8.0 on: kernels of our own, products by
// cuBLAS, convolutions by cuDNN. For one thread at a time.
#pragma once

#include "gpu/cuda/context.h"
#include "gpu/cuda/convolution.h"
#include "gpu/cuda/staging.h"
#include "trainer/nn/backend.h"

namespace autoglm::gpu {

using nn::Tensor;

class CudaBackend final : public nn::Backend {
 public:
  /// Once, before anything else; last_error() tells of a failure.
  Status open(int device);

  const nn::BackendInfo& info() const noexcept override { return info_; }
  const char* last_error() const noexcept override { return context_.last_error(); }
  std::size_t scratch_bytes() const noexcept override {
    return context_.scratch_bytes() + staging_.device_bytes();
  }

  Status allocate(std::size_t bytes, void** address) noexcept override;
  void release(void* address) noexcept override;
  Status upload(void* to, const void* from, std::size_t bytes) noexcept override;
  Status download(void* to, const void* from, std::size_t bytes) noexcept override;
  Status copy(void* to, const void* from, std::size_t bytes) noexcept override;
  Status fill_zero(void* at, std::size_t bytes) noexcept override;
  Status synchronize() noexcept override;
  Status cast(const Tensor& from, const Tensor& to) noexcept override;

  Status linear_forward(const Tensor& x, const Tensor& w, const float* bias, const Tensor& y,
                        nn::Activation activation) noexcept override;
  Status linear_backward_data(const Tensor& dy, const Tensor& w,
                              const Tensor& dx) noexcept override;
  Status linear_backward_weight(const Tensor& dy, const Tensor& x, float* dw,
                                float* dbias) noexcept override;

  Status conv_forward(const nn::Window& window, const Tensor& x, const Tensor& w, const float* bias,
                      const Tensor& y, nn::Activation activation) noexcept override;
  Status conv_backward_data(const nn::Window& window, const Tensor& dy, const Tensor& w,
                            const Tensor& dx) noexcept override;
  Status conv_backward_weight(const nn::Window& window, const Tensor& dy, const Tensor& x,
                              float* dw, float* dbias) noexcept override;

  Status activation_forward(nn::Activation activation, const Tensor& x,
                            const Tensor& y) noexcept override;
  Status activation_backward(nn::Activation activation, const Tensor& saved, const Tensor& dy,
                             const Tensor& dx) noexcept override;
  Status add(const Tensor& a, const Tensor& b, const Tensor& y,
             nn::Activation activation) noexcept override;

  Status pool_forward(nn::Pooling pooling, const nn::Window& window, const Tensor& x,
                      const Tensor& y, std::int32_t* indices) noexcept override;
  Status pool_backward(nn::Pooling pooling, const nn::Window& window, const Tensor& dy,
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

  Status dropout(float rate, const nn::RandomKey& key, const Tensor& x,
                 const Tensor& y) noexcept override;

  Status class_loss(const nn::ClassLoss& loss, const Tensor& logits, const std::int32_t* labels,
                    float scale, const nn::StepState* state, float* losses,
                    const Tensor& dlogits) noexcept override;
  Status squared_loss(const Tensor& y, const float* target, float scale, const nn::StepState* state,
                      float* losses, const Tensor& dy) noexcept override;
  Status softmax(const Tensor& logits, float* probabilities) noexcept override;
  Status add_sum(const float* numbers, std::int64_t n, double* total) noexcept override;
  Status mean_and_variance(const float* numbers, std::int64_t n, const nn::StepState* state,
                           float* mean_variance) noexcept override;

  Status judge_gradients(const float* gradients, std::int64_t n, const nn::GradientRule& rule,
                         nn::StepState* state) noexcept override;
  Status sgd(const nn::UpdateArrays& arrays, const nn::SgdStep& step,
             const nn::StepState* state) noexcept override;
  Status adam(const nn::UpdateArrays& arrays, const nn::AdamStep& step,
              const nn::StepState* state) noexcept override;

 private:
  Status add_columns(const Tensor& dy, float* totals);
  Status convolve(const Convolution& convolution, const ConvolutionArrays& arrays,
                  const Epilogue& epilogue);

  Context context_{};
  Staging staging_{context_};
  ConvolutionPlans plans_{};
  nn::BackendInfo info_{};
};

}  // namespace autoglm::gpu
