// Layer normalization. Mean first, then the mean squared distance to it: that cancels nothing.
#pragma once

#include "trainer/nn/cpu/path/parameter_sums.h"

namespace autoglm::nn::cpu {
namespace {

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
