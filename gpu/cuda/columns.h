// Work on matrices [rows, columns] in which a thread keeps to W neighbouring columns: maps that
// need numbers of the column, and sums over rows. Sums are made in two stages whose order depends
// on sizes and device alone, so they are the same in every run.
#pragma once

#include "gpu/cuda/elements.h"

namespace autoglm::gpu {

/// How rows and columns are spread over blocks. `groups`: threads side by side, a power of two; the
/// other threads of a block take other rows.
struct ColumnPlan {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  int groups = 1;
  std::int64_t chunk_rows = 0;  // rows of a block
  dim3 grid{};                  // column groups, chunks

  ColumnPlan(const Queue& queue, std::int64_t row_count, std::int64_t column_count, int width,
             std::int64_t most_blocks)
      : rows(row_count), columns(column_count) {
    const std::int64_t runs = divide_up(columns, width);
    while (groups < 32 && groups < runs) {
      groups *= 2;
    }
    const std::int64_t across = divide_up(runs, groups);
    const std::int64_t useful = divide_up(rows, std::int64_t{kThreads} / groups * 4);
    std::int64_t chunks = most_blocks / across;
    chunks = chunks < 1 ? 1 : chunks > useful ? useful : chunks;
    chunks = chunks > queue.grid_lines ? queue.grid_lines : chunks;
    chunk_rows = divide_up(rows, chunks);
    grid = {static_cast<unsigned>(across), static_cast<unsigned>(divide_up(rows, chunk_rows))};
  }
};

/// Body: hold<W>(column) gives what a thread keeps, apply(kept, row, column) treats a run of W.
template <int W, class Body>
__global__ void __launch_bounds__(kThreads) column_map_kernel(Body body, ColumnPlan plan) {
  const int group = static_cast<int>(threadIdx.x) % plan.groups;
  const std::int64_t column = (std::int64_t{blockIdx.x} * plan.groups + group) * W;
  if (column >= plan.columns) {
    return;
  }
  const auto kept = body.template hold<W>(column);
  const std::int64_t begin = blockIdx.y * plan.chunk_rows;
  const std::int64_t end = min(begin + plan.chunk_rows, plan.rows);
  for (std::int64_t row = begin + static_cast<int>(threadIdx.x) / plan.groups; row < end;
       row += kThreads / plan.groups) {
    body.apply(kept, row, column);
  }
}

/// `wide`: all arrays of the body are aligned, and columns is a multiple of W.
template <int W, class Body>
cudaError_t column_map(const Queue& queue, const Body& body, std::int64_t rows,
                       std::int64_t columns, bool wide) {
  const std::int64_t blocks = std::int64_t{queue.processors} * 16;
  if (wide && columns % W == 0) {
    const ColumnPlan plan(queue, rows, columns, W, blocks);
    return launch(queue, plan.grid, column_map_kernel<W, Body>, body, plan);
  }
  const ColumnPlan plan(queue, rows, columns, 1, blocks);
  return launch(queue, plan.grid, column_map_kernel<1, Body>, body, plan);
}

/// Reader: read(row, column, sums) adds a run of W to as many sums. Sum: clear(), merge(other).
template <int W, class Reader, class Sum>
__global__ void __launch_bounds__(kThreads)
    column_partials_kernel(Reader read, ColumnPlan plan, Sum* partials) {
  AUTOGLM_SHARED(Sum, shared, kThreads * W);
  const int thread = static_cast<int>(threadIdx.x);
  const int row_lane = thread / plan.groups;
  const std::int64_t column = (std::int64_t{blockIdx.x} * plan.groups + thread % plan.groups) * W;
  Sum sums[W];
#pragma unroll
  for (int k = 0; k < W; ++k) {
    sums[k].clear();
  }
  if (column < plan.columns) {
    const std::int64_t begin = blockIdx.y * plan.chunk_rows;
    const std::int64_t end = min(begin + plan.chunk_rows, plan.rows);
#pragma unroll 4
    for (std::int64_t row = begin + row_lane; row < end; row += kThreads / plan.groups) {
      read(row, column, sums);
    }
  }
#pragma unroll
  for (int k = 0; k < W; ++k) {
    shared[k * kThreads + thread] = sums[k];
  }
  for (int half = kThreads / plan.groups / 2; half > 0; half /= 2) {
    __syncthreads();
    if (row_lane < half) {
#pragma unroll
      for (int k = 0; k < W; ++k) {
        shared[k * kThreads + thread].merge(shared[k * kThreads + thread + half * plan.groups]);
      }
    }
  }
  if (row_lane == 0 && column < plan.columns) {
#pragma unroll
    for (int k = 0; k < W; ++k) {
      partials[blockIdx.y * plan.columns + column + k] = shared[k * kThreads + thread];
    }
  }
}

/// Finish: (column, sum).
template <class Sum, class Finish>
__global__ void __launch_bounds__(kThreads)
    column_totals_kernel(Finish finish, const Sum* partials, int chunks, std::int64_t columns) {
  constexpr int kColumns = 32;
  AUTOGLM_SHARED(Sum, shared, kThreads);
  const int thread = static_cast<int>(threadIdx.x);
  const std::int64_t column = std::int64_t{blockIdx.x} * kColumns + thread % kColumns;
  Sum sum;
  sum.clear();
  if (column < columns) {
    for (int chunk = thread / kColumns; chunk < chunks; chunk += kThreads / kColumns) {
      sum.merge(partials[chunk * columns + column]);
    }
  }
  shared[thread] = sum;
  __syncthreads();
  if (thread < kColumns && column < columns) {
    for (int other = thread + kColumns; other < kThreads; other += kColumns) {
      sum.merge(shared[other]);
    }
    finish(column, sum);
  }
}

/// What column_sums needs as scratch memory at most, bytes.
inline std::size_t column_scratch(const Queue& queue, std::int64_t columns,
                                  std::size_t bytes_of_sum) {
  constexpr std::int64_t kMostAcross = 32 * kWide<__half>;  // columns of a block
  const std::int64_t chunks = queue.processors * 4 / divide_up(columns, kMostAcross);
  return static_cast<std::size_t>(columns * (chunks < 1 ? 1 : chunks)) * bytes_of_sum;
}

template <int W, class Sum, class Reader, class Finish>
cudaError_t column_sums(const Queue& queue, const Reader& read, const Finish& finish,
                        std::int64_t rows, std::int64_t columns, bool wide, void* scratch) {
  const int width = wide && columns % W == 0 ? W : 1;
  const ColumnPlan plan(queue, rows, columns, width, std::int64_t{queue.processors} * 4);
  Sum* partials = static_cast<Sum*>(scratch);
  const cudaError_t status =
      width == 1
          ? launch(queue, plan.grid, column_partials_kernel<1, Reader, Sum>, read, plan, partials)
          : launch(queue, plan.grid, column_partials_kernel<W, Reader, Sum>, read, plan, partials);
  if (status != cudaSuccess) {
    return status;
  }
  return launch(queue, dim3(static_cast<unsigned>(divide_up(columns, 32))),
                column_totals_kernel<Sum, Finish>, finish, partials, static_cast<int>(plan.grid.y),
                columns);
}

}  // namespace autoglm::gpu
