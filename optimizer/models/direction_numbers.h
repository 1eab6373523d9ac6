// The table behind Sobol sequences.
#pragma once

#include <array>
#include <cstdint>

namespace autoglm {

/// A primitive polynomial over GF(2), its coefficients as bits (x^2 + x + 1 is 7), and as many
/// initial direction numbers as its degree.
struct DirectionNumbers {
  std::uint32_t polynomial = 0;
  std::array<std::uint32_t, 10> initial{};
};

/// Of the second dimension (the first needs none) and those after it.
extern const std::array<DirectionNumbers, 127> kDirectionNumbers;

}  // namespace autoglm
