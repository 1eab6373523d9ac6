// Arrays of a device for timings; released together.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <random>
#include <vector>

#include "trainer/nn/backend.h"

namespace autoglm::bench {

using nn::Backend;
using nn::DType;
using nn::Shape;
using nn::Status;
using nn::Tensor;

class Memory {
 public:
  explicit Memory(Backend& backend) : backend_(backend) {}
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() {
    for (void* block : blocks_) {
      backend_.release(block);
    }
  }

  Backend& backend() { return backend_; }
  /// A timing that failed is worth nothing: the program ends.
  void check(Status status) {
    if (status != Status::ok) {
      std::fprintf(stderr, "%s\n", backend_.last_error());
      std::exit(1);
    }
  }

  void* zeros(std::size_t bytes) {
    void* block = nullptr;
    check(backend_.allocate(bytes, &block));
    blocks_.push_back(block);
    check(backend_.fill_zero(block, bytes));
    return block;
  }
  float* floats(std::int64_t n) {
    return static_cast<float*>(zeros(static_cast<std::size_t>(n) * 4));
  }
  /// From a normal distribution: zeros would be multiplied faster than numbers are. Long arrays
  /// repeat.
  Tensor random(DType type, const Shape& shape, float deviation = 1) {
    const Tensor wide{floats(shape.count()), DType::f32, shape};
    constexpr std::size_t kPeriod = 1000003;
    const auto count = static_cast<std::size_t>(shape.count());
    std::vector<float> numbers(std::min(count, kPeriod));
    std::normal_distribution<float> distribution(0, deviation);
    std::generate(numbers.begin(), numbers.end(), [&] { return distribution(random_); });
    for (std::size_t at = 0; at < count; at += numbers.size()) {
      check(backend_.upload(static_cast<float*>(wide.data) + at, numbers.data(),
                            std::min(numbers.size(), count - at) * sizeof(float)));
    }
    const Tensor made = empty(type, shape);
    check(backend_.cast(wide, made));
    return made;
  }
  Tensor empty(DType type, const Shape& shape) {
    return {zeros(static_cast<std::size_t>(shape.count()) * size_of(type)), type, shape};
  }

 private:
  Backend& backend_;
  std::minstd_rand random_{1};
  std::vector<void*> blocks_{};
};

}  // namespace autoglm::bench
