// The three products of a linear layer.
#pragma once

#include "trainer/nn/cpu/path/gemm.h"

namespace autoglm::nn::cpu {
namespace {

inline std::size_t floats(Index count) { return Pieces::size(count, sizeof(float)); }

/// y [rows, columns] = left right, with whatever the target adds; by way of f32 if y is not.
template <Left left, Cells cells, typename Panels, typename Fill>
inline void multiply_into(const Product& product, Numbers y, float* left_tile, float* kept,
                          Panels panels, Fill fill) {
  if (y.type == DType::f32) {
    Product direct = product;
    direct.target.c = static_cast<float*>(y.data);
    direct.target.stride = product.columns;
    multiply<left, cells>(direct, left_tile, panels, fill);
    return;
  }
  for_parts(product.rows, kKeptRows, 1, [&](Index first_row, Index rows) {
    Product part = product;
    part.rows = rows;
    part.target.c = kept;
    part.target.stride = product.columns;
    multiply<left, cells>(part, left_tile, panels,
                          [&](Index row, Index height, Index first, Index depth, float* to) {
                            fill(first_row + row, height, first, depth, to);
                          });
    narrow(kept, rows * product.columns, y, first_row * product.columns);
  });
}

/// y [m, columns] = x [m, depth] right, where pack(block, to) packs the right operand: each block
/// when it is used if it is used once, else all of them before.
template <Cells cells, typename Pack>
inline bool multiply_packed(const Product& product, Numbers x, Numbers y, Scratch& scratch,
                            Pack pack) {
  const bool used_once = y.type == DType::f32 || product.rows <= kKeptRows;
  const Index panels_room = used_once ? block_size(product.columns, product.depth)
                                      : panels_size(product.columns, product.depth);
  const Index kept_room = y.type == DType::f32 ? 0 : kKeptRows * product.columns;
  void* const memory = scratch.reserve(floats(panels_room) + floats(kLeftSize) + floats(kept_room));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const panels = pieces.floats(panels_room);
  float* const left_tile = pieces.floats(kLeftSize);
  float* const kept = pieces.floats(kept_room);
  const auto place = [&](const Block& block) {
    return panels + (used_once ? 0 : place_of(block, product.columns));
  };
  if (!used_once) {
    for_right_blocks(product.depth, product.columns,
                     [&](const Block& block) { pack(block, place(block)); });
  }
  multiply_into<Left::rows, cells>(
      product, y, left_tile, kept,
      [&](const Block& block) {
        float* const to = place(block);
        if (used_once) {
          pack(block, to);
        }
        return to;
      },
      [&](Index row, Index rows, Index first, Index depth, float* to) {
        fill_rows(x, row * product.depth + first, product.depth, rows, depth, to);
      });
  return true;
}

/// y = x w^T with rows of y along the rows of x.
template <Cells cells>
inline bool forward_by_rows(const LinearShape& s, Numbers x, Numbers w, const Output& output,
                            Scratch& scratch) {
  const Product product{s.m, s.n, s.k, {.bias = output.bias, .rectify = output.relu}};
  return multiply_packed<cells>(product, x, output.y, scratch, [&](const Block& block, float* to) {
    pack_transposed(from(w, block.first_column * s.k + block.first), s.k, block.depth,
                    block.columns, to);
  });
}

/// y^T = w x^T, for few rows of x: only these are transposed before, and y after.
template <Cells cells>
inline bool forward_by_columns(const LinearShape& s, Numbers x, Numbers w, const Output& output,
                               Scratch& scratch) {
  const Index panels_room = panels_size(s.m, s.k);
  const Index padded = rounded_up(s.m, kLanes);
  static_assert(kKeptRows % kLanes == 0);
  void* const memory =
      scratch.reserve(floats(panels_room) + floats(kLeftSize) + 2 * floats(kKeptRows * padded));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const panels = pieces.floats(panels_room);
  float* const left_tile = pieces.floats(kLeftSize);
  float* const kept = pieces.floats(kKeptRows * padded);
  float* const turned = pieces.floats(kKeptRows * padded);
  const auto place = [&](const Block& block) { return panels + place_of(block, s.m); };
  for_right_blocks(s.k, s.m, [&](const Block& block) {
    pack_transposed(from(x, block.first_column * s.k + block.first), s.k, block.depth,
                    block.columns, place(block));
  });
  for_parts(s.n, kKeptRows, 1, [&](Index first_row, Index rows) {
    const Product product{rows, s.m, s.k, {.c = kept, .stride = padded}};
    multiply<Left::rows, cells>(product, left_tile, place,
                                [&](Index row, Index height, Index first, Index depth, float* to) {
                                  fill_rows(w, (first_row + row) * s.k + first, s.k, height, depth,
                                            to);
                                });
    transpose({kept, DType::f32}, padded, {rows, s.m}, turned, kKeptRows);
    for (Index i = 0; i < s.m; ++i) {
      float* const line = turned + i * kKeptRows;
      for_vectors(rows, [&](Index j, auto get, auto put) {
        Lanes sum = get(line + j);
        sum = output.bias == nullptr ? sum : sum + get(output.bias + first_row + j);
        put(line + j, output.relu ? rectified(sum) : sum);
      });
      narrow(line, rows, output.y, i * s.n + first_row);
    }
  });
  return true;
}

/// In processor cycles per number of the depth, as measured with 16 lanes: a product, a number that
/// is transposed, one that is copied.
inline bool is_cheaper_by_columns(const LinearShape& s) {
  constexpr float kTransposed = 0.4F;
  constexpr float kCopied = 0.12F;
  const auto m = static_cast<float>(s.m);
  const auto n = static_cast<float>(s.n);
  const auto padded_m = static_cast<float>(rounded_up(s.m, kLanes));
  const auto padded_n = static_cast<float>(rounded_up(s.n, kLanes));
  const float by_rows = m * padded_n / 32 + kTransposed * n + kCopied * m;
  const float by_columns = padded_m * n / 32 + kTransposed * m + kCopied * n;
  return by_columns < by_rows;
}

template <Cells cells>
inline bool forward(const LinearShape& s, Numbers x, Numbers w, const Output& output,
                    Scratch& scratch) {
  return is_cheaper_by_columns(s) ? forward_by_columns<cells>(s, x, w, output, scratch)
                                  : forward_by_rows<cells>(s, x, w, output, scratch);
}

bool linear_forward(const LinearShape& s, Numbers x, Numbers w, const Output& output,
                    Scratch& scratch) {
  if (uses_pairs(x.type, s.k)) {
    return forward<Cells::bf16_pairs>({s.m, s.n, s.k / 2}, cells(x), cells(w), output, scratch);
  }
  return forward<Cells::f32>(s, x, w, output, scratch);
}

/// Panels of a right operand whose rows are rows in memory, element (p, j) at from[p * stride + j].
inline void pack_rows(Numbers from, Index stride, const Block& block, float* to) {
  for (Index p = 0; p < block.depth; ++p) {
    pack_row(from, (block.first + p) * stride + block.first_column, p, block.depth, block.columns,
             to);
  }
}

/// The same of cells, each of two rows of bf16 numbers; rows from `end` on are 0.
inline void pack_pair_rows(Numbers from, Index stride, Index end, const Block& block, float* to) {
  for (Index p = 0; p < block.depth; ++p) {
    const Index row = 2 * (block.first + p);
    const Half* const at = static_cast<const Half*>(from.data) + row * stride + block.first_column;
    pack_pair_row(at, row + 1 < end ? at + stride : nullptr, p, block.depth, block.columns, to);
  }
}

bool linear_backward_data(const LinearShape& s, Numbers dy, Numbers w, Numbers dx,
                          Scratch& scratch) {
  if (uses_pairs(dy.type, s.n)) {
    return multiply_packed<Cells::bf16_pairs>(
        {s.m, s.k, s.n / 2}, cells(dy), dx, scratch,
        [&](const Block& block, float* to) { pack_pair_rows(w, s.k, s.n, block, to); });
  }
  return multiply_packed<Cells::f32>(
      {s.m, s.k, s.n}, dy, dx, scratch,
      [&](const Block& block, float* to) { pack_rows(w, s.k, block, to); });
}

/// to += sums over rows of an array [rows, columns].
inline void add_column_sums(Numbers from, Index rows, Index columns, float* to, double* sums,
                            float* buffer) {
  __builtin_memset(sums, 0, static_cast<std::size_t>(columns) * sizeof(double));
  for_blocks(rows, [&](Index first, Index count) {
    const float* numbers = read(from, first * columns, count * columns, buffer);
    add_columns(count, columns, sums,
                [&](Index r, Index j, auto get) { return get(numbers + r * columns + j); });
  });
  for (Index j = 0; j < columns; ++j) {
    to[j] += static_cast<float>(sums[j]);
  }
}

bool linear_backward_weight(const LinearShape& s, Numbers dy, Numbers x, float* dw, float* dbias,
                            Scratch& scratch) {
  const Index panels_room = block_size(s.k, s.m);
  void* const memory =
      scratch.reserve(floats(panels_room) + floats(kLeftSize) + floats(kBlockRows * s.n) +
                      Pieces::size(s.n, sizeof(double)));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const panels = pieces.floats(panels_room);
  float* const left_tile = pieces.floats(kLeftSize);
  float* const buffer = pieces.floats(kBlockRows * s.n);
  double* const sums = pieces.zero_doubles(s.n);
  const Target target{.c = dw, .stride = s.k, .accumulate = true};
  if (kHasPairs && dy.type == DType::bf16) {
    multiply<Left::rows, Cells::bf16_pairs>(
        {s.n, s.k, (s.m + 1) / 2, target}, left_tile,
        [&](const Block& block) {
          pack_pair_rows(x, s.k, s.m, block, panels);
          return panels;
        },
        [&](Index row, Index rows, Index first, Index depth, float* to) {
          fill_pairs_turned(static_cast<const Half*>(dy.data) + 2 * first * s.n + row, s.n,
                            s.m - 2 * first, {rows, depth}, to, kRowStep);
        });
  } else {
    multiply<Left::columns, Cells::f32>(
        {s.n, s.k, s.m, target}, left_tile,
        [&](const Block& block) {
          pack_rows(x, s.k, block, panels);
          return panels;
        },
        [&](Index row, Index rows, Index first, Index depth, float* to) {
          fill_columns(dy, first * s.n + row, s.n, rows, depth, to);
        });
  }
  if (dbias != nullptr) {
    add_column_sums(dy, s.m, s.n, dbias, sums, buffer);
  }
  return true;
}

}  // namespace
}  // namespace autoglm::nn::cpu
