// One operation on one backend, with random arrays that are the same on every backend.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "trainer/nn/backend.h"

namespace autoglm::nn {

/// What an operation left in an array, as f64; and the bytes as they are.
struct Output {
  std::string name{};
  DType type = DType::f32;
  bool exact = false;  // whole numbers: other backends must say the same
  std::vector<double> values{};
  std::vector<unsigned char> bytes{};
};

/// Which arrays do not begin at a multiple of 64 bytes but at one of their numbers' size alone, as
/// operations must allow. Arrays of f64 and of records always do.
struct Misalignment {
  enum class Which { none, all_by_a_number, all_by_8_bytes, one_by_a_number };

  Which which = Which::none;
  std::size_t one = 0;  // of those that may be, in the order in which a case makes them

  /// The n-th kind, from 0 on: all arrays, then each of `arrays` by itself, then over again.
  static Misalignment of(std::size_t n, std::size_t arrays);
  /// Behind the text of a fault: where arrays lay; empty where none is misaligned.
  std::string text() const;
};

/// Arrays lie between guards, which must not change, or where fence.h is watched, not be read.
class TrialRun {
 public:
  TrialRun(Backend& backend, std::uint64_t seed, Misalignment misalignment)
      : backend_(backend), random_(seed), misalignment_(misalignment) {}
  TrialRun(const TrialRun&) = delete;
  TrialRun& operator=(const TrialRun&) = delete;
  ~TrialRun();

  Backend& backend() { return backend_; }

  /// Numbers from a normal distribution, rounded to `type`.
  Tensor in(DType type, const Shape& shape, float deviation = 1, float mean = 0);
  Tensor in_out(const std::string& name, DType type, const Shape& shape, float deviation = 1,
                float mean = 0);
  /// Not a number in any type until the operation writes.
  Tensor out(const std::string& name, DType type, const Shape& shape);

  float* floats(std::int64_t n, float deviation = 1, float mean = 0);
  float* floats_in_out(const std::string& name, std::int64_t n, float deviation = 1,
                       float mean = 0);
  float* floats_out(const std::string& name, std::int64_t n);
  std::int32_t* integers_out(const std::string& name, std::int64_t n);
  double* double_in_out(const std::string& name, double value);
  /// Whole numbers in [least, below).
  std::int32_t* integers(std::int64_t n, std::int32_t least, std::int32_t below);
  StepState* state(const StepState& value);

  /// Notes what an operation said; the rest of the case is of no use after a failure.
  void check(Status status);
  /// The first failure, or that a guard changed; empty: all is well.
  std::string fault();
  std::vector<Output> outputs();
  /// Whether a status so far was about the device as a whole, not the operation: it fails, it is
  /// full.
  bool device_failed() const { return device_failed_; }
  /// How many arrays there are so far that may be misaligned.
  std::size_t movable() const { return movable_; }

 private:
  enum class Kind { f32, bf16, f16, integer, real, state };
  struct Array {
    std::string name{};  // empty: not an output
    Kind kind = Kind::f32;
    void* block = nullptr;
    std::size_t offset = 0;
    std::size_t bytes = 0;
  };

  /// Bytes by which the next array is misaligned.
  std::size_t shift(Kind kind, std::size_t size);
  void* place(const std::string& name, Kind kind, std::size_t size, std::int64_t n,
              const void* from);
  void* random_numbers(const std::string& name, DType type, std::int64_t n, float deviation,
                       float mean);
  std::vector<unsigned char> bytes_of(const Array& array);
  void fence_guards(const Array& array);
  void free_guards(const Array& array);

  Backend& backend_;
  std::mt19937_64 random_;
  Misalignment misalignment_;
  std::size_t movable_ = 0;
  std::vector<Array> arrays_{};
  std::string fault_{};
  bool device_failed_ = false;
};

}  // namespace autoglm::nn
