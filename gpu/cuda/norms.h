// Batch and layer normalization.
#pragma once

#include "gpu/cuda/queue.h"
#include "trainer/nn/backend.h"

namespace autoglm::gpu {

/// Of the four operations below; columns: channels, features.
std::size_t norm_scratch(const Queue& queue, std::int64_t columns);

cudaError_t batch_norm_forward(const Queue& queue, const nn::Backend::BatchNorm& norm,
                               const nn::Tensor& x, const nn::Tensor& y, void* scratch);
cudaError_t batch_norm_apply(const Queue& queue, const nn::Backend::BatchNorm& norm,
                             const nn::Tensor& x, const nn::Tensor& y);

/// dgamma and dbeta may be null.
struct NormGradients {
  const nn::Tensor& x;
  const nn::Tensor& dy;
  const nn::Tensor& dx;
  float* dgamma = nullptr;
  float* dbeta = nullptr;
};
cudaError_t batch_norm_backward(const Queue& queue, const nn::Backend::BatchNorm& norm,
                                const NormGradients& gradients, void* scratch);

cudaError_t layer_norm_forward(const Queue& queue, const nn::Backend::LayerNorm& norm,
                               const nn::Tensor& x, const nn::Tensor& y);
cudaError_t layer_norm_backward(const Queue& queue, const nn::Backend::LayerNorm& norm,
                                const NormGradients& gradients, void* scratch);

}  // namespace autoglm::gpu
