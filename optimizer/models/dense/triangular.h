// Cholesky factors, and systems solved with them, by halving: most of the work is products.
// Included by path.cpp alone.
#pragma once

#include "optimizer/models/dense/product.h"

namespace autoglm::dense {
namespace {

constexpr Index kLeaf = 16;  // columns that are not halved further

inline Index half_of(Index n) { return (n / 2 + kLeaf - 1) / kLeaf * kLeaf; }

inline Operand columns_of(const double* a, Index stride) { return {a, 1, stride}; }

enum class Side { factor, transposed_factor };  // what is divided by, from the right

/// Rows of x [rows, n] <- x l^-T (transposed_factor) or x l^-1 (factor), n <= kLeaf; as many rows
/// as T is wide.
template <typename T, Side side>
void divide_rows(Index n, const double* l, Index l_stride, const double* reciprocals, double* x,
                 Index x_stride) {
  T solved[kLeaf];
  for (Index step = 0; step < n; ++step) {
    const Index j = side == Side::factor ? n - 1 - step : step;
    T rest = load<T>(x + j * x_stride);
    for (Index before = 0; before < step; ++before) {
      const Index k = side == Side::factor ? n - 1 - before : before;
      const double coefficient = side == Side::factor ? l[k + j * l_stride] : l[j + k * l_stride];
      rest = multiply_add(broadcast<T>(-coefficient), solved[k], rest);
    }
    solved[j] = rest * reciprocals[j];
    store(x + j * x_stride, solved[j]);
  }
}

template <Side side>
void divide(Index rows, Index n, const double* l, Index l_stride, double* x, Index x_stride) {
  double reciprocals[kLeaf];
  for (Index j = 0; j < n; ++j) {
    reciprocals[j] = 1 / l[j + j * l_stride];
  }
  Index i = 0;
  for (; i + kLanes <= rows; i += kLanes) {
    divide_rows<Lanes, side>(n, l, l_stride, reciprocals, x + i, x_stride);
  }
  for (; i < rows; ++i) {
    divide_rows<double, side>(n, l, l_stride, reciprocals, x + i, x_stride);
  }
}

/// Systems with a factor of at most kLeaf rows: columns side by side, as rows of a transpose.
template <Side side>
void solve_leaf(Index n, Index m, const double* l, Index l_stride, double* x, Index x_stride) {
  constexpr Index kTogether = 64;
  double rows[kTogether * kLeaf];
  for (Index first = 0; first < m; first += kTogether) {
    const Index together = least(kTogether, m - first);
    for (Index j = 0; j < together; ++j) {
      for (Index i = 0; i < n; ++i) {
        rows[j + i * together] = x[i + (first + j) * x_stride];
      }
    }
    divide<side>(together, n, l, l_stride, rows, together);
    for (Index j = 0; j < together; ++j) {
      for (Index i = 0; i < n; ++i) {
        x[i + (first + j) * x_stride] = rows[j + i * together];
      }
    }
  }
}

void forward_solve(Index n, Index m, const double* l, Index l_stride, double* x, Index x_stride) {
  if (n <= kLeaf) {
    solve_leaf<Side::transposed_factor>(n, m, l, l_stride, x, x_stride);
    return;
  }
  const Index half = half_of(n);
  forward_solve(half, m, l, l_stride, x, x_stride);
  add_product({n - half, m, half}, -1, columns_of(l + half, l_stride), columns_of(x, x_stride),
              {x + half, x_stride}, Part::all);
  forward_solve(n - half, m, l + half + half * l_stride, l_stride, x + half, x_stride);
}

void backward_solve(Index n, Index m, const double* l, Index l_stride, double* x, Index x_stride) {
  if (n <= kLeaf) {
    solve_leaf<Side::factor>(n, m, l, l_stride, x, x_stride);
    return;
  }
  const Index half = half_of(n);
  backward_solve(n - half, m, l + half + half * l_stride, l_stride, x + half, x_stride);
  add_product({half, m, n - half}, -1, transposed(columns_of(l + half, l_stride)),
              columns_of(x + half, x_stride), {x, x_stride}, Part::all);
  backward_solve(half, m, l, l_stride, x, x_stride);
}

/// The factor of a [n, n], n <= kLeaf.
bool factor_leaf(Index n, double* a, Index stride) {
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < n; ++i) {
      double rest = a[i + j * stride];
      for (Index k = 0; k < j; ++k) {
        rest = multiply_add(-a[j + k * stride], a[i + k * stride], rest);
      }
      a[i + j * stride] = rest;
    }
    const double pivot = a[j + j * stride];
    if (!(pivot > 0 && pivot <= __DBL_MAX__)) {
      return false;
    }
    a[j + j * stride] = __builtin_sqrt(pivot);
    const double reciprocal = 1 / a[j + j * stride];
    for (Index i = j + 1; i < n; ++i) {
      a[i + j * stride] *= reciprocal;
    }
  }
  return true;
}

/// The first `columns` columns of the factor, of all rows of a [rows, columns].
bool factor_columns(Index rows, Index columns, double* a, Index stride) {
  if (columns <= kLeaf) {
    if (!factor_leaf(columns, a, stride)) {
      return false;
    }
    divide<Side::transposed_factor>(rows - columns, columns, a, stride, a + columns, stride);
    return true;
  }
  const Index half = half_of(columns);
  if (!factor_columns(rows, half, a, stride)) {
    return false;
  }
  double* rest = a + half + half * stride;
  const Operand below = columns_of(a + half, stride);
  add_product({rows - half, columns - half, half}, -1, below, transposed(below), {rest, stride},
              Part::lower);
  return factor_columns(rows - half, columns - half, rest, stride);
}

/// x [m, n] <- x l^-T: the rows that a factor l of n rows grows by.
void grow_rows(Index m, Index n, const double* l, double* x, Index stride) {
  if (n <= kLeaf) {
    divide<Side::transposed_factor>(m, n, l, stride, x, stride);
    return;
  }
  const Index half = half_of(n);
  grow_rows(m, half, l, x, stride);
  add_product({m, n - half, half}, -1, columns_of(x, stride),
              transposed(columns_of(l + half, stride)), {x + half * stride, stride}, Part::all);
  grow_rows(m, n - half, l + half + half * stride, x + half * stride, stride);
}

bool cholesky(Index n, Index known, double* a, Index stride) {
  if (known == 0) {
    return factor_columns(n, n, a, stride);
  }
  const Index grown = n - known;
  double* rows = a + known;
  grow_rows(grown, known, a, rows, stride);
  double* corner = rows + known * stride;
  const Operand left = columns_of(rows, stride);
  add_product({grown, grown, known}, -1, left, transposed(left), {corner, stride}, Part::lower);
  return factor_columns(grown, grown, corner, stride);
}

constexpr Index kInverseBlock = 64;

/// l^-1 below the diagonal of out, zeros above it.
void invert_triangle(Index n, const double* l, Index l_stride, double* out, Index out_stride) {
  for (Index j = 0; j < n; ++j) {
    for (Index i = 0; i < n; ++i) {
      out[i + j * out_stride] = i == j ? 1 : 0;
    }
  }
  for (Index j = 0; j < n; j += kInverseBlock) {
    forward_solve(n - j, least(kInverseBlock, n - j), l + j + j * l_stride, l_stride,
                  out + j + j * out_stride, out_stride);
  }
}

/// With x = l^-1 below the diagonal, block I of rows of x^T x needs no earlier rows of x: what
/// belongs above the diagonal goes there at once, and the block on it over what is used up.
void inverse(Index n, const double* l, Index l_stride, double* out, Index out_stride) {
  invert_triangle(n, l, l_stride, out, out_stride);
  for (Index first = 0; first < n; first += kInverseBlock) {
    const Index wide = least(kInverseBlock, n - first);
    const Index depth = n - first;
    const Operand own = columns_of(out + first + first * out_stride, out_stride);
    const Operand before = columns_of(out + first, out_stride);
    add_product({first, wide, depth}, 1, transposed(before), own,
                {out + first * out_stride, out_stride}, Part::all);
    double corner[kInverseBlock * kInverseBlock] = {};
    add_product({wide, wide, depth}, 1, transposed(own), own, {corner, kInverseBlock}, Part::all);
    for (Index j = 0; j < wide; ++j) {
      for (Index i = 0; i < wide; ++i) {
        out[first + i + (first + j) * out_stride] = corner[i + j * kInverseBlock];
      }
    }
  }
  for (Index j = 0; j < n; ++j) {
    for (Index i = j + 1; i < n; ++i) {
      out[i + j * out_stride] = out[j + i * out_stride];
    }
  }
}

}  // namespace
}  // namespace autoglm::dense
