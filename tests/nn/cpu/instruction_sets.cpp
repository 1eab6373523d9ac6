// The contract is checked on every instruction set that this processor has.
#include "tests/nn/contract/subjects.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm::nn::contract {

std::vector<Subject> subjects() {
  std::vector<Subject> result;
  for (const cpu::InstructionSet set :
       {cpu::InstructionSet::baseline, cpu::InstructionSet::v3, cpu::InstructionSet::v4}) {
    if (set <= cpu::best_instruction_set()) {
      result.push_back({std::string(cpu::to_string(set)), [set] { return make_cpu_backend(set); }});
    }
  }
  return result;
}

}  // namespace autoglm::nn::contract
