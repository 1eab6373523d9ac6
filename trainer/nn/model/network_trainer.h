// Trains one network on one device: forward, loss, backward, update, and the same network in
// evaluation. It knows no epochs and no files; the learning rate is told for each update.
//
//     NetworkTrainer trainer(backend, spec.model, spec.training, problem);
//     for each update:
//       for each of its batches:
//         trainer.accumulate(batch, samples of all of its batches);
//       trainer.update(learning rate);
//     trainer.take_training_loss();
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trainer/nn/backend.h"
#include "trainer/nn/model/device_arena.h"
#include "trainer/nn/model/executor.h"
#include "trainer/nn/model/named_array.h"
#include "trainer/nn/model/network.h"
#include "trainer/nn/model/parameter_store.h"
#include "trainer/nn/model/step_plan.h"
#include "trainer/nn/model/update_groups.h"
#include "trainer/nn/train_spec.h"

namespace autoglm::nn {

/// In the host's memory, borrowed for the call.
struct Samples {
  std::int64_t count = 0;
  const float* inputs = nullptr;         // [samples, sample's shape]
  const std::int32_t* labels = nullptr;  // [samples], classification; negative: teaches nothing
  const float* targets = nullptr;        // [samples, outputs], else
};

/// What the last update was made of.
struct UpdateReport {
  float gradient_norm = 0;     // before clipping; inf or NaN where the gradients were
  float loss_scale = 1;        // for the next update
  std::int32_t overflows = 0;  // updates left out so far, since gradients were not finite
  std::int32_t applied = 0;    // updates made so far
  bool skipped = false;        // the last one was left out
  struct Gradient {            // of one parameter, as it was applied: unscaled and clipped
    std::string name{};
    float mean = 0;
    float variance = 0;
  };
  std::vector<Gradient> gradients{};
};

/// One array of a network's state, on the device; holds as long as the trainer.
struct StateArray {
  std::string name{};  // "fc1.weight"
  Shape shape{};
  float* numbers = nullptr;  // on the device
  bool has_copy = false;     // the network computes with a copy of it in the working type
};

/// What is counted from step to step; it goes with the arrays.
struct StepCounters {
  std::int64_t updates = 0;
  std::int64_t passes = 0;  // training passes: the step of RandomKey
  std::int64_t loss_samples = 0;
  double loss_sum = 0;                                                // of these samples
  std::int32_t skip = 0, good_steps = 0, applied = 0, overflows = 0;  // as StepState has them
};

/// Throws ModelError where a NetworkTrainer would, without a device and its memory.
void require_trainable(const ModelSpec& model, const TrainingSpec& training,
                       const Problem& problem);

/// All calls but the constructor leave memory alone: neither the device's nor, where it is not
/// said, the host's is allocated. All throw DeviceError, DeviceMemoryError (status_error.h).
class NetworkTrainer {
 public:
  /// Allocates all that is needed, and gives the parameters their initial values, which depend on
  /// training.seed and their names alone. `backend` must outlive it. Throws ModelError too.
  NetworkTrainer(Backend& backend, const ModelSpec& model, const TrainingSpec& training,
                 const Problem& problem);
  NetworkTrainer(const NetworkTrainer&) = delete;
  NetworkTrainer& operator=(const NetworkTrainer&) = delete;

  /// Adds the gradient of the batch's share of the mean loss over the `update_samples` samples of
  /// all batches of this update. REQUIRES: 1 <= batch.count <= update_samples; labels or targets.
  void accumulate(const Samples& batch, std::int64_t update_samples);
  /// Clips, unscales and applies what was accumulated. REQUIRES: something was.
  void update(double lr);
  /// Mean loss of all samples since the last call, as they were trained on. NaN: there were none.
  double take_training_loss();

  /// The sum of the samples' losses, without dropout and with running statistics; the plain
  /// cross-entropy or squared error, so that trials with other losses can be compared; 0 without
  /// labels or targets. `results`, unless null, takes [samples, outputs]: probabilities, or what
  /// was predicted. Any number of samples.
  double evaluate(const Samples& batch, float* results);

  /// Waits for the device. The reference holds until the next call. REQUIRES: not between
  /// accumulate() and update().
  const UpdateReport& report();
  /// updates so far, those left out included.
  std::int64_t updates() const { return updates_; }

  const Network& network() const { return network_; }
  /// What was really allocated.
  MemoryUse memory() const;

  /// What a later step depends on, beside counters(); or what it takes to predict alone. Allocates
  /// on the host, as all that follow do. REQUIRES, as for these: not between accumulate() and
  /// update().
  enum class StatePart { all, learnt };
  std::vector<StateArray> state(StatePart part = StatePart::all) const;
  /// To or from the host, where there are as many numbers of f32.
  void download(const StateArray& array, void* to) const;
  void upload(const StateArray& array, const void* from);
  /// All arrays of state().
  std::vector<NamedArray> save() const;
  /// Writes over arrays of state(). Throws ArrayError, with nothing changed, where there is none of
  /// such a name and length.
  void load(const std::vector<NamedArray>& arrays);
  StepCounters counters() const;
  void set_counters(const StepCounters& counters);
  /// What was accumulated, times the loss scale.
  std::vector<NamedArray> gradients() const;

 private:
  NamedArray copy_of(const StateArray& array) const;
  void load_inputs(const Program& program, const Samples& batch, std::int64_t first,
                   std::int64_t samples);
  void train_piece(const Samples& batch, std::int64_t first, std::int64_t samples, float scale);
  void evaluate_piece(const Samples& batch, std::int64_t first, std::int64_t samples,
                      float* results);
  void losses_of(const Program& program, Mode mode, std::int64_t samples, float scale);
  void update_group(const UpdateGroup& group, double lr);
  double take_sum(std::size_t offset);
  void check(Status status, const char* call) const;

  Backend& backend_;
  TrainingSpec training_;
  Problem problem_;
  ClassLoss class_loss_;
  Network network_;
  StepPlan plan_;
  std::vector<UpdateGroup> groups_;
  ParameterStore parameters_;
  DeviceArena activations_;
  DeviceArena control_;
  Executor executor_;
  UpdateReport report_;
  std::vector<float> moments_;  // of the gradients, as they are reported
  std::int64_t updates_ = 0;
  std::int64_t loss_samples_ = 0;  // since the loss was taken
  std::uint32_t passes_ = 0;       // training passes so far: the step of RandomKey
  bool fresh_ = true;              // nothing is accumulated
};

}  // namespace autoglm::nn
