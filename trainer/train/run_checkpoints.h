// The checkpoints of a training run, in its folder and in those of its earlier attempts.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "trainer/nn/train_spec.h"
#include "trainer/train/run_state.h"
#include "trainer/train/training_run.h"

namespace autoglm {

class RunCheckpoints {
 public:
  /// `spec`, `context` and `reporter` are not owned and must outlive it.
  RunCheckpoints(const nn::TrainSpec& spec, const RunContext& context, RunReporter& reporter);

  /// Removes what a kill amidst writing has left, and goes on from the first that is of this run;
  /// false: none is. Throws CheckpointError where one is and cannot be read to its end.
  bool load(RunState& state);

  /// Nothing where the run has no folder. Throws CheckpointError.
  void save(const RunState& state);
  /// One that nobody asked for: where it cannot be written, that is said once, and without it a run
  /// that is killed begins anew, or from an older one.
  void save_if_possible(const RunState& state);
  /// Whether `checkpoint_seconds` have passed since the last one.
  bool is_due() const;

  /// Also those of earlier attempts: nobody will go on from them.
  void remove() const;

 private:
  std::vector<std::string> directories() const;
  void remove_unfinished() const;

  const nn::TrainSpec& spec_;
  const RunContext& context_;
  RunReporter& reporter_;
  std::uint64_t fingerprint_ = 0;
  std::chrono::steady_clock::time_point saved_ = std::chrono::steady_clock::now();
  bool said_unsaved_ = false;
};

}  // namespace autoglm
