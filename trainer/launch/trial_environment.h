// The environment of a trial's program.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "optimizer/trial_runner.h"
#include "trainer/launch/command_spec.h"

namespace autoglm {

using Environment = std::map<std::string, std::string>;

/// This process's own, without what begins with AUTOGLM: flags that it mirrors, and what a trial
/// was told in which this tuner itself may run.
Environment inherited_environment();

/// What a trial is told besides its parameters.
struct TrialPlaces {
  std::string autoglm_program{};  // absolute; its folder becomes the last one of PATH
  std::string metrics_file{};
  std::string channel{};  // see verdict_channel.h
  std::string devices{};  // CUDA_VISIBLE_DEVICES; empty: as inherited
};

/// "NAME=value" texts: the inherited ones, the spec's over them, the AUTOGLM_* ones over both. A
/// variable of the spec that names an inactive parameter is left out.
std::vector<std::string> trial_environment(Environment inherited, const CommandSpec& spec,
                                           const RunRequest& request, const TrialFacts& facts,
                                           const TrialPlaces& places);

}  // namespace autoglm
