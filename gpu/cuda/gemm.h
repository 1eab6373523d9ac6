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

/// What a layer adds to its product: a number to each column, then relu.
struct Epilogue {
  const float* bias = nullptr;  // [n] or null
  bool relu = false;

  /// Whether a sum must be kept as f32 until the bias is added: a 16-bit number would be rounded
  /// twice.
  bool widens(DType result) const { return bias != nullptr && result != DType::f32; }
};

/// What multiply() with an epilogue needs as scratch memory, bytes; may be 0.
std::size_t product_scratch(const Context& context, const Product& product,
                            const Epilogue& epilogue);
/// The product and its epilogue, rounded once. REQUIRES: a is not transposed, and
/// result is not added to.
Status multiply(Context& context, const Product& product, const Epilogue& epilogue, void* scratch);
/// The epilogue of sums that are there, y: [rows, columns]. REQUIRES: !epilogue.widens(type).
Status finish(Context& context, const Epilogue& epilogue, void* y, DType type, std::int64_t rows,
              std::int64_t columns);

}  // namespace autoglm::gpu
