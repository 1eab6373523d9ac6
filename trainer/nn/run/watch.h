// Ends a run that is not worth its time any more. WatchSpec has the limits; every rule:
// - not_finite: a loss or gradient norm is infinite or NaN, or the gradients of an update since the
//   last look were. With fp16 validation loss alone: in training an overflow costs one update and
//   lowers the loss scale.
// - stuck_scale: fp16 only; the loss scale is at its least and no update has been made, all through
//   an interval.
// - diverged: the training loss is above `divergence` times the first one (at least 0.001, or a run
//   that begins solved would be lost by noise).
// - exploding: the gradient norm is above `exploding`.
// - vanishing: the gradient norm is below `vanishing` while the training loss is still above a
//   tenth of the first one: below that, small gradients are those of a run that has learned its
//   data. Also, unless `vanishing` is 0, while the gradient of the first layer's weights is not
//   above 1e-9 times the largest of any layer's weights, in looks at updates of 256 samples or
//   more in all: the output layer alone then keeps the norm large. Of few samples it may be 0 by
//   chance, where none of them makes a unit of some layer active.
// - overfitting: validation loss above that of the epoch before and training loss below, for
//   `overfitting` epochs in a row.
// - patience: no validation loss below the best one by `least_change` for `patience` epochs.
// Of diverged, exploding and vanishing every look must see it from some update until `interval`
// later, so one odd batch ends nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "trainer/nn/train_spec.h"

namespace autoglm::nn {

enum class EndCause {
  not_finite,
  stuck_scale,
  diverged,
  exploding,
  vanishing,
  overfitting,
  patience
};

/// Whether such a configuration does not train; else it did, and more epochs would not help.
constexpr bool is_failure(EndCause cause) {
  return cause != EndCause::overfitting && cause != EndCause::patience;
}

struct RunEnd {
  EndCause cause = EndCause::not_finite;
  std::string reason{};  // one line: when, what was seen, what may help
};

/// What is seen after an update, each `interval` updates or more often.
struct UpdateLook {
  std::int64_t updates = 0;  // so far, with those that were skipped for an overflow
  double train_loss = 0;     // mean since the last look
  double gradient_norm = 0;  // of the last update, before clipping
  double loss_scale = 1;
  std::int64_t overflows = 0;  // updates skipped so far
  std::int64_t samples = 1;    // of the last update
  /// Root mean square of the last update's gradient of the first layer's weights, over the largest
  /// of any layer's weights.
  double first_share = 1;
};

/// What is seen after an epoch.
struct EpochLook {
  std::int64_t epoch = 0;  // from 1
  double train_loss = 0;   // mean of the epoch
  double validation_loss = 0;
};

/// Its answers depend on nothing but what it was shown, so a run that goes on from a checkpoint
/// ends where it would have ended.
class Watch {
 public:
  /// least_scale: of fp16, see GradientRule.
  Watch(const WatchSpec& spec, Precision precision, double least_scale = 1);

  std::optional<RunEnd> look(const UpdateLook& seen);
  std::optional<RunEnd> look(const EpochLook& seen);

  /// What it remembers, for a checkpoint.
  std::vector<std::byte> save() const;
  /// False, and nothing has changed, if these are no bytes of save().
  bool restore(std::span<const std::byte> bytes);

 private:
  static constexpr std::int64_t kNever = -1;
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  struct Memory {
    double first_loss = kInfinity;  // infinite: none yet
    // The updates since which every look has seen it.
    std::int64_t stuck_since = kNever;
    std::int64_t diverged_since = kNever;
    std::int64_t exploding_since = kNever;
    std::int64_t vanishing_since = kNever;
    std::int64_t dead_since = kNever;
    std::int64_t dead_samples = 0;  // of the updates looked at since then
    std::int64_t applied = 0;       // updates made, at the last look
    double last_train_loss = kInfinity;
    double last_validation_loss = kInfinity;
    std::int64_t overfitted = 0;  // epochs in a row
    double best_loss = kInfinity;
    std::int64_t best_epoch = 0;
  };

  template <typename AMemory, typename Visit>
  static void each_field(AMemory& memory, const Visit& visit);

  bool lasts(bool seen, std::int64_t updates, std::int64_t& since) const;
  std::optional<RunEnd> judge_finite(const UpdateLook& seen) const;
  std::optional<RunEnd> judge_scale(const UpdateLook& seen);
  std::optional<RunEnd> judge_loss(const UpdateLook& seen);
  std::optional<RunEnd> judge_gradients(const UpdateLook& seen);
  std::optional<RunEnd> judge_first_layer(const UpdateLook& seen);
  std::optional<RunEnd> judge_overfitting(const EpochLook& seen);
  std::optional<RunEnd> judge_patience(const EpochLook& seen);

  WatchSpec spec_;
  Precision precision_;
  double least_scale_;
  Memory memory_{};
};

}  // namespace autoglm::nn
