// Random numbers that are the same on every machine, and need no state to be kept.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

namespace autoglm {

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

/// A generator over philox4x32, keyed by (seed, stream): a stream is a trial, so what a trial draws
/// never depends on what others drew. All transforms are our own, since those of the standard
/// library differ between libraries. A UniformRandomBitGenerator.
class Rng {
 public:
  using result_type = std::uint64_t;

  Rng(std::uint64_t seed, std::uint64_t stream);

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  result_type operator()();

  /// In [0, 1), a multiple of 2^-53.
  double uniform();
  /// In [0, bound), unbiased. REQUIRES: bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Standard normal, by inversion of the distribution function (one uniform number each).
  double normal();

 private:
  void refill();

  std::array<std::uint32_t, 2> key_{};
  std::array<std::uint32_t, 4> counter_{};
  std::array<std::uint32_t, 4> block_{};
  int used_ = 4;
};

/// The quantile function of the standard normal distribution; p in (0, 1).
double normal_quantile(double p);

/// The seed that a program gets: derived from the study's, the trial's number and the repeat;
/// in [0, 2^31), which every library's generator takes.
std::uint64_t trial_seed(std::uint64_t study_seed, std::int64_t trial, int repeat);

}  // namespace autoglm
