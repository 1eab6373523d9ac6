// Arrays on a device, filled from and compared with doubles.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "trainer/nn/backend.h"

namespace autoglm::nn::contract {

using Doubles = std::vector<double>;

/// The bits of x in a type, rounded to nearest even, and the value of bits: written for these
/// tests, by arithmetic on doubles alone.
std::uint32_t encoded(DType type, double x);
double decoded(DType type, std::uint32_t bits);
/// Each number as the type holds it.
Doubles rounded(DType type, Doubles numbers);

/// Normal numbers times `scale`, as the type holds them; the same for the same seed.
Doubles random_numbers(DType type, std::int64_t count, std::uint64_t seed, double scale = 1);

/// Memory of a backend with a margin behind it; both are filled with bits that are NaN in every
/// type. Destroying it fails the test if the margin has changed; where fence.h is watched, it may
/// not be read either.
class Array {
 public:
  Array(Backend& backend, DType type, Shape shape);
  Array(Backend& backend, DType type, Shape shape, const Doubles& numbers);
  ~Array();
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;

  const Tensor& tensor() const { return tensor_; }
  float* floats() const { return static_cast<float*>(tensor_.data); }
  void set(const Doubles& numbers);
  std::vector<std::uint32_t> bits() const;
  Doubles numbers() const;

 private:
  const char* margin() const;

  Backend& backend_;
  Tensor tensor_{};
};

/// Plain data in a backend's memory.
template <typename T>
class Records {
 public:
  Records(Backend& backend, std::vector<T> records) : backend_(backend), count_(records.size()) {
    if (backend.allocate(count_ * sizeof(T), &data_) != Status::ok) {
      throw std::bad_alloc();
    }
    set(records);
  }
  ~Records() { backend_.release(data_); }
  Records(const Records&) = delete;
  Records& operator=(const Records&) = delete;

  T* data() const { return static_cast<T*>(data_); }
  void set(const std::vector<T>& records) {
    static_cast<void>(backend_.upload(data_, records.data(), count_ * sizeof(T)));
  }
  std::vector<T> get() const {
    std::vector<T> result(count_);
    static_cast<void>(backend_.download(result.data(), data_, count_ * sizeof(T)));
    return result;
  }

 private:
  Backend& backend_;
  std::size_t count_;
  void* data_ = nullptr;
};

/// Fails the test unless max |a - b| <= tolerance max |b|, of an operation's results in a type; NaN
/// must meet NaN. The tolerance is that of f32, 1e-5, or the rounding of 16-bit results.
void check_close(const char* operation, DType type, const Doubles& a, const Doubles& b);

/// What check_close() has met so far of each operation and type of results: the greatest
/// max |a - b|, as a part of what is allowed.
const std::map<std::pair<std::string, DType>, double>& greatest_errors();

/// d f / d x by central differences.
template <typename F>
Doubles differences(Doubles x, const F& f) {
  constexpr double kStep = 1e-5;
  Doubles result(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double at = x[i];
    x[i] = at + kStep;
    const double above = f(x);
    x[i] = at - kStep;
    result[i] = (above - f(x)) / (2 * kStep);
    x[i] = at;
  }
  return result;
}

double dot(const Doubles& a, const Doubles& b);
Doubles sum(Doubles a, const Doubles& b);

}  // namespace autoglm::nn::contract
