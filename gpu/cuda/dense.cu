#include "gpu/cuda/columns.h"
#include "gpu/cuda/dense.h"
#include "gpu/cuda/sums.h"

namespace autoglm::gpu {
namespace {

template <int W>
struct Held {
  float bias[W];
};

template <class From, class To>
struct AddBias {
  const From* sums;
  To* y;
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
    const std::int64_t at = row * columns + column;
    float values[W];
    load_run<W>(sums + at, values);
#pragma unroll
    for (int k = 0; k < W; ++k) {
      values[k] += held.bias[k];
      values[k] = relu && values[k] < 0 ? 0.0F : values[k];
    }
    store_run<W>(y + at, values);
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

template <class From, class To>
cudaError_t add_bias_as(const Queue& queue, const Rows& sums, const Rows& y, const float* bias,
                        bool relu) {
  constexpr int W = kWide<To>;
  const From* from = static_cast<const From*>(sums.data);
  To* to = static_cast<To*>(y.data);
  return column_map<W>(queue, AddBias<From, To>{from, to, bias, y.columns, relu}, y.rows, y.columns,
                       aligned<W>(from) && aligned<W>(to));
}

}  // namespace

cudaError_t add_bias(const Queue& queue, const Rows& sums, const Rows& y, const float* bias,
                     bool relu) {
  return with_type(y.type, [&](auto zero) {
    using T = decltype(zero);
    return sums.type == y.type ? add_bias_as<T, T>(queue, sums, y, bias, relu)
                               : add_bias_as<float, T>(queue, sums, y, bias, relu);
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
