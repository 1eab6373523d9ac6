// Which of the compiled instruction sets this processor has.
#pragma once

#include <string_view>

#include "trainer/nn/cpu/kernels.h"

namespace autoglm::nn::cpu {

/// Later ones include earlier ones: x86-64 as the compiler takes it (or another processor), AVX2
/// with fused multiplication and 16-bit conversion, AVX-512 (F, VL, DQ, BW, CD), and with products
/// of bf16 numbers: in vectors, or in the matrix unit (AMX) too.
enum class InstructionSet { baseline, v3, v4, v4_bf16, amx };

/// What BackendInfo::instructions says: "baseline", "AVX2", "AVX-512", "AVX-512 BF16", "AMX".
std::string_view to_string(InstructionSet set);

/// Asks the system for the use of the matrix unit, if there is one: that holds for the process.
InstructionSet best_instruction_set();

/// REQUIRES: set <= best_instruction_set().
const ProductKernels& products_of(InstructionSet set);
const ArrayKernels& arrays_of(InstructionSet set);
constexpr bool has_bf16_products(InstructionSet set) { return set >= InstructionSet::v4_bf16; }

}  // namespace autoglm::nn::cpu
