// Sobol's low-discrepancy sequence, plain or scrambled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "search_space/random.h"

namespace autoglm {

/// Points of [0, 1)^dimensions, multiples of 2^-32, in Gray code order, by the direction numbers of
/// Joe and Kuo (2008) for the first kLowDiscrepancy dimensions. Those beyond have none: their
/// coordinates are independent uniform numbers.
class SobolSequence {
 public:
  static constexpr std::size_t kLowDiscrepancy = 128;

  /// The sequence itself; the first point is 0. REQUIRES: dimensions <= kLowDiscrepancy.
  explicit SobolSequence(std::size_t dimensions);

  /// Scrambled by a random lower triangular matrix a dimension (Matousek, "On the L2-discrepancy
  /// for anchored boxes", 1998) and a digital shift: each point is uniform on the cube, and the
  /// sequence as evenly spread as the plain one. The same seed, the same sequence.
  SobolSequence(std::size_t dimensions, std::uint64_t seed);

  /// Point `index` (modulo 2^32), [dimensions].
  std::vector<double> point(std::uint64_t index) const;

 private:
  struct Dimension {
    std::vector<std::uint32_t> directions{};  // [32], the most significant digit first
    std::uint32_t shift = 0;
  };
  std::vector<Dimension> dimensions_{};  // at most kLowDiscrepancy
  std::size_t extra_ = 0;                // dimensions beyond
  std::uint64_t seed_ = 0;
};

}  // namespace autoglm
