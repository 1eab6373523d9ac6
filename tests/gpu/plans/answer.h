// What cuDNN says when the trainer's own code asks it for a plan.
#pragma once

#include <string>

#include "tests/gpu/plans/described_device.h"

namespace autoglm::gpu {

struct Answer {
  bool accepts_graph = false;  // what is to be computed is a convolution
  bool has_plan = false;
  std::string why_not{};     // cuDNN's own words
  std::int64_t engine = -1;  // its number among those of the operation
  bool is_compiled = false;  // for this convolution and device, when the plan is made
};
/// REQUIRES: convolution.suits_cudnn().
Answer ask(const DescribedDevice& device, const Convolution& convolution);

}  // namespace autoglm::gpu
