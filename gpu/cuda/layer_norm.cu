#include "gpu/cuda/columns.h"
#include "gpu/cuda/norms.h"
#include "gpu/cuda/sums.h"
#include "gpu/cuda/teams.h"

namespace autoglm::gpu {
namespace {

/// Three passes over a row, which stays in the caches: the mean, the variance, the result.
template <int Team, int W, class T>
__global__ void __launch_bounds__(kThreads)
    forward_kernel(nn::Backend::LayerNorm norm, const T* x, T* y, std::int64_t rows,
                   std::int64_t columns) {
  AUTOGLM_SHARED(float, shared, kWarps);
  const std::int64_t row = team_row<Team>();
  if (row >= rows) {
    return;
  }
  const std::int64_t first = team_place<Team>() * W;
  const T* from = x + row * columns;
  float values[W];
  float sum = 0;
  for (std::int64_t c = first; c < columns; c += Team * W) {
    load_run<W>(from + c, values);
#pragma unroll
    for (int k = 0; k < W; ++k) {
      sum += values[k];
    }
  }
  const float share = 1 / static_cast<float>(columns);
  const float mean = combine<Team>(Plus{}, sum, shared) * share;
  float squares = 0;
  for (std::int64_t c = first; c < columns; c += Team * W) {
    load_run<W>(from + c, values);
#pragma unroll
    for (int k = 0; k < W; ++k) {
      squares += (values[k] - mean) * (values[k] - mean);
    }
  }
  const float variance = combine<Team>(Plus{}, squares, shared) * share;
  const float inverse = 1 / sqrtf(variance + norm.epsilon);
  for (std::int64_t c = first; c < columns; c += Team * W) {
    load_run<W>(from + c, values);
#pragma unroll
    for (int k = 0; k < W; ++k) {
      values[k] = (values[k] - mean) * inverse * norm.gamma[c + k] + norm.beta[c + k];
    }
    store_run<W>(y + row * columns + c, values);
  }
  if (team_place<Team>() == 0) {
    norm.mean[row] = mean;
    norm.inverse_deviation[row] = inverse;
  }
}

template <class T>
struct Gradients {
  const T* x;
  const T* dy;
  T* dx;
};

/// dx = inverse (g - mean(g) - normalized mean(g normalized)), g = dy gamma, means over the row. g
/// is the same number in both passes, so that a row of one column has a gradient of exactly 0: with
/// a fused g - mean(g), what rounding g had lost would be left, times 1 / sqrt(epsilon).
template <int Team, int W, class T>
__global__ void __launch_bounds__(kThreads)
    backward_kernel(nn::Backend::LayerNorm norm, Gradients<T> arrays, std::int64_t rows,
                    std::int64_t columns) {
  AUTOGLM_SHARED(float, shared, kWarps);
  const std::int64_t row = team_row<Team>();
  if (row >= rows) {
    return;
  }
  const std::int64_t first = team_place<Team>() * W;
  const T* x = arrays.x + row * columns;
  const T* dy = arrays.dy + row * columns;
  const float mean = norm.mean[row];
  const float inverse = norm.inverse_deviation[row];
  float values[W];
  float gradients[W];
  float sum = 0;
  float product = 0;
  for (std::int64_t c = first; c < columns; c += Team * W) {
    load_run<W>(x + c, values);
    load_run<W>(dy + c, gradients);
#pragma unroll
    for (int k = 0; k < W; ++k) {
      const float g = rounded_product(gradients[k], norm.gamma[c + k]);
      sum += g;
      product += g * (values[k] - mean) * inverse;
    }
  }
  const float share = 1 / static_cast<float>(columns);
  sum = combine<Team>(Plus{}, sum, shared) * share;
  product = combine<Team>(Plus{}, product, shared) * share;
  for (std::int64_t c = first; c < columns; c += Team * W) {
    load_run<W>(x + c, values);
    load_run<W>(dy + c, gradients);
#pragma unroll
    for (int k = 0; k < W; ++k) {
      const float g = rounded_product(gradients[k], norm.gamma[c + k]);
      gradients[k] = inverse * (g - sum - (values[k] - mean) * inverse * product);
    }
    store_run<W>(arrays.dx + row * columns + c, gradients);
  }
}

template <class T>
struct ReadGradients {
  const T* x;
  const T* dy;
  const float* mean;
  const float* inverse_deviation;
  std::int64_t columns;

  template <int W>
  __device__ void operator()(std::int64_t row, std::int64_t column, Sums<2> (&sums)[W]) const {
    float values[W];
    float gradients[W];
    load_run<W>(x + row * columns + column, values);
    load_run<W>(dy + row * columns + column, gradients);
    const float row_mean = mean[row];
    const float inverse = inverse_deviation[row];
#pragma unroll
    for (int k = 0; k < W; ++k) {
      sums[k].of[0] += gradients[k];
      sums[k].of[1] += gradients[k] * (values[k] - row_mean) * inverse;
    }
  }
};

struct FinishGradients {
  float* dgamma;
  float* dbeta;

  __device__ void operator()(std::int64_t column, const Sums<2>& sum) const {
    if (dbeta != nullptr) {
      dbeta[column] += sum.of[0];
    }
    if (dgamma != nullptr) {
      dgamma[column] += sum.of[1];
    }
  }
};

template <int W, class T>
cudaError_t forward(const Queue& queue, const nn::Backend::LayerNorm& norm, const nn::Tensor& x,
                    const nn::Tensor& y) {
  const std::int64_t columns = x.shape.last();
  const std::int64_t rows = x.count() / columns;
  const T* from = static_cast<const T*>(x.data);
  T* to = static_cast<T*>(y.data);
  if (columns <= kLongRow) {
    return launch(queue, team_grid<kWarp>(rows), forward_kernel<kWarp, W, T>, norm, from, to, rows,
                  columns);
  }
  return launch(queue, team_grid<kThreads>(rows), forward_kernel<kThreads, W, T>, norm, from, to,
                rows, columns);
}

template <int W, class T>
cudaError_t backward(const Queue& queue, const nn::Backend::LayerNorm& norm,
                     const Gradients<T>& arrays, std::int64_t rows, std::int64_t columns) {
  if (columns <= kLongRow) {
    return launch(queue, team_grid<kWarp>(rows), backward_kernel<kWarp, W, T>, norm, arrays, rows,
                  columns);
  }
  return launch(queue, team_grid<kThreads>(rows), backward_kernel<kThreads, W, T>, norm, arrays,
                rows, columns);
}

}  // namespace

cudaError_t layer_norm_forward(const Queue& queue, const nn::Backend::LayerNorm& norm,
                               const nn::Tensor& x, const nn::Tensor& y) {
  return with_type(x.type, [&](auto zero) {
    using T = decltype(zero);
    constexpr int W = kWide<T>;
    const bool wide = x.shape.last() % W == 0 &&
                      all_aligned<W>(static_cast<const T*>(x.data), static_cast<const T*>(y.data));
    return wide ? forward<W, T>(queue, norm, x, y) : forward<1, T>(queue, norm, x, y);
  });
}

cudaError_t layer_norm_backward(const Queue& queue, const nn::Backend::LayerNorm& norm,
                                const NormGradients& gradients, void* scratch) {
  return with_type(gradients.x.type, [&](auto zero) {
    using T = decltype(zero);
    constexpr int W = kWide<T>;
    const Gradients<T> arrays{static_cast<const T*>(gradients.x.data),
                              static_cast<const T*>(gradients.dy.data),
                              static_cast<T*>(gradients.dx.data)};
    const std::int64_t columns = gradients.x.shape.last();
    const std::int64_t rows = gradients.x.count() / columns;
    // The sums first: dx may be in the place of dy.
    if (gradients.dgamma != nullptr || gradients.dbeta != nullptr) {
      const ReadGradients<T> read{arrays.x, arrays.dy, norm.mean, norm.inverse_deviation, columns};
      const cudaError_t status =
          column_sums<W, Sums<2>>(queue, read, FinishGradients{gradients.dgamma, gradients.dbeta},
                                  rows, columns, all_aligned<W>(arrays.x, arrays.dy), scratch);
      if (status != cudaSuccess) {
        return status;
      }
    }
    const bool wide = columns % W == 0 && all_aligned<W>(arrays.x, arrays.dy, arrays.dx);
    return wide ? backward<W, T>(queue, norm, arrays, rows, columns)
                : backward<1, T>(queue, norm, arrays, rows, columns);
  });
}

}  // namespace autoglm::gpu
