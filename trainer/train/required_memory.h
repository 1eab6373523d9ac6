// Whether a training run may have the memory that it will need.
#pragma once

#include <cstddef>
#include <string>

#include "trainer/nn/backend.h"
#include "trainer/nn/data/dataset.h"
#include "trainer/nn/train_spec.h"
#include "trainer/train/training_run.h"

namespace autoglm {

/// For people: "12.3 MB".
std::string megabytes(std::size_t bytes);

/// To be asked before anything large but the data is allocated. Says what is needed, and throws
/// InfeasibleRun if the machine, its control group or the memory_limit has less. Returns the bytes
/// that are needed of the device's own memory, beside what its backend has already.
std::size_t require_memory(const nn::TrainSpec& spec, const nn::Dataset& dataset,
                           const nn::Backend& backend, RunReporter& reporter);

}  // namespace autoglm
