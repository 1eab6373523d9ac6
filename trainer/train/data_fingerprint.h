// Tells data from other data.
#pragma once

#include <cstdint>

#include "trainer/nn/train_spec.h"

namespace autoglm {

/// Of the bytes of all files that the spec names and of `seed`; reads them once. Throws DataError.
std::uint64_t data_fingerprint(const nn::DataSpec& spec, std::uint64_t seed);

}  // namespace autoglm
