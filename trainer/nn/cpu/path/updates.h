// Sums over all gradients, and the update rules.
#pragma once

#include "trainer/nn/cpu/path/numbers.h"

namespace autoglm::nn::cpu {
namespace {

/// The sum of term(x) as f64, in a fixed order.
template <typename F>
inline double long_sum(const float* numbers, Index n, F term) {
  constexpr Index kSums = 32;
  double sums[kSums] = {};
  Index i = 0;
  for (; i + kSums <= n; i += kSums) {
    for (Index j = 0; j < kSums; ++j) {
      sums[j] += term(static_cast<double>(numbers[i + j]));
    }
  }
  for (; i < n; ++i) {
    sums[i % kSums] += term(static_cast<double>(numbers[i]));
  }
  for (Index half = kSums / 2; half > 0; half /= 2) {
    for (Index j = 0; j < half; ++j) {
      sums[j] += sums[j + half];
    }
  }
  return sums[0];
}

double sum(const float* numbers, Index n) {
  return long_sum(numbers, n, [](double x) { return x; });
}

double sum_of_squares(const float* numbers, Index n) {
  return long_sum(numbers, n, [](double x) { return x * x; });
}

double mean(const float* numbers, Index n, double factor, double center, bool squared) {
  const double total = squared ? long_sum(numbers, n,
                                          [=](double x) {
                                            const double distance = x * factor - center;
                                            return distance * distance;
                                          })
                               : long_sum(numbers, n, [=](double x) { return x * factor; });
  return total / static_cast<double>(n);
}

/// update(i, get, put) for vectors; then what changed is copied to the working type.
template <typename F>
inline void update_arrays(const UpdateArrays& arrays, F update) {
  for (Index first = 0; first < arrays.n; first += kPiece) {
    const Index count = least(kPiece, arrays.n - first);
    for_vectors(count, [&](Index i, auto get, auto put) { update(first + i, get, put); });
    if (arrays.working != nullptr) {
      narrow(arrays.master + first, count, {arrays.working, arrays.working_type}, first);
    }
  }
}

void sgd(const UpdateArrays& arrays, const SgdStep& step, float factor) {
  const float* const gradient = arrays.gradient;
  float* const buffer = arrays.first;
  update_arrays(arrays, [&](Index i, auto get, auto put) {
    const Lanes w = get(arrays.master + i);
    Lanes g = multiply_add(broadcast(step.weight_decay), w, get(gradient + i) * factor);
    if (buffer != nullptr) {
      const Lanes kept = multiply_add(broadcast(step.momentum), get(buffer + i), g);
      put(buffer + i, kept);
      g = step.nesterov ? multiply_add(broadcast(step.momentum), kept, g) : kept;
    }
    put(arrays.master + i, multiply_add(broadcast(-step.lr), g, w));
  });
}

void adam(const UpdateArrays& arrays, const AdamStep& step, float factor, std::int32_t t) {
  const double correction1 = 1 - __builtin_pow(step.beta1, t);
  const double correction2 = 1 - __builtin_pow(step.beta2, t);
  const auto share1 = static_cast<float>(1 - step.beta1);
  const auto share2 = static_cast<float>(1 - step.beta2);
  const auto rate = static_cast<float>(static_cast<double>(step.lr) / correction1);
  const auto inverse_root = static_cast<float>(1 / __builtin_sqrt(correction2));
  const float kept = step.decoupled ? 1 - step.lr * step.weight_decay : 1;
  const float added = step.decoupled ? 0 : step.weight_decay;
  update_arrays(arrays, [&](Index i, auto get, auto put) {
    const Lanes w = get(arrays.master + i);
    const Lanes g = multiply_add(broadcast(added), w, get(arrays.gradient + i) * factor);
    const Lanes m = get(arrays.first + i);
    const Lanes v = get(arrays.second + i);
    const Lanes new_m = multiply_add(broadcast(share1), g - m, m);
    const Lanes new_v = multiply_add(broadcast(share2), g * g - v, v);
    put(arrays.first + i, new_m);
    put(arrays.second + i, new_v);
    const Lanes scale =
        multiply_add(square_root(new_v), broadcast(inverse_root), broadcast(step.epsilon));
    put(arrays.master + i, w * kept - rate * new_m / scale);
  });
}

}  // namespace
}  // namespace autoglm::nn::cpu
