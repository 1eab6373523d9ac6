#include <cmath>

#include "gpu/cuda/elements.h"
#include "gpu/cuda/updates.h"

namespace autoglm::gpu {
namespace {

constexpr int kRun = kWide<float>;

/// The arrays, and whether all are aligned to runs.
template <class T>
struct Arrays {
  std::int64_t n;
  float* master;
  const float* gradient;
  float* first;
  float* second;
  T* working;
  bool wide;
};

template <class T>
Arrays<T> arrays_of(const nn::UpdateArrays& arrays) {
  T* working = static_cast<T*>(arrays.working);
  return {arrays.n,
          arrays.master,
          arrays.gradient,
          arrays.first,
          arrays.second,
          working,
          all_aligned<kRun>(arrays.master, arrays.gradient, arrays.first, arrays.second) &&
              aligned<kRun>(working)};
}

template <class T>
__global__ void __launch_bounds__(kThreads)
    sgd_kernel(Arrays<T> arrays, nn::SgdStep step, const nn::StepState* state) {
  if (state->skip != 0) {
    return;
  }
  const float factor = state->factor;
  for (std::int64_t i = first_element(kRun); i < arrays.n; i += element_stride(kRun)) {
    float w[kRun];
    float g[kRun];
    float buffer[kRun] = {};
    load_part<kRun>(arrays.master, i, arrays.n, arrays.wide, w);
    load_part<kRun>(arrays.gradient, i, arrays.n, arrays.wide, g);
    if (arrays.first != nullptr) {
      load_part<kRun>(arrays.first, i, arrays.n, arrays.wide, buffer);
    }
#pragma unroll
    for (int k = 0; k < kRun; ++k) {
      g[k] = g[k] * factor + step.weight_decay * w[k];
      buffer[k] = step.momentum * buffer[k] + g[k];
      w[k] -= step.lr * (step.nesterov ? g[k] + step.momentum * buffer[k] : buffer[k]);
    }
    store_part<kRun>(arrays.master, i, arrays.n, arrays.wide, w);
    if (arrays.first != nullptr) {
      store_part<kRun>(arrays.first, i, arrays.n, arrays.wide, buffer);
    }
    if (arrays.working != nullptr) {
      store_part<kRun>(arrays.working, i, arrays.n, arrays.wide, w);
    }
  }
}

/// A moment's beta as kernels use it: 1 - beta rounded once, and the logarithm, from which
/// 1 - beta^t is had without cancellation.
struct Decay {
  float kept;   // beta
  float added;  // 1 - beta
  float log;
};

Decay decay_of(double beta) {
  return {static_cast<float>(beta), static_cast<float>(1 - beta),
          static_cast<float>(std::log(beta))};
}

/// AdamStep, of f32 numbers.
struct AdamNumbers {
  Decay first;
  Decay second;
  float lr;
  float epsilon;
  float weight_decay;
  bool decoupled;
};

template <class T>
__global__ void __launch_bounds__(kThreads)
    adam_kernel(Arrays<T> arrays, AdamNumbers step, const nn::StepState* state) {
  if (state->skip != 0) {
    return;
  }
  const float factor = state->factor;
  const float t = static_cast<float>(state->applied);
  const float rate = step.lr / -expm1f(t * step.first.log);
  const float inverse_root = 1 / sqrtf(-expm1f(t * step.second.log));
  const float coupled = step.decoupled ? 0.0F : step.weight_decay;
  const float decay = step.decoupled ? step.lr * step.weight_decay : 0.0F;
  for (std::int64_t i = first_element(kRun); i < arrays.n; i += element_stride(kRun)) {
    float w[kRun];
    float g[kRun];
    float m[kRun];
    float v[kRun];
    load_part<kRun>(arrays.master, i, arrays.n, arrays.wide, w);
    load_part<kRun>(arrays.gradient, i, arrays.n, arrays.wide, g);
    load_part<kRun>(arrays.first, i, arrays.n, arrays.wide, m);
    load_part<kRun>(arrays.second, i, arrays.n, arrays.wide, v);
#pragma unroll
    for (int k = 0; k < kRun; ++k) {
      const float gradient = g[k] * factor + coupled * w[k];
      m[k] = step.first.kept * m[k] + step.first.added * gradient;
      v[k] = step.second.kept * v[k] + step.second.added * gradient * gradient;
      w[k] -= rate * m[k] / (sqrtf(v[k]) * inverse_root + step.epsilon) + decay * w[k];
    }
    store_part<kRun>(arrays.master, i, arrays.n, arrays.wide, w);
    store_part<kRun>(arrays.first, i, arrays.n, arrays.wide, m);
    store_part<kRun>(arrays.second, i, arrays.n, arrays.wide, v);
    if (arrays.working != nullptr) {
      store_part<kRun>(arrays.working, i, arrays.n, arrays.wide, w);
    }
  }
}

}  // namespace

cudaError_t sgd(const Queue& queue, const nn::UpdateArrays& arrays, const nn::SgdStep& step,
                const nn::StepState* state) {
  return with_type(arrays.working_type, [&](auto zero) {
    using T = decltype(zero);
    return launch(queue, element_grid(queue, arrays.n, kRun), sgd_kernel<T>, arrays_of<T>(arrays),
                  step, state);
  });
}

cudaError_t adam(const Queue& queue, const nn::UpdateArrays& arrays, const nn::AdamStep& step,
                 const nn::StepState* state) {
  const AdamNumbers numbers{decay_of(step.beta1), decay_of(step.beta2), step.lr,
                            step.epsilon,         step.weight_decay,    step.decoupled};
  return with_type(arrays.working_type, [&](auto zero) {
    using T = decltype(zero);
    return launch(queue, element_grid(queue, arrays.n, kRun), adam_kernel<T>, arrays_of<T>(arrays),
                  numbers, state);
  });
}

}  // namespace autoglm::gpu
