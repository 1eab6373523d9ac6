// A whole training run: data, networks (one a fold), epochs, reports, checkpoints, its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "trainer/nn/backend.h"
#include "trainer/nn/train_spec.h"
#include "trainer/train/run_reporter.h"

namespace autoglm {

/// A configuration that cannot be trained here, though others may be; what() says why.
class InfeasibleRun : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct RunContext {
  /// Where the checkpoint is written, CHECKPOINT in it; empty: there is none.
  std::string directory{};
  /// Where to look for a checkpoint to go on from, in this order; those of other runs and broken
  /// ones are passed over. When the run has ended there are none any more.
  std::vector<std::string> resume_from{};
  /// Null: told to stop before there was a device.
  std::function<std::unique_ptr<nn::Backend>(const std::string& device)> make_backend{};
  /// Waits until the device that was made, and has memory of its own, has room for so many bytes
  /// of it beside the runs of others; false: told to stop meanwhile. Throws InfeasibleRun where it
  /// never has. Empty: nobody asks.
  std::function<bool(std::size_t bytes)> reserve{};
  std::string section{};          // the JSON that the spec was read from; kept with the weights
  std::function<bool()> stop{};   // true: save and return
  std::uint64_t fingerprint = 0;  // of all that a run depends on but its data
};

enum class RunResult {
  finished,
  ended_early,  // by the watch, and what was reached counts; the reason is said
  failed,       // by the watch: such a configuration does not train; the reason is said
  stopped       // told to; there is a checkpoint if there is a directory
};

inline constexpr const char* kCheckpointFile = "checkpoint.agm";

/// Trains. Steps of the reports are epochs, from 0. The last report has what is measured once:
/// `latency_ms`, the metrics of the test part, with folds those of each fold. A run that goes on
/// from a checkpoint first reports again what had been reported. REQUIRES: a directory, where the
/// spec asks to keep the weights. A checkpoint that cannot be written is said and left out, unless
/// it is the one that `stop` asks for: CheckpointError. Throws InfeasibleRun, DataError,
/// DeviceError too.
RunResult run_training(const nn::TrainSpec& spec, const RunContext& context, RunReporter& reporter);

}  // namespace autoglm
