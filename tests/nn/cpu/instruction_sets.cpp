// The contract is checked on every instruction set that this processor has, and, where AVX-512 is,
// on products of bf16 whose instructions are emulated.
#include "tests/nn/contract/subjects.h"
#include "trainer/nn/cpu/backend_class.h"
#include "trainer/nn/cpu/cpu_backend.h"

#if defined(AUTOGLM_EMULATED_PRODUCTS)
namespace autoglm::nn::cpu {
extern const ProductKernels kEmulatedPairProducts;
extern const ProductKernels kEmulatedUnitProducts;
}  // namespace autoglm::nn::cpu
#endif

namespace autoglm::nn::contract {

std::vector<Subject> subjects() {
  using cpu::InstructionSet;
  std::vector<Subject> result;
  for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::v3, InstructionSet::v4,
                                   InstructionSet::v4_bf16, InstructionSet::amx}) {
    if (set <= cpu::best_instruction_set()) {
      result.push_back({std::string(cpu::to_string(set)), [set] { return make_cpu_backend(set); }});
    }
  }
#if defined(AUTOGLM_EMULATED_PRODUCTS)
  if (cpu::best_instruction_set() >= InstructionSet::v4) {
    const auto with = [](const cpu::ProductKernels& products) {
      return [&products] {
        return std::make_unique<cpu::CpuBackend>(products, cpu::arrays_of(InstructionSet::v4));
      };
    };
    result.push_back({"emulated bf16 pairs", with(cpu::kEmulatedPairProducts)});
    result.push_back({"emulated matrix unit", with(cpu::kEmulatedUnitProducts)});
  }
#endif
  return result;
}

}  // namespace autoglm::nn::contract
