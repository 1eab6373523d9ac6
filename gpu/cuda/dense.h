// Kernels beside the matrix products of dense layers and convolutions.
#pragma once

#include "gpu/cuda/queue.h"

namespace autoglm::gpu {

struct Rows {
  void* data = nullptr;
  DType type = DType::f32;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
};

/// y = sums + bias, or relu of it, rounded once; in place if wished. sums: of y's type or f32;
/// bias: f32 [columns] or null.
cudaError_t add_bias(const Queue& queue, const Rows& sums, const Rows& y, const float* bias,
                     bool relu);

/// totals += column sums of y.
std::size_t column_totals_scratch(const Queue& queue, std::int64_t columns);
cudaError_t add_column_totals(const Queue& queue, const void* y, DType type, std::int64_t rows,
                              std::int64_t columns, float* totals, void* scratch);

}  // namespace autoglm::gpu
