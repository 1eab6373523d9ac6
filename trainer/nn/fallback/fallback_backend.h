// A device some of whose operations are not to be trusted: those are computed on the host instead,
// from copies of their arrays, and the device gets the results. Slow, and right.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "trainer/nn/backend.h"

namespace autoglm::nn {

/// Operations by their names in Backend, each with the working type: that of x, y, dx, dy and
/// weights; what is read of `cast`; the working copy of updates, f32 where there is none; f32 of
/// sums, which have none.
using DisabledOperations = std::set<std::pair<std::string, DType>>;

/// `host` computes where the processor can look, as the CPU's backend does. Memory is the device's,
/// that of copies the host's. An operation on the host fails where the host's does.
std::unique_ptr<Backend> make_fallback_backend(std::unique_ptr<Backend> device,
                                               std::unique_ptr<Backend> host,
                                               DisabledOperations disabled);

}  // namespace autoglm::nn
