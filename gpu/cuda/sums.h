// What is added up over columns: plain data without constructors, as shared memory wants it.
#pragma once

#include "gpu/cuda/port.h"

namespace autoglm::gpu {

template <int N>
struct Sums {
  float of[N];

  __device__ void clear() {
    for (int i = 0; i < N; ++i) {
      of[i] = 0;
    }
  }
  __device__ void merge(const Sums& other) {
    for (int i = 0; i < N; ++i) {
      of[i] += other.of[i];
    }
  }
};

/// Mean and sum of squared deviations, updated and combined as in Chan, Golub and LeVeque,
/// "Algorithms for computing the sample variance", The American Statistician 37 (1983).
struct Moments {
  float count;
  float mean;
  float squares;

  __device__ void clear() { count = mean = squares = 0; }
  __device__ void add(float x) {
    count += 1;
    const float before = x - mean;
    mean += before / count;
    squares += before * (x - mean);
  }
  __device__ void merge(const Moments& other) {
    const float total = count + other.count;
    if (other.count == 0) {
      return;
    }
    const float apart = other.mean - mean;
    const float share = other.count / total;
    mean += apart * share;
    squares += other.squares + apart * apart * count * share;
    count = total;
  }
};

}  // namespace autoglm::gpu
