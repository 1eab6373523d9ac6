// What a training step needs, found out before anything is allocated.
#pragma once

#include <cstddef>
#include <cstdint>

#include "trainer/nn/model/network.h"
#include "trainer/nn/model/program.h"
#include "trainer/nn/train_spec.h"

namespace autoglm::nn {

/// What is to be learnt.
struct Problem {
  Shape sample{};            // [features], or [height, width, channels]
  std::int64_t outputs = 1;  // classes, or targets
  bool classification = true;
};

/// Bytes of a device's memory.
struct MemoryUse {
  std::size_t masters = 0;
  std::size_t gradients = 0;
  std::size_t moments = 0;
  std::size_t working = 0;
  std::size_t statistics = 0;
  std::size_t activations = 0;  // with inputs, labels, losses and results of a piece
  std::size_t control = 0;      // what steps leave to each other, and what is reported
  std::size_t scratch = 0;      // of the backend; before a run an estimate
  // Of the host's memory, in none of the sums:
  std::size_t greatest = 0;  // the greatest array that comes from the host or goes to it
  std::size_t copies = 0;  // of the arrays of operations that the CPU computes for another device,
                           // and its scratch memory

  /// What is allocated by arenas: known exactly before.
  std::size_t arenas() const {
    return masters + gradients + moments + working + statistics + activations + control;
  }
  std::size_t total() const { return arenas() + scratch; }
};

struct StepPlan {
  std::int64_t piece = 1;  // samples that pass the network at once
  DType working = DType::f32;
  int moments = 0;
  Program training{};
  Program evaluation{};
  std::size_t activation_bytes = 0;  // one arena serves both programs
};

/// The efficient profile computes activations again, and splits a batch into up to four pieces of
/// at least 16 samples; not with batch norm, whose statistics are those of the whole batch. The
/// other two keep all that the backward pass reads, and do not split.
StepPlan plan_step(const Network& network, const Problem& problem, const TrainingSpec& spec);

/// Sizes of the arena `control`: a StepState, two sums, mean and variance of each gradient.
std::size_t control_bytes(const Network& network);

/// Exact but for `scratch`, which on the CPU is an estimate, on a CUDA device the most that may be
/// (cuda_scratch.h), beside what the backend has from the start; and for `copies`, the most that
/// may be. `device`: by default the CPU. Throws ModelError where the
/// spec makes no network.
MemoryUse predict_memory(const ModelSpec& model, const TrainingSpec& training,
                         const Problem& problem, const BackendInfo& device = {});
MemoryUse predict_memory(const Network& network, const StepPlan& plan, const BackendInfo& device);

}  // namespace autoglm::nn
