// Sums over long arrays, the judgement of gradients, and the update rules.
#pragma once

#include "gpu/cuda/queue.h"
#include "trainer/nn/backend.h"

namespace autoglm::gpu {

/// Of each of the next three operations.
std::size_t sum_scratch();

cudaError_t add_sum(const Queue& queue, const float* numbers, std::int64_t n, double* total,
                    void* scratch);
cudaError_t mean_and_variance(const Queue& queue, const float* numbers, std::int64_t n,
                              const nn::StepState* state, float* mean_variance, void* scratch);
cudaError_t judge_gradients(const Queue& queue, const float* gradients, std::int64_t n,
                            const nn::GradientRule& rule, nn::StepState* state, void* scratch);

cudaError_t sgd(const Queue& queue, const nn::UpdateArrays& arrays, const nn::SgdStep& step,
                const nn::StepState* state);
cudaError_t adam(const Queue& queue, const nn::UpdateArrays& arrays, const nn::AdamStep& step,
                 const nn::StepState* state);

}  // namespace autoglm::gpu
