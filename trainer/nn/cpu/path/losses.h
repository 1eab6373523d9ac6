// Losses and their gradients, row by row, and softmax.
#pragma once

#include "trainer/nn/cpu/path/columns.h"
#include "trainer/nn/cpu/path/functions.h"

namespace autoglm::nn::cpu {
namespace {

/// Of a row of logits z: the greatest, and the sum of exp(z - greatest).
struct Exponentials {
  float greatest = 0;
  float sum = 0;
};

/// NaN is passed over: it comes back in the exponentials.
inline float greatest_of(const float* numbers, Index n) {
  float best = numbers[0];
  Index j = 0;
  Lanes many = broadcast(-__builtin_inff());
  for (; j + kLanes <= n; j += kLanes) {
    const Lanes x = load(numbers + j);
    many = x > many ? x : many;
  }
  for (Index lane = 0; lane < kLanes; ++lane) {
    best = many[lane] > best ? many[lane] : best;
  }
  for (; j < n; ++j) {
    best = numbers[j] > best ? numbers[j] : best;
  }
  return best;
}

/// Writes exp(z - greatest) to `to`.
inline Exponentials exponentials(const float* logits, Index n, float* to) {
  Exponentials result{greatest_of(logits, n), 0};
  Lanes sums{};
  for_vectors(n, [&](Index j, auto get, auto put) {
    put(to + j, exponential(get(logits + j) - result.greatest));
    sums += get(to + j);
  });
  result.sum = sum_of(sums);
  return result;
}

/// The loss of a row, and what its gradient (p - target) is to be multiplied by.
struct RowLoss {
  float loss = 0;
  float factor = 1;
};

/// log_p: of the label's class. With q = 1 - p: L = -alpha q^gamma log p, and its derivative by the
/// logits is alpha (q^gamma - gamma q^(gamma - 1) p log p) (p - target).
inline RowLoss focal_loss(const ClassLoss& loss, double log_p) {
  const double q = -__builtin_expm1(log_p);
  const double gamma = static_cast<double>(loss.focal_gamma);
  const double alpha = static_cast<double>(loss.focal_alpha);
  const double weight = __builtin_pow(q, gamma);
  // q^(gamma - 1) p log p tends to -q^gamma where q is 0.
  const double slope = q > 0 ? __builtin_pow(q, gamma - 1) * __builtin_exp(log_p) * log_p : -weight;
  return {static_cast<float>(-alpha * weight * log_p),
          static_cast<float>(alpha * (weight - gamma * slope))};
}

inline RowLoss smoothed_loss(float smoothing, const float* logits, Index classes,
                             const Exponentials& row, double log_p) {
  if (smoothing == 0) {
    return {static_cast<float>(-log_p), 1};
  }
  Lanes sums{};
  for_vectors(classes, [&](Index j, auto get, auto) { sums += get(logits + j); });
  const double mean = static_cast<double>(sum_of(sums)) / static_cast<double>(classes);
  const double mean_log_p =
      mean - static_cast<double>(row.greatest) - __builtin_log(static_cast<double>(row.sum));
  const double share = static_cast<double>(smoothing);
  return {static_cast<float>(-(1 - share) * log_p - share * mean_log_p), 1};
}

bool class_loss(const ClassLoss& loss, Rows rows, Numbers logits, const std::int32_t* labels,
                const LossOutput& output, Scratch& scratch) {
  const Index classes = rows.columns;
  void* const memory = scratch.reserve(2 * Pieces::size(classes, sizeof(float)));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const buffer = pieces.floats(classes);
  float* const gradient = pieces.floats(classes);
  for (Index r = 0; r < rows.count; ++r) {
    const std::int32_t label = labels[r];
    if (label < 0) {
      output.losses[r] = 0;
      __builtin_memset(gradient, 0, bytes_of(classes));
    } else {
      const float* z = read(logits, r * classes, classes, buffer);
      const Exponentials row = exponentials(z, classes, gradient);
      const double log_p = static_cast<double>(z[label] - row.greatest) -
                           __builtin_log(static_cast<double>(row.sum));
      const RowLoss result = loss.focal ? focal_loss(loss, log_p)
                                        : smoothed_loss(loss.smoothing, z, classes, row, log_p);
      output.losses[r] = result.loss;
      const float factor = result.factor * output.scale;
      const float share = factor * loss.smoothing / static_cast<float>(classes);
      const float inverse = 1 / row.sum;
      for_vectors(classes, [&](Index j, auto get, auto put) {
        put(gradient + j, get(gradient + j) * inverse * factor - share);
      });
      gradient[label] -= factor * (1 - loss.smoothing);
    }
    if (output.gradient.data != nullptr) {
      narrow(gradient, classes, output.gradient, r * classes);
    }
  }
  return true;
}

bool squared_loss(Rows rows, Numbers y, const float* target, const LossOutput& output,
                  Scratch& scratch) {
  const Index columns = rows.columns;
  void* const memory = scratch.reserve(2 * Pieces::size(columns, sizeof(float)));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const buffer = pieces.floats(columns);
  float* const gradient = pieces.floats(columns);
  const float factor = 2 * output.scale / static_cast<float>(columns);
  for (Index r = 0; r < rows.count; ++r) {
    const float* from = read(y, r * columns, columns, buffer);
    const float* wanted = target + r * columns;
    Lanes sums{};
    for_vectors(columns, [&](Index j, auto get, auto put) {
      const Lanes distance = get(from + j) - get(wanted + j);
      sums += distance * distance;
      put(gradient + j, distance * factor);
    });
    output.losses[r] = sum_of(sums) / static_cast<float>(columns);
    if (output.gradient.data != nullptr) {
      narrow(gradient, columns, output.gradient, r * columns);
    }
  }
  return true;
}

bool softmax(Rows rows, Numbers logits, float* probabilities, Scratch& scratch) {
  const Index classes = rows.columns;
  void* const memory = scratch.reserve(Pieces::size(classes, sizeof(float)));
  if (memory == nullptr) {
    return false;
  }
  auto* const buffer = static_cast<float*>(memory);
  for (Index r = 0; r < rows.count; ++r) {
    float* const to = probabilities + r * classes;
    const Exponentials row = exponentials(read(logits, r * classes, classes, buffer), classes, to);
    const float inverse = 1 / row.sum;
    for_vectors(classes, [&](Index j, auto get, auto put) { put(to + j, get(to + j) * inverse); });
  }
  return true;
}

}  // namespace
}  // namespace autoglm::nn::cpu
