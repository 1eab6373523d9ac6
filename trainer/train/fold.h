// One network that learns from the training part of one split, epoch by epoch.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "optimizer/trial.h"
#include "trainer/nn/data/batch_reader.h"
#include "trainer/nn/data/dataset.h"
#include "trainer/nn/model/network_trainer.h"
#include "trainer/nn/run/checkpoint.h"
#include "trainer/nn/run/safetensors.h"
#include "trainer/nn/run/watch.h"
#include "trainer/nn/train_spec.h"

namespace autoglm {

/// What a network has to learn of these data.
nn::Problem problem_of(const nn::Dataset& dataset);

class Fold {
 public:
  /// Allocates all that training needs. `dataset` and `backend` must outlive it. Throws DataError,
  /// ModelError, DeviceError.
  Fold(const nn::Dataset& dataset, const nn::TrainSpec& spec, nn::Backend& backend,
       std::int64_t fold);

  /// How a pass over the training part ended; a paused one goes on with the next call.
  enum class Pass { done, paused, ended };
  /// Told every `watch.interval` updates: what the run looks like.
  using OnLook = std::function<void(const MetricValues&)>;
  /// Trains `epoch` (from 0), or what is left of it, until `pause`, asked after each update, says
  /// so, or the watch ends it: then `end()` says why. At least one update is made.
  Pass train(std::int64_t epoch, const std::function<bool()>& pause, const OnLook& on_look);

  const std::optional<nn::RunEnd>& end() const { return end_; }
  /// Mean loss of the training samples of the last epoch, as they were trained on.
  double training_loss() const { return epoch_loss_ / static_cast<double>(epoch_samples_); }
  /// What the run looked like at the last look; the end of an epoch is always looked at.
  const MetricValues& seen() const { return seen_; }

  /// The metrics of a part with `prefix` (nn::kValidation, nn::kTest); none: `stop`, asked before
  /// each batch, said so. REQUIRES: it has rows.
  std::optional<MetricValues> evaluate(const std::vector<nn::Row>& rows, std::string_view prefix,
                                       const std::function<bool()>& stop);
  const nn::Split& split() const { return split_; }
  /// Milliseconds that one sample takes, the median of many.
  double latency_milliseconds();
  /// What is allocated of the device's memory.
  nn::MemoryUse memory() const { return trainer_.memory(); }

  /// What it takes to predict: parameters and running statistics by build_network's names, f32; of
  /// Standardization "input.mean", "input.scale" [places], f64, and "input.missing", and for
  /// regression "target.mean", "target.deviation" [], f64. REQUIRES: train() is not running.
  std::vector<nn::SavedTensor> learnt() const;
  /// Adds its state, under names that begin with `prefix`, to be written before the next call of
  /// anything else. REQUIRES: train() is not running, for these three.
  void save(const std::string& prefix, std::vector<nn::CheckpointPart>& parts) const;
  /// Throws CheckpointError unless a checkpoint has all of the state of such a network.
  void require(const std::string& prefix, const nn::Checkpoint& checkpoint) const;
  /// REQUIRES: require() does not throw. Throws CheckpointError where the file cannot be read.
  void load(const std::string& prefix, const nn::Checkpoint& checkpoint);

 private:
  bool update(std::int64_t epoch);
  void look(std::int64_t epoch);
  std::vector<std::byte> counter_bytes() const;
  void take_loss();

  const nn::Dataset& dataset_;
  nn::TrainSpec spec_;
  nn::Split split_;
  nn::Standardization standardization_;
  nn::NetworkTrainer trainer_;
  nn::BatchReader training_;
  nn::Watch watch_;
  std::vector<float> results_{};
  std::int64_t updates_per_epoch_ = 1;
  std::int64_t reading_ = -1;  // the epoch that the reader is in
  std::int64_t position_ = 0;  // updates done in the epoch
  double epoch_loss_ = 0;      // sum over the samples of the epoch
  std::int64_t epoch_samples_ = 0;
  std::int64_t unlooked_samples_ = 0;  // since the loss was taken
  std::int64_t update_samples_ = 0;    // of the last update
  double look_loss_ = 0;               // mean since the last look
  double rate_ = 0;
  MetricValues seen_{};  // at the last look
  std::optional<nn::RunEnd> end_{};
};

}  // namespace autoglm
