// Training steps of whole networks, written out as the backend's operations: what the trainer does,
// without the trainer.
#pragma once

#include <memory>

#include "bench/gpu/memory.h"

namespace autoglm::bench {

class TrainingStep {
 public:
  virtual ~TrainingStep() = default;
  /// Forward, loss, backward, norm of the gradients, AdamW. Does not wait for the device.
  virtual Status run() = 0;
};

/// Dense layers with relu between; `widths`: inputs, hidden layers, classes.
std::unique_ptr<TrainingStep> make_mlp(Memory& memory, DType type, std::int64_t batch,
                                       const std::vector<std::int64_t>& widths);

/// Images of 3 channels; for each of `channels` two convolutions of 3x3 with batch norm and relu,
/// then a max pool of 2x2; at last the mean over the image and a dense layer of 10.
std::unique_ptr<TrainingStep> make_cnn(Memory& memory, DType type, std::int64_t batch,
                                       std::int64_t size,
                                       const std::vector<std::int64_t>& channels);

}  // namespace autoglm::bench
