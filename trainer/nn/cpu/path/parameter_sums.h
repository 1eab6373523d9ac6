// Sums over rows that become gradients of parameters.
#pragma once

#include "trainer/nn/cpu/path/columns.h"

namespace autoglm::nn::cpu {
namespace {

/// to[j] += sums[j], unless there is no `to`.
inline void add_to(float* to, const double* sums, Index n) {
  for (Index j = 0; to != nullptr && j < n; ++j) {
    to[j] += static_cast<float>(sums[j]);
  }
}

}  // namespace
}  // namespace autoglm::nn::cpu
