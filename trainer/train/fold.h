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

/// What a checkpoint is made of: names and bytes.
using CheckpointParts = std::vector<std::pair<std::string, std::string>>;

/// What a network has to learn of these data.
nn::Problem problem_of(const nn::Dataset& dataset);

class Fold {
 public:
  /// Allocates all that training needs. `dataset` and `backend` must outlive it. Throws DataError,
  /// ModelError, DeviceError.
  Fold(const nn::Dataset& dataset, const nn::TrainSpec& spec, nn::Backend& backend,
       std::int64_t fold);

  /// How a pass over the training part ended; a stopped one goes on with the next call.
  enum class Pass { done, stopped, ended };
  /// Told every `watch.interval` updates: what the run looks like.
  using OnLook = std::function<void(const MetricValues&)>;
  /// Trains `epoch` (from 0), or what is left of it, until `stop` says so or the watch ends it:
  /// then `end()` says why.
  Pass train(std::int64_t epoch, const std::function<bool()>& stop, const OnLook& on_look);

  const std::optional<nn::RunEnd>& end() const { return end_; }
  /// Mean loss of the training samples of the last epoch, as they were trained on.
  double training_loss() const { return epoch_loss_ / static_cast<double>(epoch_samples_); }

  /// The metrics of a part with `prefix` (nn::kValidation, nn::kTest). REQUIRES: it has rows.
  MetricValues evaluate(const std::vector<nn::Row>& rows, std::string_view prefix);
  const nn::Split& split() const { return split_; }
  /// Milliseconds that one sample takes, the median of many.
  double latency_milliseconds();

  /// What it takes to predict: parameters and running statistics by build_network's names, f32; of
  /// Standardization "input.mean", "input.scale" [places], f64, and "input.missing", and for
  /// regression "target.mean", "target.deviation" [], f64. REQUIRES: train() is not running.
  std::vector<nn::SavedTensor> learnt() const;
  /// Adds its state, under names that begin with `prefix`. REQUIRES: train() is not running.
  void save(const std::string& prefix, CheckpointParts& parts);
  /// Throws CheckpointError, ArrayError.
  void load(const std::string& prefix, const nn::Checkpoint& checkpoint);

 private:
  bool update(std::int64_t epoch);
  MetricValues look(std::int64_t epoch);
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
  double look_loss_ = 0;               // mean since the last look
  double rate_ = 0;
  std::optional<nn::RunEnd> end_{};
};

}  // namespace autoglm
