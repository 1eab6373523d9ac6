// Kernels that treat each number by itself. They return what the launch said.
#pragma once

#include "gpu/cuda/queue.h"
#include "trainer/nn/backend.h"

namespace autoglm::gpu {

cudaError_t cast(const Queue& queue, const nn::Tensor& from, const nn::Tensor& to);
cudaError_t activate(const Queue& queue, nn::Activation activation, const nn::Tensor& x,
                     const nn::Tensor& y);
cudaError_t activate_backward(const Queue& queue, nn::Activation activation,
                              const nn::Tensor& saved, const nn::Tensor& dy, const nn::Tensor& dx);
cudaError_t add(const Queue& queue, const nn::Tensor& a, const nn::Tensor& b, const nn::Tensor& y,
                bool relu);
/// `threshold`: numbers whose random word is below it become 0.
cudaError_t dropout(const Queue& queue, std::uint32_t threshold, float scale,
                    const nn::RandomKey& key, const nn::Tensor& x, const nn::Tensor& y);
}  // namespace autoglm::gpu
