// Matrix products by cuBLAS, with row-major matrices.
#pragma once

#include "gpu/cuda/context.h"

namespace autoglm::gpu {

/// A factor as it lies in memory: rows of `columns` numbers; used as it is or transposed.
struct Factor {
  const void* data = nullptr;
  std::int64_t columns = 0;
  bool transposed = false;
};

struct Product {
  std::int64_t m = 0, n = 0, k = 0;  // [m, k] [k, n] -> [m, n]
  Factor a{};
  Factor b{};
  DType type = DType::f32;         // of both factors
  void* result = nullptr;          // rows of n numbers
  DType result_type = DType::f32;  // the factors', or f32
  bool accumulate = false;         // result +=, else result =
};

/// Sums as f32. Nothing happens if there is nothing to compute.
Status multiply(Context& context, const Product& product);

}  // namespace autoglm::gpu
