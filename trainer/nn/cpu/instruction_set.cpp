#include "trainer/nn/cpu/instruction_set.h"

#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace autoglm::nn::cpu {

std::string_view to_string(InstructionSet set) {
  switch (set) {
    case InstructionSet::baseline:
      return "baseline";
    case InstructionSet::v3:
      return "AVX2";
    case InstructionSet::v4:
      return "AVX-512";
    case InstructionSet::v4_bf16:
      return "AVX-512 BF16";
    case InstructionSet::amx:
      return "AMX";
  }
  return {};
}

#if defined(__x86_64__)

namespace {

/// What CPUID says of a leaf; zeros where the processor has no such leaf.
struct Features {
  Features(unsigned leaf, unsigned subleaf) { __get_cpuid_count(leaf, subleaf, &a, &b, &c, &d); }
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
};

/// Intel, "Software developer's manual", volume 1, chapter 18: AMX-TILE and AMX-BF16 in CPUID leaf
/// 7, the tiles' state enabled in XCR0, and on Linux granted to the process
/// (Documentation/arch/x86/xstate.rst).
bool may_use_matrix_unit() {
#if defined(__linux__)
  constexpr unsigned kTileFeatures = 1U << 24U | 1U << 22U;
  constexpr unsigned kTileState = 1U << 17U | 1U << 18U;
  if ((Features(7, 0).d & kTileFeatures) != kTileFeatures) {
    return false;
  }
  unsigned low = 0;
  unsigned high = 0;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  constexpr long kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long kTileData = 18;
  return (low & kTileState) == kTileState &&
         syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}

/// F16C in CPUID leaf 1; not every compiler knows its name.
bool has_half_conversions() { return (Features(1, 0).c & 1U << 29U) != 0; }

/// AVX512_BF16 in CPUID leaf 7, subleaf 1.
bool has_bf16_vectors() { return (Features(7, 1).a & 1U << 5U) != 0; }

// What CMakeLists.txt compiles the kernels for.
InstructionSet detected() {
  const bool v3 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 &&
                  has_half_conversions() && __builtin_cpu_supports("bmi") != 0 &&
                  __builtin_cpu_supports("bmi2") != 0;
  const bool v4 =
      __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
      __builtin_cpu_supports("avx512cd") != 0;
  if (!v3) {
    return InstructionSet::baseline;
  }
  if (!v4) {
    return InstructionSet::v3;
  }
  if (!has_bf16_vectors()) {
    return InstructionSet::v4;
  }
  return may_use_matrix_unit() ? InstructionSet::amx : InstructionSet::v4_bf16;
}

}  // namespace

InstructionSet best_instruction_set() {
  static const InstructionSet best = detected();
  return best;
}

const ProductKernels& products_of(InstructionSet set) {
  switch (set) {
    case InstructionSet::amx:
      return kAmxProducts;
    case InstructionSet::v4_bf16:
      return kV4Bf16Products;
    case InstructionSet::v4:
      return kV4Products;
    case InstructionSet::v3:
      return kV3Products;
    case InstructionSet::baseline:
      break;
  }
  return kBaselineProducts;
}

const ArrayKernels& arrays_of(InstructionSet set) {
  if (set >= InstructionSet::v4) {
    return kV4Arrays;
  }
  return set == InstructionSet::v3 ? kV3Arrays : kBaselineArrays;
}

#else

InstructionSet best_instruction_set() { return InstructionSet::baseline; }
const ProductKernels& products_of(InstructionSet /*set*/) { return kBaselineProducts; }
const ArrayKernels& arrays_of(InstructionSet /*set*/) { return kBaselineArrays; }

#endif

}  // namespace autoglm::nn::cpu
