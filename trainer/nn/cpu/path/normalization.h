// Batch and layer normalization. Mean first, then the mean squared distance to it: that cancels
// nothing.
#pragma once

#include "trainer/nn/cpu/path/columns.h"

namespace autoglm::nn::cpu {
namespace {

// For the backward pass, of x^ = (x - mean) inverse_deviation over n rows (Ioffe and Szegedy,
// arXiv:1502.03167, section 3): dx = gamma inverse_deviation (dy - sum dy / n - x^ sum(dy x^) / n).

inline std::size_t batch_norm_scratch(Index columns) {
  return 2 * Pieces::size(columns, sizeof(double)) + 2 * Pieces::size(columns, sizeof(float)) +
         3 * Pieces::size(columns * kBlockRows, sizeof(float));
}

/// Of each column: (x - mean) factor + beta.
struct Affine {
  const float* mean = nullptr;
  const float* factor = nullptr;
  const float* beta = nullptr;
};

inline void normalize_columns(Rows rows, Numbers x, Numbers y, const Affine& affine,
                              float* buffer) {
  const Index columns = rows.columns;
  for_blocks(rows.count, [&](Index first, Index count) {
    const Index n = count * columns;
    const float* from = read(x, first * columns, n, buffer);
    float* to = place(y, first * columns, buffer);
    for (Index r = 0; r < count; ++r) {
      for_vectors(columns, [&](Index j, auto get, auto put) {
        const Index at = r * columns + j;
        put(to + at, multiply_add(get(from + at) - get(affine.mean + j), get(affine.factor + j),
                                  get(affine.beta + j)));
      });
    }
    written(to, n, y, first * columns);
  });
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
  double* const sums = pieces.zero_doubles(columns);
  double* const squares = pieces.zero_doubles(columns);
  float* const factor = pieces.floats(columns);
  float* const buffer = pieces.floats(columns * kBlockRows);
  for_blocks(rows.count, [&](Index first, Index count) {
    const float* from = read(x, first * columns, count * columns, buffer);
    add_columns(count, columns, sums,
                [&](Index r, Index j, auto get) { return get(from + r * columns + j); });
  });
  for (Index j = 0; j < columns; ++j) {
    norm.mean[j] = static_cast<float>(sums[j] / static_cast<double>(rows.count));
  }
  for_blocks(rows.count, [&](Index first, Index count) {
    const float* from = read(x, first * columns, count * columns, buffer);
    add_columns(count, columns, squares, [&](Index r, Index j, auto get) {
      const Lanes distance = get(from + r * columns + j) - get(norm.mean + j);
      return distance * distance;
    });
  });
  for (Index j = 0; j < columns; ++j) {
    const double variance = squares[j] / static_cast<double>(rows.count);
    norm.inverse_deviation[j] =
        static_cast<float>(1 / __builtin_sqrt(variance + static_cast<double>(norm.epsilon)));
    factor[j] = norm.gamma[j] * norm.inverse_deviation[j];
  }
  follow_statistics(norm, rows, squares);
  normalize_columns(rows, x, y, {norm.mean, factor, norm.beta}, buffer);
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
  normalize_columns(rows, x, y, {norm.running_mean, factor, norm.beta}, buffer);
  return true;
}

inline void add_to(float* to, const double* sums, Index n) {
  for (Index j = 0; to != nullptr && j < n; ++j) {
    to[j] += static_cast<float>(sums[j]);
  }
}

bool batch_norm_backward(const Backend::BatchNorm& norm, Rows rows, Numbers x, Numbers dy,
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
  float* const x_buffer = pieces.floats(columns * kBlockRows);
  float* const dy_buffer = pieces.floats(columns * kBlockRows);
  const auto normalized = [&](const float* from, Index j, auto get) {
    return (get(from) - get(norm.mean + j)) * get(norm.inverse_deviation + j);
  };
  for_blocks(rows.count, [&](Index first, Index count) {
    const float* xs = read(x, first * columns, count * columns, x_buffer);
    const float* ds = read(dy, first * columns, count * columns, dy_buffer);
    add_columns(count, columns, sums,
                [&](Index r, Index j, auto get) { return get(ds + r * columns + j); });
    add_columns(count, columns, products, [&](Index r, Index j, auto get) {
      return get(ds + r * columns + j) * normalized(xs + r * columns + j, j, get);
    });
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
        const Lanes centered = get(ds + at) - get(mean_gradient + j);
        const Lanes rest = centered - normalized(xs + at, j, get) * get(slope + j);
        put(to + at, get(norm.gamma + j) * get(norm.inverse_deviation + j) * rest);
      });
    }
    written(to, n, gradients.dx, first * columns);
  });
  add_to(gradients.dgamma, products, columns);
  add_to(gradients.dbeta, sums, columns);
  return true;
}

/// The sum of term(j, get) over vectors of n columns; what `get` leaves out must be 0 in the term.
template <typename F>
inline double row_sum(Index n, F term) {
  Lanes sums{};
  for_vectors(n, [&](Index j, auto get, auto) { sums += term(j, get); });
  return static_cast<double>(sum_of(sums));
}

inline std::size_t layer_norm_scratch(Index columns) {
  return 2 * Pieces::size(columns, sizeof(double)) +
         3 * Pieces::size(columns * kBlockRows, sizeof(float)) +
         Pieces::size(rounded_up(columns, kLanes), sizeof(float));
}

bool layer_norm_forward(const Backend::LayerNorm& norm, Rows rows, Numbers x, Numbers y,
                        Scratch& scratch) {
  const Index columns = rows.columns;
  void* const memory = scratch.reserve(layer_norm_scratch(columns));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const buffer = pieces.floats(columns);
  float* const distances = pieces.floats(columns);
  const double count = static_cast<double>(columns);
  for (Index r = 0; r < rows.count; ++r) {
    const float* from = read(x, r * columns, columns, buffer);
    float* to = place(y, r * columns, buffer);
    const auto mean = static_cast<float>(
        row_sum(columns, [&](Index j, auto get) { return get(from + j); }) / count);
    for_vectors(columns,
                [&](Index j, auto get, auto put) { put(distances + j, get(from + j) - mean); });
    const double squares = row_sum(columns, [&](Index j, auto get) {
      const Lanes distance = get(distances + j);
      return distance * distance;
    });
    const auto inverse =
        static_cast<float>(1 / __builtin_sqrt(squares / count + static_cast<double>(norm.epsilon)));
    norm.mean[r] = mean;
    norm.inverse_deviation[r] = inverse;
    for_vectors(columns, [&](Index j, auto get, auto put) {
      put(to + j,
          multiply_add(get(distances + j) * inverse, get(norm.gamma + j), get(norm.beta + j)));
    });
    written(to, columns, y, r * columns);
  }
  return true;
}

bool layer_norm_backward(const Backend::LayerNorm& norm, Rows rows, Numbers x, Numbers dy,
                         const NormGradients& gradients, Scratch& scratch) {
  const Index columns = rows.columns;
  void* const memory = scratch.reserve(layer_norm_scratch(columns));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  double* const products = pieces.zero_doubles(columns);
  double* const sums = pieces.zero_doubles(columns);
  float* const normalized = pieces.floats(columns * kBlockRows);
  float* const dy_buffer = pieces.floats(columns * kBlockRows);
  float* const dx_buffer = pieces.floats(columns);
  const auto count = static_cast<float>(columns);
  for_blocks(rows.count, [&](Index first, Index block) {
    const float* ds = read(dy, first * columns, block * columns, dy_buffer);
    for (Index r = 0; r < block; ++r) {
      const float* xs = read(x, (first + r) * columns, columns, dx_buffer);
      for_vectors(columns, [&](Index j, auto get, auto put) {
        put(normalized + r * columns + j,
            (get(xs + j) - norm.mean[first + r]) * norm.inverse_deviation[first + r]);
      });
    }
    add_columns(block, columns, products, [&](Index r, Index j, auto get) {
      return get(ds + r * columns + j) * get(normalized + r * columns + j);
    });
    add_columns(block, columns, sums,
                [&](Index r, Index j, auto get) { return get(ds + r * columns + j); });
    for (Index r = 0; r < block; ++r) {
      const float* d = ds + r * columns;
      const float* xs = normalized + r * columns;
      const auto mean =
          static_cast<float>(row_sum(
              columns, [&](Index j, auto get) { return get(d + j) * get(norm.gamma + j); })) /
          count;
      const auto slope =
          static_cast<float>(row_sum(
              columns,
              [&](Index j, auto get) { return get(d + j) * get(norm.gamma + j) * get(xs + j); })) /
          count;
      float* to = place(gradients.dx, (first + r) * columns, dx_buffer);
      for_vectors(columns, [&](Index j, auto get, auto put) {
        const Lanes rest = get(d + j) * get(norm.gamma + j) - mean - get(xs + j) * slope;
        put(to + j, rest * norm.inverse_deviation[first + r]);
      });
      written(to, columns, gradients.dx, (first + r) * columns);
    }
  });
  add_to(gradients.dgamma, products, columns);
  add_to(gradients.dbeta, sums, columns);
  return true;
}

}  // namespace
}  // namespace autoglm::nn::cpu
