#!/usr/bin/env python3
"""The interpreter itself: what it computes is what PTX says, and what PTX forbids is an error."""

import sys
from fractions import Fraction

from environment import need_numpy

need_numpy()
import numpy as np  # noqa: E402

import block  # noqa: E402
from arithmetic import OPERATIONS  # noqa: E402
from memory import Fault, Memory  # noqa: E402
from program import Unknown, parse  # noqa: E402

THREADS = 64


def run(body, numbers=(), constant=False, fresh=False):
    """Runs `body`: %r1 the thread, %rd1 the address of `numbers`. What the numbers became.
    `fresh`: as many are allocated, but not written."""
    kernel = parse(f""".entry k(
  .param .u64 k_param_0
)
.maxntid {THREADS}, 1, 1
{{
  .reg .pred %p<4>;
  .reg .b16 %rs<8>;
  .reg .f32 %f<8>;
  .reg .b32 %r<8>;
  .reg .b64 %rd<8>;
  .shared .align 4 .b8 shared[256];
  ld.param.u64 %rd1, [k_param_0];
  mov.u32 %r1, %tid.x;
  mul.wide.u32 %rd2, %r1, 4;
  add.s64 %rd3, %rd1, %rd2;
{body}
}}
""")["k"]
    memory = Memory(1 << 16, 1 << 40)
    numbers = np.array(numbers, np.uint32)
    address = memory.allocate(numbers.nbytes) if fresh else memory.put(numbers, constant)
    memory.allocate(64)
    parameters = {"k_param_0": np.uint64(address).tobytes()}
    block.Block(kernel, memory, parameters, (0, 0), (1, 1)).run()
    return memory.get(address, np.uint32, len(numbers))


def refused(kind, says, body, numbers=(), **options):
    try:
        run(body, numbers, **options)
    except kind as problem:
        assert says in str(problem), problem
        return
    raise AssertionError(f"not refused: {body}")


ALL = np.arange(THREADS)


def test_threads_part_and_meet_again():
    found = run("""
  setp.lt.u32 %p1, %r1, 3;
  @%p1 bra $low;
  mov.u32 %r2, 7;
  bra.uni $both;
$low:
  mov.u32 %r2, 5;
$both:
  bar.sync 0;
  add.s32 %r2, %r2, %r1;
  st.global.u32 [%rd3], %r2;
  ret;""", np.zeros(THREADS))
    assert (found == np.where(ALL < 3, 5, 7) + ALL).all()


def test_an_exchange_takes_the_partners_number():
    found = run("""
  mov.u32 %r2, 31;
  mov.u32 %r3, 5;
  mov.u32 %r4, -1;
  shfl.sync.bfly.b32 %r5|%p1, %r1, %r3, %r2, %r4;
  st.global.u32 [%rd3], %r5;
  ret;""", np.zeros(THREADS))
    assert (found == (ALL ^ 5)).all()


def test_shared_memory_is_one_array_for_all():
    found = run("""
  mov.u32 %r2, shared;
  shl.b32 %r3, %r1, 2;
  add.s32 %r4, %r2, %r3;
  st.shared.u32 [%r4], %r1;
  bar.sync 0;
  ld.shared.u32 %r5, [shared+40];
  st.global.u32 [%rd3], %r5;
  ret;""", np.zeros(THREADS))
    assert (found == 10).all()


def test_what_memory_forbids_is_a_fault():
    numbers = np.zeros(THREADS)
    refused(Fault, "outside of every array", "st.global.u32 [%rd3+4], %r1;\nret;", numbers)
    refused(Fault, "outside of every array", "ld.global.u32 %r2, [%rd3+-4];\nret;", numbers)
    refused(Fault, "outside of every array", "ld.global.u32 %r2, [%rd2];\nret;", numbers)
    refused(Fault, "no multiple of 4", "ld.global.u32 %r2, [%rd1+2];\nret;", numbers)
    refused(Fault, "no multiple of 8", "ld.global.v2.u32 {%r2, %r3}, [%rd3];\nret;", numbers)
    refused(Fault, "only read", "st.global.u32 [%rd3], %r1;\nret;", numbers, constant=True)
    refused(Fault, "several threads", "st.global.u32 [%rd1], %r1;\nret;", numbers)
    refused(Fault, "not written", "ld.shared.u32 %r2, [shared];\nret;")
    refused(Fault, "outside of every array", "ld.shared.u32 %r2, [shared+256];\nret;")


def test_a_result_that_was_not_written_is_a_fault():
    numbers = np.zeros(THREADS)
    refused(Fault, "a result was not written", "ret;", numbers, fresh=True)
    refused(Fault, "a result was not written", """
  setp.eq.u32 %p1, %r1, 63;
  @%p1 bra $end;
  st.global.u32 [%rd3], %r1;
$end:
  ret;""", numbers, fresh=True)
    found = run("st.global.u32 [%rd3], %r1;\nret;", numbers, fresh=True)
    assert (found == ALL).all()


def test_registers_are_written_before_they_are_read():
    refused(Fault, "%r3 is read", "add.s32 %r2, %r1, %r3;\nret;")
    refused(Fault, "%r2 is read", """
  setp.eq.u32 %p1, %r1, 9;
  @%p1 bra $end;
  mov.u32 %r2, 0;
$end:
  add.s32 %r3, %r2, %r2;
  ret;""")


def test_who_is_missing_at_a_barrier_is_waited_for_in_vain():
    refused(Fault, "wait in vain: {'bar.sync 0': 63}, 1 have ended", """
  setp.eq.u32 %p1, %r1, 9;
  @%p1 bra $end;
  bar.sync 0;
$end:
  ret;""")
    refused(Fault, "wait in vain", """
  setp.eq.u32 %p1, %r1, 9;
  @%p1 bra $other;
  bar.sync 0;
  ret;
$other:
  bar.sync 0;
  ret;""")


def test_who_is_missing_in_an_exchange_is_waited_for_in_vain():
    exchange = """
  mov.u32 %r2, 31;
  mov.u32 %r3, 1;
  mov.u32 %r4, {mask};
  setp.eq.u32 %p1, %r1, 9;
  {guard}
  shfl.sync.bfly.b32 %r5|%p2, %r1, %r3, %r2, %r4;
$end:
  ret;"""
    refused(Fault, ": 31}, 33 have ended", exchange.format(mask=-1, guard="@%p1 bra $end;"))
    refused(Fault, "mask 0xffff does not name", exchange.format(mask=65535, guard=""))


def test_what_is_not_known_is_an_error():
    refused(Unknown, "sin.approx.f32", "mov.f32 %f1, 0f3F800000;\nsin.approx.f32 %f2, %f1;\nret;")
    refused(Unknown, "add.sat.s32", "add.sat.s32 %r2, %r1, %r1;\nret;")
    refused(Unknown, "another barrier", "bar.sync 1;\nret;")
    refused(Unknown, "%r8 is not declared", "mov.u32 %r8, 1;\nret;")
    refused(Unknown, "not a kernel", "}\n.func (.param .b32 x) f()\n{\nret;")


def test_a_loop_without_end_ends():
    before, block.MOST_STEPS = block.MOST_STEPS, 100
    refused(Fault, "not ended after 100 steps", "$again:\nbra $again;")
    block.MOST_STEPS = before


def compute(opcode, *sources):
    kinds, _, function = OPERATIONS[opcode]
    with np.errstate(all="ignore"):
        return function(*(np.array(source, kind) for source, kind in zip(sources, map(
            block.TYPES.get, kinds))))


def nearest(exact, guess):
    """Of a guess and its neighbours: the nearest to a fraction, even of two; the greatest below."""
    near = [guess, *(np.nextafter(guess, np.float32(end)) for end in (np.inf, -np.inf))]
    near.sort(key=lambda x: (abs(Fraction(float(x)) - exact), int(x.view(np.uint32)) & 1))
    return near[0], max(x for x in near if Fraction(float(x)) <= exact)


def test_a_fused_product_and_sum_is_rounded_once():
    random = np.random.default_rng(1)
    a, b = (random.standard_normal(3000).astype(np.float32) for _ in range(2))
    # Terms that cancel, that lie far apart, and a tie in f64.
    c = (-a * b * random.choice([1, 1 + 2**-20, 2**-30, 2**26], 3000)).astype(np.float32)
    a[0], b[0], c[0] = 1 + 2**-12, 1 + 2**-12, 2.0**-60
    rounded, down = compute("fma.rn.f32", a, b, c), compute("fma.rm.f32", a, b, c)
    for i in range(3000):
        exact = Fraction(float(a[i])) * Fraction(float(b[i])) + Fraction(float(c[i]))
        assert (rounded[i], down[i]) == nearest(exact, np.float32(float(exact))), (a[i], b[i], c[i])


def test_conversions_round_to_even_and_saturate():
    bits = np.array([0x3F808000, 0x3F818000, 0x3F808001, 0x7F7FFFFF, 0x7FC00000], np.uint32)
    assert [int(x) for x in compute("cvt.rn.bf16.f32", bits.view(np.float32))] == [
        0x3F80, 0x3F82, 0x3F81, 0x7F80, 0x7FFF]
    assert compute("cvt.rzi.s32.f32", [-1.9, 3e9, np.nan]).tolist() == [-1, 2**31 - 1, 0]
    assert compute("cvt.sat.f32.f32", [-1, 0.5, 2, np.nan]).tolist() == [0, 0.5, 1, 0]
    assert compute("cvt.rni.f32.f32", [0.5, 1.5, -2.5]).tolist() == [0, 2, -2]


def test_whole_numbers_wrap_truncate_and_shift_out():
    assert compute("add.s32", [2**31 - 1], [1]).tolist() == [-2**31]
    assert compute("div.s32", [-7, 7, -6], [2, -2, 3]).tolist() == [-3, -3, -2]
    assert compute("rem.s32", [-7, 7, -6], [2, -2, 3]).tolist() == [-1, 1, 0]
    assert compute("shl.b32", [1, 1], [31, 32]).tolist() == [2**31, 0]
    assert compute("shr.s32", [-8, -8], [1, 40]).tolist() == [-4, -1]
    assert compute("shr.u32", [8, 8], [1, 40]).tolist() == [4, 0]
    assert compute("mul.wide.s32", [-2**31], [2]).tolist() == [-2**32]


def test_comparisons_and_extremes_know_nan():
    nan = np.nan
    assert compute("setp.lt.f32", [1, nan], [2, 2]).tolist() == [True, False]
    assert compute("setp.geu.f32", [1, nan], [2, 2]).tolist() == [False, True]
    assert compute("setp.ne.f32", [nan], [nan]).tolist() == [False]
    assert compute("setp.neu.f32", [nan], [nan]).tolist() == [True]
    assert compute("max.f32", [nan, 1], [2, nan]).tolist() == [2, 1]


def test_approximations_are_off_by_a_little_but_for_powers():
    found = compute("ex2.approx.ftz.f32", [0, -3, 0.3, -200])
    assert found[0] == 1 and found[1] == 0.125 and found[3] == 0
    assert 0 < abs(float(found[2]) / 2**float(np.float32(0.3)) - 1) < 2**-21


def main():
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    for name, test in tests:
        try:
            test()
        except BaseException:
            print(f"{name} failed", file=sys.stderr)
            raise
    print(f"{len(tests)} passed")


if __name__ == "__main__":
    main()
