// `validate --run`: one real trial, outside any study.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/spec.h"
#include "optimizer/trial.h"
#include "trainer/launch/command_spec.h"

namespace autoglm {

/// A metric that the trial reported.
struct FoundMetric {
  std::string name{};
  double value = 0;     // the last one
  std::string where{};  // "standard output", "the metrics file (AUTOGLM_METRICS, autoglm log)", …
  std::int64_t steps = 0;  // reports that had it
};

struct TrialRun {
  Trial trial{};
  std::string directory{};  // of the attempt
  std::string command{};    // quoted for a shell
  double seconds = 0;
  std::vector<FoundMetric> metrics{};
  std::vector<std::string> missing{};     // metrics that the study needs
  std::optional<double> study_seconds{};  // what max_trials such trials would take
  bool training = false;                  // of kind "train"
  int exit_status = 0;                    // of validate
};

/// Runs the study's first suggestion in a temporary directory, which is named on standard error and
/// kept. Throws as tune does.
TrialRun run_one_trial(const StudySpec& spec, const StudyOptions& options,
                       const CommandSpec& command);

/// For people, lines.
std::string run_text(const TrialRun& run, std::size_t columns);
/// One JSON object.
std::string run_json(const TrialRun& run);

}  // namespace autoglm
