// Matrix products: packed panels and a tile of the result in registers (Goto and van de Geijn,
// "Anatomy of high-performance matrix multiplication", 2008). Included by path.cpp alone.
#pragma once

#include "optimizer/models/dense/lanes.h"

namespace autoglm::dense {
namespace {

// A tile fills the registers: 32 of 8 lanes, 16 of 4, 16 of 2 without fused multiplication.
constexpr Index kTileLanes = kLanes == 2 ? 2 : 3;
constexpr Index kTileRows = kTileLanes * kLanes;
constexpr Index kTileColumns = kLanes == 8 ? 8 : 4;
// What is packed at a time, in the first and second cache of any processor.
constexpr Index kPackedDepth = 128;
constexpr Index kPackedRows = 192;
static_assert(kPackedRows % kTileRows == 0);

inline Index least(Index a, Index b) { return a < b ? a : b; }

/// The part of an operand from (i, j) on.
inline Operand from(Operand a, Index i, Index j) {
  return {a.data + i * a.row_step + j * a.column_step, a.row_step, a.column_step};
}

inline Result from(Result c, Index i, Index j) { return {c.data + i + j * c.stride, c.stride}; }

inline Operand transposed(Operand a) { return {a.data, a.column_step, a.row_step}; }

/// Panels of `width` rows, each panel column after column; missing rows are zero.
template <Index width>
void pack(Operand a, Index rows, Index depth, double sign, double* packed) {
  for (Index first = 0; first < rows; first += width) {
    const Index present = least(width, rows - first);
    for (Index k = 0; k < depth; ++k, packed += width) {
      const double* column = a.data + first * a.row_step + k * a.column_step;
      if (present == width && a.row_step == 1) {
        for (Index i = 0; i < width; ++i) {
          packed[i] = sign * column[i];
        }
        continue;
      }
      for (Index i = 0; i < width; ++i) {
        packed[i] = i < present ? sign * column[i * a.row_step] : 0;
      }
    }
  }
}

/// c [kTileRows, kTileColumns] += a b of packed panels.
inline void add_tile(Index depth, const double* a, const double* b, Result c) {
  Lanes sums[kTileColumns][kTileLanes];
  for (Index j = 0; j < kTileColumns; ++j) {
    for (Index i = 0; i < kTileLanes; ++i) {
      sums[j][i] = load<Lanes>(c.data + i * kLanes + j * c.stride);
    }
  }
  for (Index k = 0; k < depth; ++k, a += kTileRows, b += kTileColumns) {
    Lanes left[kTileLanes];
    for (Index i = 0; i < kTileLanes; ++i) {
      left[i] = load<Lanes>(a + i * kLanes);
    }
    for (Index j = 0; j < kTileColumns; ++j) {
      const Lanes right = broadcast<Lanes>(b[j]);
      for (Index i = 0; i < kTileLanes; ++i) {
        sums[j][i] = multiply_add(left[i], right, sums[j][i]);
      }
    }
  }
  for (Index j = 0; j < kTileColumns; ++j) {
    for (Index i = 0; i < kTileLanes; ++i) {
      store(c.data + i * kLanes + j * c.stride, sums[j][i]);
    }
  }
}

/// The same where only the first rows and columns of the tile are there.
inline void add_partial_tile(Shape shape, const double* a, const double* b, Result c) {
  double whole[kTileRows * kTileColumns] = {};
  for (Index j = 0; j < shape.columns; ++j) {
    for (Index i = 0; i < shape.rows; ++i) {
      whole[i + j * kTileRows] = c.data[i + j * c.stride];
    }
  }
  add_tile(shape.depth, a, b, {whole, kTileRows});
  for (Index j = 0; j < shape.columns; ++j) {
    for (Index i = 0; i < shape.rows; ++i) {
      c.data[i + j * c.stride] = whole[i + j * kTileRows];
    }
  }
}

/// y [m] += a [m, depth] x [depth] for a whose columns are contiguous; the columns by eights.
void add_columns(Index m, Index depth, Operand a, double sign, Operand x, double* y) {
  constexpr Index kTogether = 8;
  for (Index k = 0; k < depth; k += kTogether) {
    const Index together = least(kTogether, depth - k);
    double factors[kTogether] = {};
    for (Index l = 0; l < together; ++l) {
      factors[l] = sign * x.data[(k + l) * x.row_step];
    }
    const double* column = a.data + k * a.column_step;
    const auto add_from = [&]<typename T>(Index i, T sum) {
      for (Index l = 0; l < together; ++l) {
        sum = multiply_add(load<T>(column + i + l * a.column_step), broadcast<T>(factors[l]), sum);
      }
      store(y + i, sum);
    };
    Index i = 0;
    for (; i + kLanes <= m; i += kLanes) {
      add_from(i, load<Lanes>(y + i));
    }
    for (; i < m; ++i) {
      add_from(i, y[i]);
    }
  }
}

/// y [m] += a [m, depth] x [depth] for a whose rows are contiguous, as is x. Eight partial sums in
/// every path, so that the digits do not depend on the width of its vectors.
void add_dot_products(Index m, Index depth, Operand a, double sign, const double* x, double* y) {
  constexpr Index kSums = 8;
  constexpr Index kVectors = kSums / kLanes;
  for (Index i = 0; i < m; ++i) {
    const double* row = a.data + i * a.row_step;
    Lanes vectors[kVectors] = {};
    Index k = 0;
    for (; k + kSums <= depth; k += kSums) {
      for (Index v = 0; v < kVectors; ++v) {
        vectors[v] = multiply_add(load<Lanes>(row + k + v * kLanes),
                                  load<Lanes>(x + k + v * kLanes), vectors[v]);
      }
    }
    double sums[kSums];
    __builtin_memcpy(sums, vectors, sizeof(sums));
    for (Index l = 0; k + l < depth; ++l) {
      sums[l] = multiply_add(row[k + l], x[k + l], sums[l]);
    }
    const double left = (sums[0] + sums[4]) + (sums[1] + sums[5]);
    const double right = (sums[2] + sums[6]) + (sums[3] + sums[7]);
    y[i] += sign * (left + right);
  }
}

/// c += a b for few rows: the columns of b^T, contiguous, are added up in pieces.
void add_few_rows(Shape shape, double sign, Operand a, Operand b, Result c) {
  constexpr Index kPiece = 256;
  double piece[kPiece];
  for (Index first = 0; first < shape.columns; first += kPiece) {
    const Index wide = least(kPiece, shape.columns - first);
    const Operand columns = transposed(from(b, 0, first));
    for (Index i = 0; i < shape.rows; ++i) {
      const Result row = from(c, i, first);
      for (Index j = 0; j < wide; ++j) {
        piece[j] = row.data[j * row.stride];
      }
      add_columns(wide, shape.depth, columns, sign, transposed(from(a, i, 0)), piece);
      for (Index j = 0; j < wide; ++j) {
        row.data[j * row.stride] = piece[j];
      }
    }
  }
}

/// One packed block of rows times all columns of b. The diagonal is `diagonal` columns to the right
/// of the block's first; what lies right of it is left out (no diagonal: all columns).
void add_block(Shape shape, const double* packed, Operand b, Result c, Index diagonal) {
  double panel[kTileColumns * kPackedDepth];
  for (Index j = 0; j < least(shape.columns, diagonal + shape.rows); j += kTileColumns) {
    const Index wide = least(kTileColumns, shape.columns - j);
    pack<kTileColumns>(transposed(from(b, 0, j)), wide, shape.depth, 1, panel);
    for (Index i = 0; i < shape.rows; i += kTileRows) {
      const Index high = least(kTileRows, shape.rows - i);
      if (diagonal + i + high <= j) {
        continue;
      }
      const double* rows = packed + i * shape.depth;
      if (high == kTileRows && wide == kTileColumns) {
        add_tile(shape.depth, rows, panel, from(c, i, j));
      } else {
        add_partial_tile({high, wide, shape.depth}, rows, panel, from(c, i, j));
      }
    }
  }
}

void add_packed(Shape shape, double sign, Operand a, Operand b, Result c, Part part) {
  double packed[kPackedRows * kPackedDepth];
  for (Index k = 0; k < shape.depth; k += kPackedDepth) {
    const Index deep = least(kPackedDepth, shape.depth - k);
    for (Index i = 0; i < shape.rows; i += kPackedRows) {
      const Index high = least(kPackedRows, shape.rows - i);
      pack<kTileRows>(from(a, i, k), high, deep, sign, packed);
      add_block({high, shape.columns, deep}, packed, from(b, k, 0), from(c, i, 0),
                part == Part::lower ? i : shape.columns);
    }
  }
}

void add_product(Shape shape, double sign, Operand a, Operand b, Result c, Part part) {
  constexpr Index kFew = 4;  // rows or columns for which packing does not pay
  if (shape.columns < kFew && a.row_step == 1) {
    for (Index j = 0; j < shape.columns; ++j) {
      add_columns(shape.rows, shape.depth, a, sign, from(b, 0, j), from(c, 0, j).data);
    }
  } else if (shape.columns < kFew && a.column_step == 1 && b.row_step == 1) {
    for (Index j = 0; j < shape.columns; ++j) {
      add_dot_products(shape.rows, shape.depth, a, sign, from(b, 0, j).data, from(c, 0, j).data);
    }
  } else if (shape.rows < kFew && b.column_step == 1) {
    add_few_rows(shape, sign, a, b, c);
  } else {
    add_packed(shape, sign, a, b, c, part);
  }
}

}  // namespace
}  // namespace autoglm::dense
