"""What PTX's arithmetic instructions compute, over arrays with a number for each thread.

OPERATIONS: full opcode, as "fma.rn.f32", to (types of the sources, type of the result, function).
What is not here is not known. Sources: PTX ISA 9.0, "Instruction Set"; IEEE 754 for rounding.
"""

from fractions import Fraction

import numpy as np

TYPES = {"pred": np.bool_, "u8": np.uint8, "s8": np.int8, "f32": np.float32, "f64": np.float64,
         "f16": np.float16}
for bits in (16, 32, 64):
    TYPES[f"b{bits}"] = TYPES[f"u{bits}"] = np.dtype(f"u{bits // 8}").type
    TYPES[f"s{bits}"] = np.dtype(f"i{bits // 8}").type

OPERATIONS = {}


def define(opcode, sources, result, function):
    OPERATIONS[opcode] = (tuple(sources.split()), result, function)


def for_types(opcode, types, sources, result, function):
    """`sources`, `result`: with T for the type."""
    for name in types.split():
        define(f"{opcode}.{name}", sources.replace("T", name), result.replace("T", name), function)


# Whole numbers.

def quotient(a, b):
    if not b.all():
        raise ZeroDivisionError("division of a whole number by 0")
    rounded_down = a // b
    return rounded_down + ((a % b != 0) & ((a < 0) != (b < 0))).astype(a.dtype)


def shift_left(a, amount):
    width = a.dtype.itemsize * 8
    shifted = np.left_shift(a, np.minimum(amount, width - 1).astype(a.dtype))
    return np.where(amount < width, shifted, a.dtype.type(0))


def shift_right(a, amount):
    width = a.dtype.itemsize * 8
    shifted = np.right_shift(a, np.minimum(amount, width - 1).astype(a.dtype))
    return np.where((amount < width) | (a < 0), shifted, a.dtype.type(0))


WHOLE = "s16 s32 s64 u16 u32 u64"
for_types("add", WHOLE, "T T", "T", np.add)
for_types("sub", WHOLE, "T T", "T", np.subtract)
for_types("mul.lo", WHOLE, "T T", "T", np.multiply)
for_types("mad.lo", WHOLE, "T T T", "T", lambda a, b, c: a * b + c)
for_types("div", WHOLE, "T T", "T", quotient)
for_types("rem", WHOLE, "T T", "T", lambda a, b: a - quotient(a, b) * b)
for_types("min", WHOLE, "T T", "T", np.minimum)
for_types("max", WHOLE, "T T", "T", np.maximum)
for_types("neg", "s16 s32 s64", "T", "T", np.negative)
define("mul.wide.s32", "s32 s32", "s64", lambda a, b: a.astype(np.int64) * b)
define("mul.wide.u32", "u32 u32", "u64", lambda a, b: a.astype(np.uint64) * b)
for_types("and", "pred b16 b32 b64", "T T", "T", np.bitwise_and)
for_types("or", "pred b16 b32 b64", "T T", "T", np.bitwise_or)
for_types("xor", "pred b16 b32 b64", "T T", "T", np.bitwise_xor)
for_types("not", "pred b16 b32 b64", "T", "T", np.invert)
for_types("shl", "b16 b32 b64", "T u32", "T", shift_left)
for_types("shr", "s16 s32 s64 u16 u32 u64 b16 b32 b64", "T u32", "T", shift_right)

# Fractions.

def to_odd(a, b, c):
    """a b + c of f32 numbers as f64, rounded to odd: rounded once more, it is as if rounded once
    (Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums", 2008)."""
    product = a.astype(np.float64) * b  # exact: 48 bits
    addend = c.astype(np.float64)
    total = product + addend
    part = total - product
    lost = (product - (total - part)) + (addend - part)  # Knuth's exact error of a sum
    even = total.view(np.int64) & 1 == 0
    wrong = np.isfinite(total) & (lost != 0) & even
    return np.where(wrong, np.nextafter(total, np.where(lost > 0, np.inf, -np.inf)), total)


def fma_down(a, b, c):
    exact = to_odd(a, b, c)
    rounded = exact.astype(np.float32)
    return np.where(rounded > exact, np.nextafter(rounded, np.float32(-np.inf)), rounded)


def fma_f64(a, b, c):
    rough = a * b + c
    for i in np.nonzero(np.isfinite(rough))[0]:
        rough[i] = float(Fraction(float(a[i])) * Fraction(float(b[i])) + Fraction(float(c[i])))
    return rough


def without_subnormals(x):
    return np.where(np.abs(x) < np.finfo(np.float32).tiny, np.copysign(np.float32(0), x), x)


def approximately(function):
    """A function of a GPU is exact to an ulp or two: results are made wrong by as much, up or down
    as the argument's bits say, so that nothing may rest on more. Powers of two are exact: nvcc's
    own expm1f subtracts 1 from 2^0."""
    def approximate(x):
        exact = function(x.astype(np.float64))
        up = np.where((x.view(np.uint32) * np.uint32(2654435761)) >> 31 != 0, 1.0, -1.0)
        power = np.frexp(exact)[0] == 0.5
        return np.where(power, exact, exact * (1 + up * 2.0**-22)).astype(np.float32)
    return approximate


def flushed(function):
    return lambda x: without_subnormals(function(without_subnormals(x)))


FLOAT = "f32 f64"
for rounding in ("", ".rn"):
    for_types("add" + rounding, FLOAT, "T T", "T", np.add)
    for_types("sub" + rounding, FLOAT, "T T", "T", np.subtract)
    for_types("mul" + rounding, FLOAT, "T T", "T", np.multiply)
for_types("div.rn", FLOAT, "T T", "T", np.divide)
for_types("rcp.rn", FLOAT, "T", "T", np.reciprocal)
for_types("sqrt.rn", FLOAT, "T", "T", np.sqrt)
for_types("neg", FLOAT, "T", "T", np.negative)
for_types("abs", FLOAT, "T", "T", np.abs)
for_types("min", FLOAT, "T T", "T", np.fmin)  # the number where the other is NaN
for_types("max", FLOAT, "T T", "T", np.fmax)
define("fma.rn.f32", "f32 f32 f32", "f32", lambda a, b, c: to_odd(a, b, c).astype(np.float32))
define("fma.rm.f32", "f32 f32 f32", "f32", fma_down)
define("fma.rn.f64", "f64 f64 f64", "f64", fma_f64)
define("ex2.approx.f32", "f32", "f32", approximately(np.exp2))
define("ex2.approx.ftz.f32", "f32", "f32", flushed(approximately(np.exp2)))
define("rcp.approx.ftz.f32", "f32", "f32", flushed(approximately(np.reciprocal)))

# Moves, choices, comparisons.

COMPARISONS = {"eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal,
               "gt": np.greater, "ge": np.greater_equal}
ANY = f"{WHOLE} b16 b32 b64"


def ordered(compare):
    return lambda a, b: compare(a, b) & ~(np.isnan(a) | np.isnan(b))


def unordered(compare):
    return lambda a, b: compare(a, b) | np.isnan(a) | np.isnan(b)


for name, compare in COMPARISONS.items():
    for_types(f"setp.{name}", ANY, "T T", "pred", compare)
    for_types(f"setp.{name}", FLOAT, "T T", "pred", ordered(compare))
    for_types(f"setp.{name}u", FLOAT, "T T", "pred", unordered(compare))
for_types("selp", f"{ANY} {FLOAT}", "T T pred", "T", lambda a, b, which: np.where(which, a, b))
for_types("mov", f"pred {ANY} {FLOAT}", "T", "T", lambda a: a)
define("cvta.to.global.u64", "u64", "u64", lambda a: a)

# Conversions.

def to_bf16(x):
    bits = x.view(np.uint32)
    rounded = (bits + np.uint32(0x7FFF) + (bits >> 16 & 1)) >> 16  # to nearest, ties to even
    return np.where(np.isnan(x), np.uint32(0x7FFF), rounded).astype(np.uint16)


def to_s32(x):
    limits = np.iinfo(np.int32)
    return np.where(np.isnan(x), 0, np.clip(np.trunc(x.astype(np.float64)), limits.min, limits.max)
                    ).astype(np.int32)


def convert(result):
    return lambda x: x.astype(TYPES[result])


for pair in ("s64.s32", "u64.u32", "u32.u64", "s32.s64", "f64.f32"):
    define(f"cvt.{pair}", pair[4:], pair[:3], convert(pair[:3]))
for pair in ("f32.s64", "f32.s32", "f32.u64", "f32.u32", "f64.s64", "f64.s32", "f32.f64"):
    define(f"cvt.rn.{pair}", pair[4:], pair[:3], convert(pair[:3]))
define("cvt.f32.f16", "f16", "f32", convert("f32"))
define("cvt.rn.f16.f32", "f32", "f16", convert("f16"))
define("cvt.rn.bf16.f32", "f32", "b16", to_bf16)
define("cvt.sat.f32.f32", "f32", "f32",
       lambda x: np.where(np.isnan(x), np.float32(0), np.clip(x, 0, 1)).astype(np.float32))
define("cvt.rni.f32.f32", "f32", "f32", np.rint)
define("cvt.rzi.f32.f32", "f32", "f32", np.trunc)
define("cvt.rmi.f32.f32", "f32", "f32", np.floor)
define("cvt.rzi.s32.f32", "f32", "s32", to_s32)
