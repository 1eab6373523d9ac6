#include "gpu/cuda/columns.h"
#include "gpu/cuda/dense.h"
#include "gpu/cuda/sums.h"

namespace autoglm::gpu {
namespace {

template <int W>
struct Held {
  float bias[W];
};

template <class T>
struct AddBias {
  T* y;
  const float* bias;
  std::int64_t columns;
  bool relu;

  template <int W>
  __device__ Held<W> hold(std::int64_t column) const {
    Held<W> held;
#pragma unroll
    for (int k = 0; k < W; ++k) {
      held.bias[k] = bias == nullptr ? 0.0F : bias[column + k];
    }
    return held;
  }
  template <int W>
  __device__ void apply(const Held<W>& held, std::int64_t row, std::int64_t column) const {
    T* at = y + row * columns + column;
    float values[W];
    load_run<W>(at, values);
#pragma unroll
    for (int k = 0; k < W; ++k) {
      values[k] += held.bias[k];
      values[k] = relu && values[k] < 0 ? 0.0F : values[k];
    }
    store_run<W>(at, values);
  }
};

template <class T>
struct ReadColumns {
  const T* y;
  std::int64_t columns;

  template <int W>
  __device__ void operator()(std::int64_t row, std::int64_t column, Sums<1> (&sums)[W]) const {
    float values[W];
    load_run<W>(y + row * columns + column, values);
#pragma unroll
    for (int k = 0; k < W; ++k) {
      sums[k].of[0] += values[k];
    }
  }
};

struct AddTotal {
  float* totals;
  __device__ void operator()(std::int64_t column, const Sums<1>& sum) const {
    totals[column] += sum.of[0];
  }
};

}  // namespace

cudaError_t add_bias(const Queue& queue, void* y, DType type, std::int64_t rows,
                     std::int64_t columns, const float* bias, bool relu) {
  return with_type(type, [&](auto zero) {
    using T = decltype(zero);
    constexpr int W = kWide<T>;
    T* at = static_cast<T*>(y);
    return column_map<W>(queue, AddBias<T>{at, bias, columns, relu}, rows, columns, aligned<W>(at));
  });
}

std::size_t column_totals_scratch(const Queue& queue, std::int64_t columns) {
  return column_scratch(queue, columns, sizeof(Sums<1>));
}

cudaError_t add_column_totals(const Queue& queue, const void* y, DType type, std::int64_t rows,
                              std::int64_t columns, float* totals, void* scratch) {
  return with_type(type, [&](auto zero) {
    using T = decltype(zero);
    constexpr int W = kWide<T>;
    const T* from = static_cast<const T*>(y);
    return column_sums<W, Sums<1>>(queue, ReadColumns<T>{from, columns}, AddTotal{totals}, rows,
                                   columns, aligned<W>(from), scratch);
  });
}

}  // namespace autoglm::gpu
