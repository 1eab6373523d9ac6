#include "trainer/nn/model/executor.h"

#include <cstddef>

#include "trainer/nn/model/status_error.h"

namespace autoglm::nn {
namespace {

Shape batched(std::int64_t samples, const Shape& sample) {
  Shape shape{samples};
  for (std::int32_t i = 0; i < sample.rank; ++i) {
    shape.sizes[static_cast<std::size_t>(shape.rank++)] = sample[i];
  }
  return shape;
}

}  // namespace

void* Executor::address(const Program& program, StorageId id) const {
  return id == kNoStorage ? nullptr : static_cast<std::byte*>(arena_) + program.offset(id);
}

Tensor Executor::tensor(const Program& program, StorageId id, ValueId value,
                        std::int64_t samples) const {
  if (id == kNoStorage) {
    return {};
  }
  return {address(program, id), parameters_.working_type(),
          batched(samples, network_.shape(value))};
}

void Executor::run(const Program& program, const Instruction& instruction, Pass& pass,
                   std::int64_t samples) const {
  const auto tensor_at = [&](StorageId id, ValueId value) {
    return tensor(program, id, value, samples);
  };
  if (instruction.kind == Instruction::Kind::sum) {
    const ValueId value = instruction.node;
    require_ok(backend_.add(tensor_at(instruction.x, value), tensor_at(instruction.second, value),
                            tensor_at(instruction.y, value), Activation::identity),
               backend_, "add");
    return;
  }
  const Node& node = network_.nodes()[static_cast<std::size_t>(instruction.node)];
  pass.random.stream = node.stream;
  auto* saved = static_cast<std::int32_t*>(address(program, instruction.saved));
  if (instruction.kind == Instruction::Kind::backward) {
    node.layer->backward(pass, {.x = tensor_at(instruction.x, node.x),
                                .y = tensor_at(instruction.y, node.y),
                                .dy = tensor_at(instruction.dy, node.y),
                                .dz = tensor_at(instruction.dz, node.y),
                                .dx = tensor_at(instruction.dx, node.x),
                                .saved = saved});
    return;
  }
  pass.again = instruction.kind == Instruction::Kind::again;
  node.layer->forward(pass, {.x = tensor_at(instruction.x, node.x),
                             .second = tensor_at(instruction.second, node.x),
                             .y = tensor_at(instruction.y, node.y),
                             .saved = saved});
}

void Executor::forward(const Program& program, const PassOptions& options) const {
  Pass pass{backend_, parameters_, options.mode, false, {options.seed, 0, options.step}};
  for (const Instruction& instruction : program.forward) {
    run(program, instruction, pass, options.samples);
  }
}

void Executor::backward(const Program& program, const PassOptions& options) const {
  Pass pass{backend_, parameters_, Mode::training, false, {options.seed, 0, options.step}};
  for (const Instruction& instruction : program.backward) {
    run(program, instruction, pass, options.samples);
  }
}

}  // namespace autoglm::nn
