"""The numbers of standardization_test.cpp, with exact fractions (standard library only). Usage:
reference.py [digits_200.csv]"""

import fractions
import math
import pathlib
import sys

HERE = pathlib.Path(__file__).parent


def moments(values):
    values = [fractions.Fraction(value) for value in values]
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / len(values)
    return mean, variance


def show(name, values):
    mean, variance = moments(values)
    print(f"{name}: mean {float(mean)!r} deviation {math.sqrt(variance)!r}")


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else HERE / "digits_200.csv"
    rows = [[int(cell) for cell in line.split(",")] for line in open(path)]
    third = [row for i, row in enumerate(rows) if i % 3 == 0]
    for column in (0, 2, 20, 39, 60):
        show(f"column {column}, every third row", [row[column] for row in third])
    show("all pixels, every third row", [cell for row in third for cell in row[:64]])
    # Seconds of a day in 2023, of which f32 could hold every 128th.
    show("times", [1700000000 + step for step in (0, 1, 2, 3, 10)])
    show("missing", ["1", "2.5", "4"])


if __name__ == "__main__":
    main()
