// A search space and trial sections for the tests of templates and environments.
#pragma once

#include <string>

#include "search_space/search_space.h"
#include "trainer/train/train_trial.h"

namespace autoglm {

/// optimizer and note are categorical, lr a number, momentum is active where optimizer is "sgd".
inline SearchSpace example_space() {
  const SpecRoot root = read_spec(R"json({
    "optimizer": {"type": "categorical", "choices": ["adam", "sgd"]},
    "note": {"type": "categorical", "choices": ["plain", "a b"]},
    "lr": {"type": "log_uniform", "min": 1e-5, "max": 0.1},
    "momentum": {"type": "uniform", "min": 0, "max": 1, "when": "optimizer == 'sgd'"}})json",
                                  "space.json");
  return parse_search_space(*root, nullptr, nullptr);
}

inline CommandSpec parse_trial(const std::string& json) {
  return parse_trial(*read_spec(json, "trial.json"), example_space(), "/spec", "/bin/autoglm");
}

/// The line that a user would read; empty when the section is fine.
inline std::string mistake_in(const std::string& json) {
  try {
    parse_trial(json);
  } catch (const SpecError& error) {
    return error.what();
  }
  return {};
}

inline TrialFacts example_facts() {
  return {.number = 17,
          .attempt = 2,
          .repeat = 1,
          .seed = 91,
          .directory = "/study dir/17/2",
          .study_name = "digits"};
}

}  // namespace autoglm
