// Which of the compiled instruction sets this processor has.
#pragma once

#include <string_view>

#include "trainer/nn/cpu/kernels.h"

namespace autoglm::nn::cpu {

/// Later ones include earlier ones: x86-64 as the compiler takes it (or another processor), AVX2
/// with fused multiplication and 16-bit conversion, AVX-512 (F, VL, DQ, BW, CD).
enum class InstructionSet { baseline, v3, v4 };

/// What BackendInfo::instructions says: "baseline", "AVX2", "AVX-512".
std::string_view to_string(InstructionSet set);

InstructionSet best_instruction_set();

/// REQUIRES: set <= best_instruction_set().
const ProductKernels& products_of(InstructionSet set);
const ArrayKernels& arrays_of(InstructionSet set);

}  // namespace autoglm::nn::cpu
