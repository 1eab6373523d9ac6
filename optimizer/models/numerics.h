// Which code computes the dense linear algebra of the models: the same in all of a run, chosen when
// it begins, stored with the study.
#pragma once

#include <string_view>

namespace autoglm {

/// Instruction sets: x86-64 as it was first made, and its levels of 2013 (AVX2, fused
/// multiplication) and 2017 (AVX-512). baseline gives the same digits on every machine, v3 and v4
/// give the same digits as each other.
enum class NumericsPath { baseline, v3, v4 };

std::string_view to_string(NumericsPath path);

/// The fastest that this processor has.
NumericsPath best_numerics_path();

/// The one in use; best_numerics_path() until another is chosen.
NumericsPath numerics_path();

/// Also fixes what Eigen takes the caches to be. REQUIRES: the processor has it; nothing is being
/// computed in another thread.
void use_numerics_path(NumericsPath path);

}  // namespace autoglm
