// What a run remembers between epochs, and its checkpoints.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "optimizer/trial.h"
#include "trainer/nn/run/watch.h"
#include "trainer/train/fold.h"
#include "trainer/train/run_reporter.h"

namespace autoglm {

struct RunState {
  std::vector<std::unique_ptr<Fold>> folds{};
  nn::Watch watch;             // of the means over the folds
  std::int64_t epoch = 0;      // that is being trained
  std::size_t fold = 0;        // that is training; as many as there are: the epoch is to be judged
  double seconds = 0;          // of training in this epoch, those before a checkpoint included
  std::string ended{};         // why the run ended early, when only the end is to be told
  std::vector<Report> told{};  // all that was reported, a step each
};

/// Writes all of it to `path`, whole or not at all. Throws CheckpointError.
void save_run(const std::string& path, std::uint64_t fingerprint, const RunState& state);

/// Goes on from the first of `paths` that is a checkpoint of this run; false: none is, and nothing
/// has changed. Says which, and why others are not. Throws CheckpointError where one that is cannot
/// be read to its end.
bool load_run(const std::vector<std::string>& paths, std::uint64_t fingerprint, RunState& state,
              RunReporter& reporter);

}  // namespace autoglm
