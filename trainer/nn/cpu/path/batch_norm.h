// Batch normalization. Variances are mean squared distances to the mean, so that large means cancel
// nothing.
#pragma once

#include "trainer/nn/cpu/path/folded.h"
#include "trainer/nn/cpu/path/parameter_sums.h"

namespace autoglm::nn::cpu {
namespace {

// For the backward pass, of x^ = (x - mean) inverse_deviation over n rows (Ioffe and Szegedy,
// arXiv:1502.03167, section 3): dx = gamma inverse_deviation (dy - sum dy / n - x^ sum(dy x^) / n).
//
// Rows pass twice: first from the last to the first, since the last ones are in the cache still,
// then back.

/// Scratch of a call.
struct NormBuffers {
  double* sums[4];       // each of all wide columns, 0 at first
  float* parameters[5];  // each of all wide columns
  float* blocks[2];      // each of a block's numbers

  static std::size_t size(const Folded& all) {
    return 4 * Pieces::size(all.rows.columns, sizeof(double)) +
           5 * Pieces::size(all.rows.columns, sizeof(float)) +
           2 * Pieces::size(all.block_numbers(), sizeof(float));
  }
  NormBuffers(const Folded& all, void* memory) {
    Pieces pieces(memory);
    for (double*& sum : sums) {
      sum = pieces.zero_doubles(all.rows.columns);
    }
    for (float*& parameter : parameters) {
      parameter = pieces.floats(all.rows.columns);
    }
    for (float*& block : blocks) {
      block = pieces.floats(all.block_numbers());
    }
  }
};

/// Of each column: (x - mean) factor + beta, then a ReLU if wanted.
struct Affine {
  const float* mean = nullptr;
  const float* factor = nullptr;
  const float* beta = nullptr;
};

template <bool rectify>
inline void normalize_rows(Rows rows, const float* from, const Affine& affine, float* to) {
  for (Index r = 0; r < rows.count; ++r, from += rows.columns, to += rows.columns) {
    for_vectors(rows.columns, [&](Index j, auto get, auto put) {
      const Lanes value = multiply_add(get(from + j) - get(affine.mean + j), get(affine.factor + j),
                                       get(affine.beta + j));
      put(to + j, rectify ? rectified(value) : value);
    });
  }
}

inline void normalize(const Folded& all, Numbers x, Numbers y, const Affine& affine, bool rectify,
                      float* buffer) {
  const Index columns = all.rows.columns;
  all.for_blocks_forward([&](Index first, Index count) {
    const Index n = count * columns;
    const float* from = read(x, first * columns, n, buffer);
    float* to = place(y, first * columns, buffer);
    rectify ? normalize_rows<true>({count, columns}, from, affine, to)
            : normalize_rows<false>({count, columns}, from, affine, to);
    written(to, n, y, first * columns);
  });
}

/// Of each column, over the rows so far: the mean, and the sum of squared distances to it.
struct Moments {
  double* means = nullptr;
  double* squares = nullptr;
};

/// Adds rows to those before: numbers are read from memory once, and the block's own moments taken
/// from the cache, with the rounding of its mean put right (Chan, Golub and LeVeque, "Algorithms
/// for computing the sample variance", 1983, eq. 1.7 and 2.1).
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
    block.means[j] = 0;
  }
  double* const sums[] = {block.means, block.squares};  // of distances to the rounded mean
  add_columns(rows.count, columns, sums, [&](Index r, Index j, auto get, Lanes(&terms)[2]) {
    terms[0] = get(from + r * columns + j) - get(block_mean + j);
    terms[1] = terms[0] * terms[0];
  });
  for (Index j = 0; j < columns; ++j) {
    const double rest = block.means[j] / count;
    const double distance = static_cast<double>(block_mean[j]) + rest - all.means[j];
    all.means[j] += distance * share;
    all.squares[j] += block.squares[j] - rest * block.means[j] + distance * distance * weight;
  }
}

/// Those of the narrow columns, of as many rows each.
inline void merge_moments(const Folded& folded, const Moments& all) {
  const Index columns = folded.narrow_columns();
  const auto count = static_cast<double>(folded.rows.count);
  for (Index j = 0; j < columns; ++j) {
    const double mean = folded.total(all.means, j) / static_cast<double>(folded.times);
    double squares = folded.total(all.squares, j);
    for (Index i = 0; i < folded.times; ++i) {
      const double distance = all.means[i * columns + j] - mean;
      squares += distance * distance * count;
    }
    all.means[j] = mean;
    all.squares[j] = squares;
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

/// Of the narrow columns.
struct Statistics {
  const float* means = nullptr;
  const float* inverse_deviations = nullptr;
};

inline void normalize(const Backend::BatchNorm& norm, const Folded& all, Numbers x, Numbers y,
                      const Statistics& statistics, const NormBuffers& buffers) {
  float* const mean = buffers.parameters[0];
  float* const factor = buffers.parameters[1];
  float* const beta = buffers.parameters[2];
  all.fill(mean, [&](Index j) { return statistics.means[j]; });
  all.fill(factor, [&](Index j) { return norm.gamma[j] * statistics.inverse_deviations[j]; });
  all.fill(beta, [&](Index j) { return norm.beta[j]; });
  normalize(all, x, y, {mean, factor, beta}, norm.activation == Activation::relu,
            buffers.blocks[0]);
}

inline float inverse_deviation(double variance, float epsilon) {
  return static_cast<float>(1 / __builtin_sqrt(variance + static_cast<double>(epsilon)));
}

bool batch_norm_forward(const Backend::BatchNorm& norm, Rows rows, Numbers x, Numbers y,
                        Scratch& scratch) {
  const Folded all(rows);
  void* const memory = scratch.reserve(NormBuffers::size(all));
  if (memory == nullptr) {
    return false;
  }
  const NormBuffers buffers(all, memory);
  const Index columns = all.rows.columns;
  const Moments moments{buffers.sums[0], buffers.sums[1]};
  const Moments of_block{buffers.sums[2], buffers.sums[3]};
  all.for_blocks_back([&](Index first, Index count) {
    const float* from = read(x, first * columns, count * columns, buffers.blocks[0]);
    add_moments(all.rows.count - first - count, {count, columns}, from, moments, of_block,
                buffers.parameters[0]);
  });
  merge_moments(all, moments);
  for (Index j = 0; j < rows.columns; ++j) {
    norm.mean[j] = static_cast<float>(moments.means[j]);
    norm.inverse_deviation[j] =
        inverse_deviation(moments.squares[j] / static_cast<double>(rows.count), norm.epsilon);
  }
  follow_statistics(norm, rows, moments.squares);
  normalize(norm, all, x, y, {norm.mean, norm.inverse_deviation}, buffers);
  return true;
}

bool batch_norm_apply(const Backend::BatchNorm& norm, Rows rows, Numbers x, Numbers y,
                      Scratch& scratch) {
  const Folded all(rows);
  void* const memory = scratch.reserve(NormBuffers::size(all));
  if (memory == nullptr) {
    return false;
  }
  const NormBuffers buffers(all, memory);
  float* const inverse_deviations = buffers.parameters[3];
  for (Index j = 0; j < rows.columns; ++j) {
    inverse_deviations[j] =
        inverse_deviation(static_cast<double>(norm.running_variance[j]), norm.epsilon);
  }
  normalize(norm, all, x, y, {norm.running_mean, inverse_deviations}, buffers);
  return true;
}

/// Of each column, what the gradients of rows are made of: dx = factor dy - slope (x - mean) -
/// shift.
struct BackwardColumns {
  const float* mean = nullptr;
  const float* factor = nullptr;  // gamma inverse_deviation
  const float* beta = nullptr;    // where a ReLU follows
  const float* slope = nullptr;
  const float* shift = nullptr;
};

/// Of a vector of columns, before the ReLU if there is one.
struct GradientAndDistance {
  Lanes gradient;
  Lanes distance;  // of x to the mean
};

template <bool rectify, typename Get>
inline GradientAndDistance get_gradient(const BackwardColumns& of, const float* x, const float* dy,
                                        Index j, Get get) {
  const Lanes distance = get(x) - get(of.mean + j);
  const Lanes gradient = get(dy);
  if constexpr (rectify) {
    const Lanes y = multiply_add(distance, get(of.factor + j), get(of.beta + j));
    return {y <= 0 ? Lanes{} : gradient, distance};
  } else {
    return {gradient, distance};
  }
}

template <bool rectify>
inline bool batch_norm_backward(const Backend::BatchNorm& norm, Rows rows, Numbers x, Numbers dy,
                                const NormGradients& gradients, Scratch& scratch) {
  const Folded all(rows);
  void* const memory = scratch.reserve(NormBuffers::size(all));
  if (memory == nullptr) {
    return false;
  }
  const NormBuffers buffers(all, memory);
  float* const mean = buffers.parameters[0];
  float* const factor = buffers.parameters[1];
  float* const beta = buffers.parameters[2];
  float* const slope = buffers.parameters[3];
  float* const shift = buffers.parameters[4];
  const Index columns = all.rows.columns;
  all.fill(mean, [&](Index j) { return norm.mean[j]; });
  all.fill(factor, [&](Index j) { return norm.gamma[j] * norm.inverse_deviation[j]; });
  if (rectify) {
    all.fill(beta, [&](Index j) { return norm.beta[j]; });
  }
  const BackwardColumns of{mean, factor, beta, slope, shift};
  double* const sums[] = {buffers.sums[0], buffers.sums[1]};  // of gradients, and times distances
  all.for_blocks_back([&](Index first, Index count) {
    const float* xs = read(x, first * columns, count * columns, buffers.blocks[0]);
    const float* ds = read(dy, first * columns, count * columns, buffers.blocks[1]);
    add_columns(count, columns, sums, [&](Index r, Index j, auto get, Lanes(&terms)[2]) {
      const Index at = r * columns + j;
      const auto found = get_gradient<rectify>(of, xs + at, ds + at, j, get);
      terms[0] = found.gradient;
      terms[1] = found.gradient * found.distance;
    });
  });
  for (Index j = 0; j < rows.columns; ++j) {
    sums[0][j] = all.total(sums[0], j);
    sums[1][j] = all.total(sums[1], j) * static_cast<double>(norm.inverse_deviation[j]);
  }
  const auto mean_of = [&](const double* sum, Index j) {
    return static_cast<float>(sum[j] / static_cast<double>(rows.count));
  };
  all.fill(shift, [&](Index j) { return factor[j] * mean_of(sums[0], j); });
  all.fill(slope,
           [&](Index j) { return factor[j] * norm.inverse_deviation[j] * mean_of(sums[1], j); });
  all.for_blocks_forward([&](Index first, Index count) {
    const Index n = count * columns;
    const float* xs = read(x, first * columns, n, buffers.blocks[0]);
    const float* ds = read(dy, first * columns, n, buffers.blocks[1]);
    float* to = place(gradients.dx, first * columns, buffers.blocks[1]);
    for (Index at = 0; at < n; at += columns) {
      for_vectors(columns, [&](Index j, auto get, auto put) {
        const auto found = get_gradient<rectify>(of, xs + at + j, ds + at + j, j, get);
        const Lanes other = multiply_add(found.distance, get(slope + j), get(shift + j));
        put(to + at + j, found.gradient * get(factor + j) - other);
      });
    }
    written(to, n, gradients.dx, first * columns);
  });
  add_to(gradients.dgamma, sums[1], rows.columns);
  add_to(gradients.dbeta, sums[0], rows.columns);
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
