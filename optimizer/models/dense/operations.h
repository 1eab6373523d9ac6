// Dense linear algebra on arrays of doubles, compiled once for each instruction set (see
// ../dense.h, which callers use). Matrices are column-major with a distance between columns
// ("stride", at least the rows); nothing needs to be aligned, nothing is allocated, no thread is
// started.
//
// What every path promises, so that models can be built up, stopped and resumed:
// - Results depend on the numbers alone: not on where they lie, nor on the processor.
// - The paths v3 and v4 give the same digits. baseline, which has no fused multiplication, does
// not.
// - A coefficient of a product or a Cholesky factor is one chain of multiplications and additions
//   in the order of the inner index, whatever the blocking: a factor that was grown row by row has
//   the digits of one computed at once. (a^T b with fewer than four columns, and so backward_solve
//   with fewer than four right sides, adds up eight chains instead.)
#pragma once

#include <cstddef>

namespace autoglm::dense {

using Index = std::ptrdiff_t;

/// An array that is read: element (i, j) at data[i * row_step + j * column_step]; a transpose is a
/// swap of the steps.
struct Operand {
  const double* data;
  Index row_step;
  Index column_step;
};

/// A matrix that is written: element (i, j) at data[i + j * stride].
struct Result {
  double* data;
  Index stride;
};

/// Of a product: [rows, depth] times [depth, columns].
struct Shape {
  Index rows;
  Index columns;
  Index depth;
};

/// Which part of a result is wanted; `lower`: where i >= j, above the diagonal it is undefined
/// then.
enum class Part { all, lower };

struct Operations {
  /// out(i, j) = |a_i - b_j|^2 >= 0 of the rows of a [rows, depth] and b [columns, depth].
  /// REQUIRES: a.row_step is 1.
  void (*squared_distances)(Shape shape, Operand a, Operand b, Result out, Part part);

  /// The Matérn-5/2 kernel of `count` squared distances r^2: variance (1 + a + a^2 / 3) exp(-a),
  /// a = sqrt(5) r; and unless null, slope = -2 d value / d r^2. Outputs may be the input.
  void (*matern52)(Index count, const double* squared, double variance, double* value,
                   double* slope);

  /// c += sign * a b, of this shape. sign: 1 or -1.
  void (*add_product)(Shape shape, double sign, Operand a, Operand b, Result c, Part part);

  /// The lower factor of the symmetric a [n, n] in place; of a only the lower part is read, above
  /// the diagonal it is undefined then. Rows before `known` hold their factor already. False: not
  /// positive definite, and the rows from `known` on are undefined.
  bool (*cholesky)(Index n, Index known, double* a, Index stride);

  /// x [n, m] <- l^-1 x, and l^-T x, of a lower triangle l [n, n].
  void (*forward_solve)(Index n, Index m, const double* l, Index l_stride, double* x,
                        Index x_stride);
  void (*backward_solve)(Index n, Index m, const double* l, Index l_stride, double* x,
                         Index x_stride);

  /// out [n, n] = (l l^T)^-1, both halves.
  void (*inverse)(Index n, const double* l, Index l_stride, double* out, Index out_stride);
};

extern const Operations kBaselineOperations;
extern const Operations kV3Operations;
extern const Operations kV4Operations;

}  // namespace autoglm::dense
