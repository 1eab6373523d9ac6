// The file that pytorch_reference.py writes.
#pragma once

#include <string>
#include <vector>

#include "trainer/nn/model/named_array.h"

namespace autoglm::nn {

/// The bytes "AGARRAY1", then little-endian: the number of arrays (u64); of each the length of its
/// name (u64), the name, the number of its numbers (u64), the numbers (f32). Throws ArrayError;
/// `place` begins its text.
std::vector<NamedArray> arrays_of(const std::string& bytes, const std::string& place);

}  // namespace autoglm::nn
