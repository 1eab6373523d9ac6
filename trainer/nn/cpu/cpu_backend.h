// The operations of networks on one thread of the CPU (trainer/nn/backend.h).
//
// Results are the same in every run on the same instruction set, wherever arrays lie. Beyond what
// the header asks for: all calls are done when they return; arguments that the other devices cannot
// look at are checked as well (labels beyond the classes, an update before the gradients were
// judged).
#pragma once

#include <memory>

#include "trainer/nn/backend.h"
#include "trainer/nn/cpu/instruction_set.h"

namespace autoglm::nn {

/// With the best instruction set that this processor has.
std::unique_ptr<Backend> make_cpu_backend();

/// For tests and comparisons. REQUIRES: set <= cpu::best_instruction_set().
std::unique_ptr<Backend> make_cpu_backend(cpu::InstructionSet set);

}  // namespace autoglm::nn
