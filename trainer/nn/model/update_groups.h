// Which parameters are updated how.
#pragma once

#include <cstdint>
#include <vector>

#include "trainer/nn/model/parameter_layout.h"
#include "trainer/nn/train_spec.h"

namespace autoglm::nn {

/// A run of neighbours in the array of all parameters that are updated alike.
struct UpdateGroup {
  std::int64_t offset = 0;  // numbers
  std::int64_t count = 0;   // numbers, with what lies between
  double lr_factor = 1;
  double weight_decay = 0;
};

/// Whether a parameter belongs to a group of `prefix`: its name begins with it, and not within a
/// number; "fc1" means fc1.weight and fc1.bias, not fc10.weight, and "fc" all of these.
bool begins_with(const std::string& name, const std::string& prefix);

/// All parameters, in order. Biases and norms do not decay unless `decay_all`, or a group of theirs
/// says by how much. Throws ModelError where a group has no parameters.
std::vector<UpdateGroup> update_groups(const ParameterLayout& layout, const OptimizerSpec& spec);

/// How many numbers the rule keeps for each parameter.
int moments_of(const OptimizerSpec& spec);

}  // namespace autoglm::nn
