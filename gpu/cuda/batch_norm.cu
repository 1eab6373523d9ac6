#include "gpu/cuda/columns.h"
#include "gpu/cuda/norms.h"
#include "gpu/cuda/sums.h"

namespace autoglm::gpu {
namespace {

template <class T>
struct ReadMoments {
  const T* x;
  std::int64_t columns;

  template <int W>
  __device__ void operator()(std::int64_t row, std::int64_t column, Moments (&sums)[W]) const {
    float values[W];
    load_run<W>(x + row * columns + column, values);
#pragma unroll
    for (int k = 0; k < W; ++k) {
      sums[k].add(values[k]);
    }
  }
};

struct FinishMoments {
  nn::Backend::BatchNorm norm;

  __device__ void operator()(std::int64_t column, const Moments& sum) const {
    const float variance = sum.squares / sum.count;
    norm.mean[column] = sum.mean;
    norm.inverse_deviation[column] = 1 / sqrtf(variance + norm.epsilon);
    if (norm.running_mean != nullptr) {
      norm.running_mean[column] += norm.momentum * (sum.mean - norm.running_mean[column]);
    }
    if (norm.running_variance != nullptr) {
      const float unbiased = sum.count > 1 ? sum.squares / (sum.count - 1) : variance;
      norm.running_variance[column] += norm.momentum * (unbiased - norm.running_variance[column]);
    }
  }
};

/// y = x factor + shift, or with means: y = (x - mean) factor + shift.
template <int W>
struct Line {
  float mean[W];
  float factor[W];
  float shift[W];
};

template <class T>
struct Normalize {
  nn::Backend::BatchNorm norm;
  const T* x;
  T* y;
  std::int64_t columns;
  bool running;

  template <int W>
  __device__ Line<W> hold(std::int64_t column) const {
    Line<W> line;
#pragma unroll
    for (int k = 0; k < W; ++k) {
      const std::int64_t c = column + k;
      line.mean[k] = running ? norm.running_mean[c] : norm.mean[c];
      const float inverse =
          running ? 1 / sqrtf(norm.running_variance[c] + norm.epsilon) : norm.inverse_deviation[c];
      line.factor[k] = inverse * norm.gamma[c];
      line.shift[k] = norm.beta[c];
    }
    return line;
  }
  template <int W>
  __device__ void apply(const Line<W>& line, std::int64_t row, std::int64_t column) const {
    float values[W];
    load_run<W>(x + row * columns + column, values);
#pragma unroll
    for (int k = 0; k < W; ++k) {
      values[k] = fmaf(values[k] - line.mean[k], line.factor[k], line.shift[k]);
      if (norm.activation == nn::Activation::relu) {
        values[k] = values[k] < 0 ? 0 : values[k];  // NaN stays NaN
      }
    }
    store_run<W>(y + row * columns + column, values);
  }
};

/// The gradient before the norm's ReLU, if it has one: 0 where what Normalize computes is not
/// above.
__device__ inline float before_activation(const nn::Backend::BatchNorm& norm, std::int64_t column,
                                          float x, float gradient) {
  if (norm.activation != nn::Activation::relu) {
    return gradient;
  }
  const float factor = norm.inverse_deviation[column] * norm.gamma[column];
  return fmaf(x - norm.mean[column], factor, norm.beta[column]) <= 0 ? 0 : gradient;
}

/// Sums of dy and of dy times the normalized x.
template <class T>
struct ReadGradients {
  nn::Backend::BatchNorm norm;
  const T* x;
  const T* dy;
  std::int64_t columns;

  template <int W>
  __device__ void operator()(std::int64_t row, std::int64_t column, Sums<2> (&sums)[W]) const {
    float values[W];
    float gradients[W];
    load_run<W>(x + row * columns + column, values);
    load_run<W>(dy + row * columns + column, gradients);
#pragma unroll
    for (int k = 0; k < W; ++k) {
      const std::int64_t c = column + k;
      const float normalized = (values[k] - norm.mean[c]) * norm.inverse_deviation[c];
      const float gradient = before_activation(norm, c, values[k], gradients[k]);
      sums[k].of[0] += gradient;
      sums[k].of[1] += gradient * normalized;
    }
  }
};

struct FinishGradients {
  Sums<2>* totals;
  float* dgamma;
  float* dbeta;

  __device__ void operator()(std::int64_t column, const Sums<2>& sum) const {
    totals[column] = sum;
    if (dbeta != nullptr) {
      dbeta[column] += sum.of[0];
    }
    if (dgamma != nullptr) {
      dgamma[column] += sum.of[1];
    }
  }
};

template <int W>
struct Backward {
  float mean[W];
  float inverse[W];
  float factor[W];   // gamma inverse
  float mean_dy[W];  // means over the rows
  float mean_dy_x[W];
};

/// dx = gamma inverse (dy - mean(dy) - normalized mean(dy normalized)); the paper's section 3.
template <class T>
struct NormalizeBackward {
  nn::Backend::BatchNorm norm;
  const T* x;
  const T* dy;
  T* dx;
  const Sums<2>* totals;
  std::int64_t rows;
  std::int64_t columns;

  template <int W>
  __device__ Backward<W> hold(std::int64_t column) const {
    Backward<W> held;
    const float share = 1 / static_cast<float>(rows);
#pragma unroll
    for (int k = 0; k < W; ++k) {
      const std::int64_t c = column + k;
      held.mean[k] = norm.mean[c];
      held.inverse[k] = norm.inverse_deviation[c];
      held.factor[k] = norm.gamma[c] * held.inverse[k];
      held.mean_dy[k] = totals[c].of[0] * share;
      held.mean_dy_x[k] = totals[c].of[1] * share;
    }
    return held;
  }
  template <int W>
  __device__ void apply(const Backward<W>& held, std::int64_t row, std::int64_t column) const {
    float values[W];
    float gradients[W];
    load_run<W>(x + row * columns + column, values);
    load_run<W>(dy + row * columns + column, gradients);
#pragma unroll
    for (int k = 0; k < W; ++k) {
      const float normalized = (values[k] - held.mean[k]) * held.inverse[k];
      const float gradient = before_activation(norm, column + k, values[k], gradients[k]);
      gradients[k] = held.factor[k] * (gradient - held.mean_dy[k] - normalized * held.mean_dy_x[k]);
    }
    store_run<W>(dx + row * columns + column, gradients);
  }
};

cudaError_t normalize(const Queue& queue, const nn::Backend::BatchNorm& norm, const nn::Tensor& x,
                      const nn::Tensor& y, bool running) {
  return with_type(x.type, [&](auto zero) {
    using T = decltype(zero);
    constexpr int W = kWide<T>;
    const T* from = static_cast<const T*>(x.data);
    T* to = static_cast<T*>(y.data);
    const std::int64_t columns = x.shape.last();
    return column_map<W>(queue, Normalize<T>{norm, from, to, columns, running}, x.count() / columns,
                         columns, all_aligned<W>(from, to));
  });
}

}  // namespace

std::size_t norm_scratch(const Queue& queue, std::int64_t columns) {
  // Partial sums, and behind them the totals of each column.
  return column_scratch(queue, columns, sizeof(Moments)) +
         static_cast<std::size_t>(columns) * sizeof(Sums<2>);
}

cudaError_t batch_norm_forward(const Queue& queue, const nn::Backend::BatchNorm& norm,
                               const nn::Tensor& x, const nn::Tensor& y, void* scratch) {
  const std::int64_t columns = x.shape.last();
  const cudaError_t status = with_type(x.type, [&](auto zero) {
    using T = decltype(zero);
    constexpr int W = kWide<T>;
    const T* from = static_cast<const T*>(x.data);
    return column_sums<W, Moments>(queue, ReadMoments<T>{from, columns}, FinishMoments{norm},
                                   x.count() / columns, columns, aligned<W>(from), scratch);
  });
  return status == cudaSuccess ? normalize(queue, norm, x, y, false) : status;
}

cudaError_t batch_norm_apply(const Queue& queue, const nn::Backend::BatchNorm& norm,
                             const nn::Tensor& x, const nn::Tensor& y) {
  return normalize(queue, norm, x, y, true);
}

cudaError_t batch_norm_backward(const Queue& queue, const nn::Backend::BatchNorm& norm,
                                const NormGradients& gradients, void* scratch) {
  return with_type(gradients.x.type, [&](auto zero) {
    using T = decltype(zero);
    constexpr int W = kWide<T>;
    const T* x = static_cast<const T*>(gradients.x.data);
    const T* dy = static_cast<const T*>(gradients.dy.data);
    T* dx = static_cast<T*>(gradients.dx.data);
    const std::int64_t columns = gradients.x.shape.last();
    const std::int64_t rows = gradients.x.count() / columns;
    Sums<2>* totals = static_cast<Sums<2>*>(scratch);
    const ReadGradients<T> read{norm, x, dy, columns};
    const FinishGradients finish{totals, gradients.dgamma, gradients.dbeta};
    const cudaError_t status = column_sums<W, Sums<2>>(queue, read, finish, rows, columns,
                                                       all_aligned<W>(x, dy), totals + columns);
    if (status != cudaSuccess) {
      return status;
    }
    return column_map<W>(queue, NormalizeBackward<T>{norm, x, dy, dx, totals, rows, columns}, rows,
                         columns, all_aligned<W>(x, dy, dx));
  });
}

}  // namespace autoglm::gpu
