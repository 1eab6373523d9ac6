"""Sums over columns, and maps that need numbers of the column, launched as columns.h does."""

from common import THREADS, blocks


class ColumnPlan:
    def __init__(self, rows, columns, width, most_blocks):
        runs = blocks(columns, width)
        self.groups = 1
        while self.groups < 32 and self.groups < runs:
            self.groups *= 2
        across = blocks(runs, self.groups)
        chunks = max(1, min(most_blocks // across, blocks(rows, THREADS // self.groups * 4)))
        self.chunk_rows = blocks(rows, chunks)
        self.grid = (across, blocks(rows, self.chunk_rows))
        self.argument = ("qqiqIII", rows, columns, self.groups, self.chunk_rows, *self.grid, 1)


def column_sums(device, reader, read, sum_kind, finisher, finish, rows, columns, width):
    """`sum_kind`: mangled name of a sum, and how many f32 it has."""
    plan = ColumnPlan(rows, columns, width, 8)
    partials = device.empty(plan.grid[1] * columns * sum_kind[1])
    device.launch(device.kernel("column_partials_kernel", f"Li{width}E", reader), plan.grid, read,
                  plan.argument, ("P", partials))
    device.launch(device.kernel("column_totals_kernel", sum_kind[0], finisher),
                  (blocks(columns, 32), 1), finish, ("P", partials), ("i", plan.grid[1]),
                  ("q", columns))


def column_map(device, body, argument, rows, columns, width):
    plan = ColumnPlan(rows, columns, width, 32)
    device.launch(device.kernel("column_map_kernel", f"Li{width}E", body), plan.grid, argument,
                  plan.argument)
