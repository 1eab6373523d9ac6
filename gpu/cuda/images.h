// Kernels for images [b, h, w, c].
#pragma once

#include "gpu/cuda/queue.h"
#include "trainer/nn/backend.h"

namespace autoglm::gpu {

cudaError_t pool_forward(const Queue& queue, nn::Pooling pooling, const nn::Window& window,
                         const nn::Tensor& x, const nn::Tensor& y, std::int32_t* indices);
cudaError_t pool_backward(const Queue& queue, nn::Pooling pooling, const nn::Window& window,
                          const nn::Tensor& dy, const std::int32_t* indices, const nn::Tensor& dx);
cudaError_t global_average_forward(const Queue& queue, const nn::Tensor& x, const nn::Tensor& y);
cudaError_t global_average_backward(const Queue& queue, const nn::Tensor& dy, const nn::Tensor& dx);

/// What each output of a convolution sees: [b oh ow] rows of kernel kernel c numbers of x's type,
/// from one row to the next `pitch` numbers; those between are left as they are.
struct Patches {
  void* data = nullptr;
  std::int64_t pitch = 0;
};
cudaError_t gather_patches(const Queue& queue, const nn::Window& window, const nn::Tensor& x,
                           const Patches& patches);
/// The other way, adding up what lies on one another; patches: f32.
cudaError_t add_patches(const Queue& queue, const nn::Window& window, const float* patches,
                        const nn::Tensor& dx);

}  // namespace autoglm::gpu
