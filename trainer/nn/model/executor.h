// Runs programs: hands each layer its tensors.
#pragma once

#include <cstdint>

#include "trainer/nn/backend.h"
#include "trainer/nn/model/network.h"
#include "trainer/nn/model/parameter_store.h"
#include "trainer/nn/model/program.h"

namespace autoglm::nn {

/// What a pass is told beside its program. `samples`: at most the program's batch.
struct PassOptions {
  Mode mode = Mode::training;
  std::int64_t samples = 1;
  std::uint64_t seed = 0;  // of dropout
  std::uint32_t step = 0;  // each training pass has its own; the backward pass that of its forward
};

/// All references must outlive it. Nothing is allocated.
class Executor {
 public:
  /// `arena`: the address of the programs' memory, null if there is none yet.
  Executor(Backend& backend, const Network& network, const ParameterStore& parameters, void* arena)
      : backend_(backend), network_(network), parameters_(parameters), arena_(arena) {}

  /// Reads the program's `input`, writes its `output`. Throws DeviceError.
  void forward(const Program& program, const PassOptions& options) const;
  /// Reads the program's `output_gradient`; adds to the gradients of the parameters.
  void backward(const Program& program, const PassOptions& options) const;

  /// What of a program lies where, for `samples`.
  Tensor tensor(const Program& program, StorageId id, ValueId value, std::int64_t samples) const;
  void* address(const Program& program, StorageId id) const;

 private:
  void run(const Program& program, const Instruction& instruction, Pass& pass,
           std::int64_t samples) const;

  Backend& backend_;
  const Network& network_;
  const ParameterStore& parameters_;
  void* arena_;
};

}  // namespace autoglm::nn
