// Batch normalization. Variances are mean squared distances to the mean: that cancels nothing.
#pragma once

#include "trainer/nn/cpu/path/parameter_sums.h"

namespace autoglm::nn::cpu {
namespace {

// For the backward pass, of x^ = (x - mean) inverse_deviation over n rows (Ioffe and Szegedy,
// arXiv:1502.03167, section 3): dx = gamma inverse_deviation (dy - sum dy / n - x^ sum(dy x^) / n).

inline std::size_t batch_norm_scratch(Index columns) {
  return 4 * Pieces::size(columns, sizeof(double)) + 3 * Pieces::size(columns, sizeof(float)) +
         3 * Pieces::size(columns * kBlockRows, sizeof(float));
}

/// Of each column: (x - mean) factor + beta, then a ReLU if wanted.
struct Affine {
  const float* mean = nullptr;
  const float* factor = nullptr;
  const float* beta = nullptr;
  bool rectify = false;
};

template <bool rectify>
inline void normalize_rows(Index rows, Index columns, const float* from, const Affine& affine,
                           float* to) {
  for (Index r = 0; r < rows; ++r) {
    for_vectors(columns, [&](Index j, auto get, auto put) {
      const Index at = r * columns + j;
      const Lanes value = multiply_add(get(from + at) - get(affine.mean + j),
                                       get(affine.factor + j), get(affine.beta + j));
      put(to + at, rectify ? rectified(value) : value);
    });
  }
}

inline void normalize_columns(Rows rows, Numbers x, Numbers y, const Affine& affine,
                              float* buffer) {
  const Index columns = rows.columns;
  for_blocks(rows.count, [&](Index first, Index count) {
    const Index n = count * columns;
    const float* from = read(x, first * columns, n, buffer);
    float* to = place(y, first * columns, buffer);
    if (affine.rectify) {
      normalize_rows<true>(count, columns, from, affine, to);
    } else {
      normalize_rows<false>(count, columns, from, affine, to);
    }
    written(to, n, y, first * columns);
  });
}

/// Of each column, over the rows so far: the mean, and the sum of squared distances to it.
struct Moments {
  double* means = nullptr;
  double* squares = nullptr;
};

/// Adds rows to those before: numbers are read from memory once, and the block's own moments taken
/// from the cache (Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983,
/// eq. 2.1).
inline void add_moments(Index before, Rows rows, const float* from, const Moments& all,
                        const Moments& block, float* block_mean) {
  const Index columns = rows.columns;
  const auto count = static_cast<double>(rows.count);
  const double share = count / (static_cast<double>(before) + count);
  const double weight = static_cast<double>(before) * share;
  __builtin_memset(block.means, 0, static_cast<std::size_t>(columns) * sizeof(double));
  __builtin_memset(block.squares, 0, static_cast<std::size_t>(columns) * sizeof(double));
  add_columns(rows.count, columns, block.means,
              [&](Index r, Index j, auto get) { return get(from + r * columns + j); });
  for (Index j = 0; j < columns; ++j) {
    block_mean[j] = static_cast<float>(block.means[j] / count);
  }
  add_columns(rows.count, columns, block.squares, [&](Index r, Index j, auto get) {
    const Lanes distance = get(from + r * columns + j) - get(block_mean + j);
    return distance * distance;
  });
  for (Index j = 0; j < columns; ++j) {
    const double distance = block.means[j] / count - all.means[j];
    all.means[j] += distance * share;
    all.squares[j] += block.squares[j] + distance * distance * weight;
  }
}

inline void follow_statistics(const Backend::BatchNorm& norm, Rows rows, const double* squares) {
  const double freedom = static_cast<double>(rows.count > 1 ? rows.count - 1 : 1);
  for (Index j = 0; j < rows.columns; ++j) {
    if (norm.running_mean != nullptr) {
      norm.running_mean[j] += norm.momentum * (norm.mean[j] - norm.running_mean[j]);
    }
    if (norm.running_variance != nullptr) {
      const auto variance = static_cast<float>(squares[j] / freedom);
      norm.running_variance[j] += norm.momentum * (variance - norm.running_variance[j]);
    }
  }
}

bool batch_norm_forward(const Backend::BatchNorm& norm, Rows rows, Numbers x, Numbers y,
                        Scratch& scratch) {
  const Index columns = rows.columns;
  void* const memory = scratch.reserve(batch_norm_scratch(columns));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  const Moments all{pieces.zero_doubles(columns), pieces.zero_doubles(columns)};
  const Moments block{pieces.zero_doubles(columns), pieces.zero_doubles(columns)};
  float* const factor = pieces.floats(columns);  // of the blocks before, the mean
  float* const buffer = pieces.floats(columns * kBlockRows);
  for_blocks(rows.count, [&](Index first, Index count) {
    const float* from = read(x, first * columns, count * columns, buffer);
    add_moments(first, {count, columns}, from, all, block, factor);
  });
  for (Index j = 0; j < columns; ++j) {
    norm.mean[j] = static_cast<float>(all.means[j]);
    const double variance = all.squares[j] / static_cast<double>(rows.count);
    norm.inverse_deviation[j] =
        static_cast<float>(1 / __builtin_sqrt(variance + static_cast<double>(norm.epsilon)));
    factor[j] = norm.gamma[j] * norm.inverse_deviation[j];
  }
  follow_statistics(norm, rows, all.squares);
  normalize_columns(rows, x, y, {norm.mean, factor, norm.beta, norm.activation == Activation::relu},
                    buffer);
  return true;
}

bool batch_norm_apply(const Backend::BatchNorm& norm, Rows rows, Numbers x, Numbers y,
                      Scratch& scratch) {
  const Index columns = rows.columns;
  void* const memory = scratch.reserve(batch_norm_scratch(columns));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const factor = pieces.floats(columns);
  float* const buffer = pieces.floats(columns * kBlockRows);
  for (Index j = 0; j < columns; ++j) {
    const double variance = static_cast<double>(norm.running_variance[j]);
    factor[j] = static_cast<float>(static_cast<double>(norm.gamma[j]) /
                                   __builtin_sqrt(variance + static_cast<double>(norm.epsilon)));
  }
  normalize_columns(rows, x, y,
                    {norm.running_mean, factor, norm.beta, norm.activation == Activation::relu},
                    buffer);
  return true;
}

/// Of each column, what the gradients of rows are made of.
struct BackwardColumns {
  const float* mean = nullptr;
  const float* inverse_deviation = nullptr;
  const float* factor = nullptr;  // gamma inverse_deviation
  const float* beta = nullptr;    // where a ReLU follows
};

/// f(gradient, normalized x) of a vector of columns; the gradient before the ReLU, if there is one.
template <bool rectify, typename Get, typename F>
inline auto with_gradient(const BackwardColumns& of, const float* x, const float* dy, Index j,
                          Get get, F f) {
  const Lanes distance = get(x) - get(of.mean + j);
  const Lanes gradient = get(dy);
  const Lanes normalized = distance * get(of.inverse_deviation + j);
  if constexpr (rectify) {
    const Lanes y = multiply_add(distance, get(of.factor + j), get(of.beta + j));
    const Lanes passed = y <= 0 ? Lanes{} : gradient;
    return f(passed, normalized);
  } else {
    return f(gradient, normalized);
  }
}

template <bool rectify>
inline bool batch_norm_backward(const Backend::BatchNorm& norm, Rows rows, Numbers x, Numbers dy,
                                const NormGradients& gradients, Scratch& scratch) {
  const Index columns = rows.columns;
  void* const memory = scratch.reserve(batch_norm_scratch(columns));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  double* const sums = pieces.zero_doubles(columns);
  double* const products = pieces.zero_doubles(columns);
  float* const mean_gradient = pieces.floats(columns);
  float* const slope = pieces.floats(columns);
  float* const factor = pieces.floats(columns);
  float* const x_buffer = pieces.floats(columns * kBlockRows);
  float* const dy_buffer = pieces.floats(columns * kBlockRows);
  for (Index j = 0; j < columns; ++j) {
    factor[j] = norm.gamma[j] * norm.inverse_deviation[j];
  }
  const BackwardColumns of{norm.mean, norm.inverse_deviation, factor, norm.beta};
  for_blocks(rows.count, [&](Index first, Index count) {
    const float* xs = read(x, first * columns, count * columns, x_buffer);
    const float* ds = read(dy, first * columns, count * columns, dy_buffer);
    const auto add = [&](double* totals, auto term) {
      add_columns(count, columns, totals, [&](Index r, Index j, auto get) {
        const Index at = r * columns + j;
        return with_gradient<rectify>(of, xs + at, ds + at, j, get, term);
      });
    };
    add(sums, [](Lanes gradient, Lanes) { return gradient; });
    add(products, [](Lanes gradient, Lanes normalized) { return gradient * normalized; });
  });
  for (Index j = 0; j < columns; ++j) {
    mean_gradient[j] = static_cast<float>(sums[j] / static_cast<double>(rows.count));
    slope[j] = static_cast<float>(products[j] / static_cast<double>(rows.count));
  }
  for_blocks(rows.count, [&](Index first, Index count) {
    const Index n = count * columns;
    const float* xs = read(x, first * columns, n, x_buffer);
    const float* ds = read(dy, first * columns, n, dy_buffer);
    float* to = place(gradients.dx, first * columns, dy_buffer);
    for (Index r = 0; r < count; ++r) {
      for_vectors(columns, [&](Index j, auto get, auto put) {
        const Index at = r * columns + j;
        put(to + at, with_gradient<rectify>(
                         of, xs + at, ds + at, j, get, [&](Lanes gradient, Lanes normalized) {
                           const Lanes centered = gradient - get(mean_gradient + j);
                           return get(factor + j) * (centered - normalized * get(slope + j));
                         }));
      });
    }
    written(to, n, gradients.dx, first * columns);
  });
  add_to(gradients.dgamma, products, columns);
  add_to(gradients.dbeta, sums, columns);
  return true;
}

bool batch_norm_backward(const Backend::BatchNorm& norm, Rows rows, Numbers x, Numbers dy,
                         const NormGradients& gradients, Scratch& scratch) {
  return norm.activation == Activation::relu
             ? batch_norm_backward<true>(norm, rows, x, dy, gradients, scratch)
             : batch_norm_backward<false>(norm, rows, x, dy, gradients, scratch);
}

}  // namespace
}  // namespace autoglm::nn::cpu
