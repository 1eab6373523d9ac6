// The keys of a `trial` section that every kind of trial has: time-outs, retries, repeats, devices,
// environment.
#pragma once

#include <vector>

#include "search_space/search_space.h"
#include "search_space/spec_document.h"
#include "search_space/spec_key.h"
#include "trainer/launch/command_spec.h"

namespace autoglm {

/// `timeout`, `grace`, `retries`, `max_attempts`, `seeds`, `gpus`, `gpu_devices`. Throws SpecError.
void read_trial_limits(ObjectReader& reader, CommandSpec& spec);

/// `env`. Throws SpecError.
void read_trial_environment(ObjectReader& reader, const SearchSpace& space, CommandSpec& spec);

/// Throws SpecError at `section` when two parameters would be one variable to a trial.
void check_variables(const SpecNode& section, const SearchSpace& space);

/// What those two read.
std::vector<SpecKey> trial_limit_keys();

}  // namespace autoglm
