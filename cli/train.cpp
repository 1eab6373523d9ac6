// `autoglm train`: one training run of the built-in trainer, on its own or as a trial.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "cli/commands.h"
#include "cli/devices.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/stop_signals.h"
#include "optimizer/attempt_outcome.h"
#include "search_space/spec_document.h"
#include "trainer/launch/report_line.h"
#include "trainer/nn/run/crc64.h"
#include "trainer/train/parse_train_spec.h"
#include "trainer/train/training_run.h"

namespace autoglm {
namespace {

namespace fs = std::filesystem;

/// Reports as lines of JSON on stdout, the rest on stderr.
class LineReporter final : public RunReporter {
 public:
  void report(std::int64_t step, const MetricValues& metrics) override {
    write_stdout(format_report_line({.step = step, .metrics = metrics}) + "\n");
  }
  void say(const std::string& line) override { fmt::print(stderr, "{}\n", line); }
};

std::string variable(const char* name) {
  const char* const text = std::getenv(name);
  return text == nullptr ? "" : text;
}

/// --seed, else the section's, else the trial's.
std::uint64_t settle_seed(const TrainOptions& options, const SpecNode& section,
                          const nn::TrainSpec& spec) {
  if (options.seed) {
    return *options.seed;
  }
  if (section.member("training")->member("seed") != nullptr) {
    return spec.training.seed;
  }
  return std::strtoull(variable("AUTOGLM_SEED").c_str(), nullptr, 10);
}

/// Directories of earlier attempts of the same trial, the latest first: one that was killed may
/// have left a checkpoint.
std::vector<std::string> earlier_attempts(const std::string& directory) {
  const fs::path path(directory);
  std::vector<std::string> found;
  for (int attempt = std::atoi(path.filename().c_str()); attempt >= 1; --attempt) {
    for (const char* suffix : {"", ".old"}) {
      const fs::path earlier = path.parent_path() / (std::to_string(attempt) + suffix);
      if (earlier != path && fs::is_directory(earlier)) {
        found.push_back(earlier.string());
      }
    }
  }
  return found;
}

RunContext context_of(const TrainOptions& options) {
  RunContext context{.directory = options.directory, .make_backend = make_backend, .stop = [] {
                       return stop_level().load() > 0;
                     }};
  if (!options.directory.empty()) {
    context.resume_from = {options.directory};
    return context;
  }
  context.directory = variable("AUTOGLM_TRIAL_DIR");
  if (const std::string resume = variable("AUTOGLM_RESUME_DIR"); !resume.empty()) {
    context.resume_from.push_back(resume);
  }
  if (!context.directory.empty()) {
    for (std::string& earlier : earlier_attempts(context.directory)) {
      context.resume_from.push_back(std::move(earlier));
    }
  }
  return context;
}

int status_of(RunResult result, const RunContext& context) {
  switch (result) {
    case RunResult::finished:
    case RunResult::ended_early:
      return exit_done;
    case RunResult::failed:
      return exit_no_complete;
    case RunResult::stopped:
      break;
  }
  return context.directory.empty() ? interrupted_status() : kExitTryAgain;
}

}  // namespace

int run_train(const TrainOptions& options) {
  const SpecRoot section = read_spec_file(options.trial);
  const std::string directory = fs::absolute(options.trial).lexically_normal().parent_path();
  nn::TrainSpec spec = parse_train_spec(*section, directory);
  spec.training.seed = settle_seed(options, *section, spec);
  RunContext context = context_of(options);
  const std::string identity = fmt::format("{} {}", to_json(*section), spec.training.seed);
  context.fingerprint = nn::crc64(std::as_bytes(std::span(identity)));
  install_stop_signals();
  LineReporter reporter;
  try {
    return status_of(run_training(spec, context, reporter), context);
  } catch (const InfeasibleRun& error) {
    fmt::print(stderr, "{}\n", error.what());
    return kExitBadParameters;
  }
}

}  // namespace autoglm
