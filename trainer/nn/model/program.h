// What is computed in which order, and where everything lies: made once from a network, for the
// greatest batch, before any memory is allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "trainer/nn/model/layer.h"
#include "trainer/nn/model/network.h"
#include "trainer/nn/tensor.h"

namespace autoglm::nn {

/// A piece of the arena; several values may lie in it one after another, or at once as views.
using StorageId = std::int32_t;
constexpr StorageId kNoStorage = -1;

struct Storage {
  std::size_t bytes = 0;
  std::int32_t first = 0, last = 0;  // instructions that touch it; between them it is not reused
  std::size_t offset = 0;            // in the arena
};

struct Instruction {
  enum class Kind {
    forward,
    again,  // forward, of what was thrown away
    backward,
    sum  // y <- x + second: gradients of the value `node`, which several nodes read
  };
  Kind kind = Kind::forward;
  std::int32_t node = 0;
  StorageId x = kNoStorage;
  StorageId second = kNoStorage;
  StorageId y = kNoStorage;
  StorageId saved = kNoStorage;
  StorageId dy = kNoStorage;
  StorageId dz = kNoStorage;
  StorageId dx = kNoStorage;
};

struct ProgramOptions {
  Mode mode = Mode::training;
  std::int64_t batch = 1;  // the greatest
  DType working = DType::f32;
  bool recompute = false;       // keep what lies between blocks only, see MemoryProfile::efficient
  std::size_t truth_bytes = 4;  // of a sample's label, or targets
};

struct Program {
  std::vector<Instruction> forward{};
  std::vector<Instruction> backward{};  // begins with `output_gradient`
  std::vector<Storage> storages{};
  StorageId staged = kNoStorage;  // f32 inputs; `input` itself where the working type is f32
  StorageId input = kNoStorage;
  StorageId truth = kNoStorage;            // int32 labels or f32 targets
  StorageId output = kNoStorage;           // of the network
  StorageId output_gradient = kNoStorage;  // training; may be `output` itself
  StorageId losses = kNoStorage;           // f32 [batch]
  StorageId results = kNoStorage;          // evaluation: f32 [batch, outputs]
  std::size_t bytes = 0;                   // of the arena

  std::size_t offset(StorageId id) const { return storages[static_cast<std::size_t>(id)].offset; }
};

Program plan_program(const Network& network, const ProgramOptions& options);

/// Gives each storage its offset, such that those that are in use at once do not overlap: greatest
/// first, each at the lowest offset that is free as long as it is used ("greedy by size", Pisarchyk
/// and Lee, arXiv:2001.03288, algorithm 3). Returns the bytes of the arena.
std::size_t place(std::vector<Storage>& storages);

}  // namespace autoglm::nn
