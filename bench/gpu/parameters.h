// The parameters of a network in one arena, as the trainer keeps them.
#pragma once

#include "bench/gpu/memory.h"

namespace autoglm::bench {

/// Masters, gradients and moments, f32, and copies in the working type. First all parameters are
/// counted, then the arrays are made.
class Parameters {
 public:
  Parameters(Memory& memory, DType type) : memory_(memory), type_(type) {}

  /// Where n further parameters will lie; from 64 bytes to 64 bytes.
  std::int64_t reserve(std::int64_t n) {
    const std::int64_t at = count_;
    count_ += (n + 31) / 32 * 32;
    return at;
  }
  void make() {
    const Tensor start = memory_.random(DType::f32, {count_}, 0.02F);
    working_ = memory_.empty(type_, {count_});
    memory_.check(memory_.backend().cast(start, working_));
    master_ = static_cast<float*>(start.data);
    gradient_ = memory_.floats(count_);
    first_ = memory_.floats(count_);
    second_ = memory_.floats(count_);
    const nn::StepState begin{};
    state_ = static_cast<nn::StepState*>(memory_.zeros(sizeof begin));
    memory_.check(memory_.backend().upload(state_, &begin, sizeof begin));
  }

  Tensor working(std::int64_t at, const Shape& shape) const {
    return {static_cast<char*>(working_.data) + static_cast<std::size_t>(at) * size_of(type_),
            type_, shape};
  }
  float* master(std::int64_t at) const { return master_ + at; }
  float* gradient(std::int64_t at) const { return gradient_ + at; }
  const nn::StepState* state() const { return state_; }

  Status clear() {
    return memory_.backend().fill_zero(gradient_, static_cast<std::size_t>(count_) * 4);
  }
  Status update() {
    const Status status = memory_.backend().judge_gradients(gradient_, count_, {}, state_);
    return status != Status::ok
               ? status
               : memory_.backend().adam(
                     {count_, master_, gradient_, first_, second_, working_.data, type_},
                     {.lr = 1e-3F, .weight_decay = 0.01F}, state_);
  }

 private:
  Memory& memory_;
  DType type_;
  std::int64_t count_ = 0;
  float* master_ = nullptr;
  float* gradient_ = nullptr;
  float* first_ = nullptr;
  float* second_ = nullptr;
  Tensor working_{};
  nn::StepState* state_ = nullptr;
};

}  // namespace autoglm::bench
