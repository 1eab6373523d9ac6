// Where things lie in the arena `control`, bytes.
#pragma once

#include <cstddef>

#include "trainer/nn/backend.h"
#include "trainer/nn/model/device_arena.h"

namespace autoglm::nn {

constexpr std::size_t kStepState = 0;                        // StepState
constexpr std::size_t kTrainingSum = kPieceAlignment;        // double
constexpr std::size_t kEvaluationSum = 2 * kPieceAlignment;  // double
constexpr std::size_t kMoments = 3 * kPieceAlignment;        // float [parameters, 2]
static_assert(sizeof(StepState) <= kPieceAlignment);

}  // namespace autoglm::nn
