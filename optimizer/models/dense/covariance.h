// Distances and the kernel of them. Included by path.cpp alone.
#pragma once

#include "optimizer/models/dense/product.h"

namespace autoglm::dense {
namespace {

constexpr Index kColumnsTogether = 4;

/// From rows 0, … of a (as many as T is wide) to rows 0, … of b (`columns`). Differences are
/// squared and added up: unlike |a|^2 - 2 a b + |b|^2 that cancels nothing, and equal rows are at
/// 0.
template <typename T, Index columns>
void distances(Index depth, Operand a, Operand b, Result out) {
  T sums[static_cast<std::size_t>(columns)] = {};
  for (Index k = 0; k < depth; ++k) {
    const T left = load<T>(a.data + k * a.column_step);
    for (Index j = 0; j < columns; ++j) {
      const T difference = left - b.data[j * b.row_step + k * b.column_step];
      sums[j] = multiply_add(difference, difference, sums[j]);
    }
  }
  for (Index j = 0; j < columns; ++j) {
    store(out.data + j * out.stride, sums[j]);
  }
}

template <Index columns>
void distances_to(Index rows, Index depth, Operand a, Operand b, Result out) {
  Index i = 0;
  for (; i + kLanes <= rows; i += kLanes) {
    distances<Lanes, columns>(depth, from(a, i, 0), b, from(out, i, 0));
  }
  for (; i < rows; ++i) {
    distances<double, columns>(depth, from(a, i, 0), b, from(out, i, 0));
  }
}

void squared_distances(Shape shape, Operand a, Operand b, Result out, Part part) {
  for (Index j = 0; j < shape.columns;) {
    const Index first = part == Part::lower ? least(j, shape.rows) : 0;
    const Index rows = shape.rows - first;
    if (j + kColumnsTogether <= shape.columns) {
      distances_to<kColumnsTogether>(rows, shape.depth, from(a, first, 0), from(b, j, 0),
                                     from(out, first, j));
      j += kColumnsTogether;
    } else {
      distances_to<1>(rows, shape.depth, from(a, first, 0), from(b, j, 0), from(out, first, j));
      ++j;
    }
  }
}

struct KernelLanes {
  Lanes value;
  Lanes slope;
};

inline KernelLanes matern52(Lanes squared, double variance) {
  const Lanes far = broadcast<Lanes>(1000);  // where the kernel is 0
  const Lanes unlimited = square_root(squared * 5);
  const Lanes a = unlimited > far ? far : unlimited;
  const Lanes decay = exponential(-a) * variance;
  const Lanes one_more = a + 1;
  return {multiply_add(a * a, broadcast<Lanes>(1.0 / 3), one_more) * decay,
          one_more * decay * (5.0 / 3)};
}

void matern52(Index count, const double* squared, double variance, double* value, double* slope) {
  Index i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const KernelLanes kernel = matern52(load<Lanes>(squared + i), variance);
    store(value + i, kernel.value);
    if (slope != nullptr) {
      store(slope + i, kernel.slope);
    }
  }
  const Index rest = count - i;
  if (rest == 0) {
    return;
  }
  const std::size_t bytes = static_cast<std::size_t>(rest) * sizeof(double);
  double last[kLanes] = {};
  __builtin_memcpy(last, squared + i, bytes);
  const KernelLanes kernel = matern52(load<Lanes>(last), variance);
  __builtin_memcpy(value + i, &kernel.value, bytes);
  if (slope != nullptr) {
    __builtin_memcpy(slope + i, &kernel.slope, bytes);
  }
}

}  // namespace
}  // namespace autoglm::dense
