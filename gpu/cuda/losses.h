// Losses of rows, and what is derived from a row of logits.
#pragma once

#include "gpu/cuda/queue.h"
#include "trainer/nn/backend.h"

namespace autoglm::gpu {

/// Gradients are multiplied by scale and state->loss_scale. All pointers may be null.
struct LossOutput {
  float scale = 1;
  const nn::StepState* state = nullptr;
  float* losses = nullptr;  // [rows]
  nn::Tensor gradient{};    // data null: not wanted
};

cudaError_t class_loss(const Queue& queue, const nn::ClassLoss& loss, const nn::Tensor& logits,
                       const std::int32_t* labels, const LossOutput& output);
cudaError_t squared_loss(const Queue& queue, const nn::Tensor& y, const float* target,
                         const LossOutput& output);
cudaError_t softmax(const Queue& queue, const nn::Tensor& logits, float* probabilities);

}  // namespace autoglm::gpu
