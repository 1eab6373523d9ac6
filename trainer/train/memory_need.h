// What a training run will need of memory, found out when its data are open and nothing else is.
#pragma once

#include <cstddef>

#include "trainer/nn/backend.h"
#include "trainer/nn/data/dataset.h"
#include "trainer/nn/model/step_plan.h"
#include "trainer/nn/train_spec.h"

namespace autoglm {

/// Bytes of the host's memory.
struct MemoryNeed {
  std::size_t present = 0;   // what the process has already: the program and the data; measured
  std::size_t peak = 0;      // the most that it had so far
  std::size_t networks = 0;  // of all folds, with an estimate of scratch memory; 0 on a device that
                             // has memory of its own
  // Of such a device: the buffers through which arrays go there, and copies of the arrays of
  // operations that the CPU computes for it.
  std::size_t transfer = 0;
  std::size_t batches = 0;  // as they are handed to the networks, and results
  std::size_t rows = 0;     // which of them are in which part, and in which order
  // The greatest of what comes and goes: an array on its way to or from the device, the weights
  // that are kept, a split that is being made.
  std::size_t passing = 0;

  // In none of the sums: the networks, with scratch memory, on a device that has memory of its own,
  // beside what its backend had when it was made. No machine memory is counted for it: what the
  // emulated device has there is not the run's need.
  std::size_t on_device = 0;

  std::size_t total() const;
};

/// `spec.training.batch` is at most the data set's rows. The folds are like one another, and share
/// the backend's scratch memory.
MemoryNeed predict_memory_need(const nn::TrainSpec& spec, const nn::Dataset& dataset,
                               const nn::MemoryUse& of_fold, const nn::BackendInfo& device);

}  // namespace autoglm
