#include "trainer/nn/cpu/instruction_set.h"

namespace autoglm::nn::cpu {

std::string_view to_string(InstructionSet set) {
  switch (set) {
    case InstructionSet::baseline:
      return "baseline";
    case InstructionSet::v3:
      return "AVX2";
    case InstructionSet::v4:
      return "AVX-512";
  }
  return {};
}

#if defined(__x86_64__)

// What CMakeLists.txt compiles the kernels for.
InstructionSet best_instruction_set() {
  const bool v3 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 &&
                  __builtin_cpu_supports("f16c") != 0 && __builtin_cpu_supports("bmi") != 0 &&
                  __builtin_cpu_supports("bmi2") != 0;
  const bool v4 =
      __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
      __builtin_cpu_supports("avx512cd") != 0;
  if (!v3) {
    return InstructionSet::baseline;
  }
  return v4 ? InstructionSet::v4 : InstructionSet::v3;
}

const ProductKernels& products_of(InstructionSet set) {
  switch (set) {
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
  switch (set) {
    case InstructionSet::v4:
      return kV4Arrays;
    case InstructionSet::v3:
      return kV3Arrays;
    case InstructionSet::baseline:
      break;
  }
  return kBaselineArrays;
}

#else

InstructionSet best_instruction_set() { return InstructionSet::baseline; }
const ProductKernels& products_of(InstructionSet /*set*/) { return kBaselineProducts; }
const ArrayKernels& arrays_of(InstructionSet /*set*/) { return kBaselineArrays; }

#endif

}  // namespace autoglm::nn::cpu
