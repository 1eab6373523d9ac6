#include "trainer/train/run_checkpoints.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "trainer/nn/run/new_file.h"
#include "trainer/train/data_fingerprint.h"
#include "trainer/train/kept_weights.h"

namespace autoglm {
namespace {

std::string checkpoint_in(const std::string& directory) {
  return directory + "/" + kCheckpointFile;
}

}  // namespace

RunCheckpoints::RunCheckpoints(const nn::TrainSpec& spec, const RunContext& context,
                               RunReporter& reporter)
    : spec_(spec), context_(context), reporter_(reporter) {}

bool RunCheckpoints::load(RunState& state) {
  if (directories().empty()) {
    return false;
  }
  remove_unfinished();
  fingerprint_ = data_fingerprint(spec_.data, context_.fingerprint);
  std::vector<std::string> paths;
  for (const std::string& directory : context_.resume_from) {
    paths.push_back(checkpoint_in(directory));
  }
  return load_run(paths, fingerprint_, state, reporter_);
}

void RunCheckpoints::save(const RunState& state) {
  if (!context_.directory.empty()) {
    save_run(checkpoint_in(context_.directory), fingerprint_, state);
    saved_ = std::chrono::steady_clock::now();
  }
}

void RunCheckpoints::save_if_possible(const RunState& state) {
  try {
    save(state);
  } catch (const nn::CheckpointError& error) {
    saved_ = std::chrono::steady_clock::now();
    if (!std::exchange(said_unsaved_, true)) {
      reporter_.say(fmt::format(
          "{}; until then this run goes on without, and tries again when the next is due",
          error.what()));
    }
  }
}

bool RunCheckpoints::is_due() const {
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - saved_;
  return !context_.directory.empty() && passed.count() >= spec_.training.checkpoint_seconds;
}

/// Where this run and its earlier attempts write.
std::vector<std::string> RunCheckpoints::directories() const {
  std::vector<std::string> all = context_.resume_from;
  if (!context_.directory.empty()) {
    all.push_back(context_.directory);
  }
  return all;
}

void RunCheckpoints::remove() const {
  for (const std::string& directory : directories()) {
    std::error_code ignored;
    std::filesystem::remove(checkpoint_in(directory), ignored);
  }
}

void RunCheckpoints::remove_unfinished() const {
  const auto folds = static_cast<std::size_t>(spec_.data.folds);
  for (const std::string& directory : directories()) {
    nn::remove_unfinished(checkpoint_in(directory));
    for (std::size_t fold = 0; spec_.training.keep_weights && fold < folds; ++fold) {
      nn::remove_unfinished(directory + "/" + weights_file(fold, folds));
    }
  }
}

}  // namespace autoglm
