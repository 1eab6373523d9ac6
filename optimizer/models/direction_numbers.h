// The table behind Sobol sequences.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace autoglm {

/// A primitive polynomial over GF(2), its coefficients as bits (x^2 + x + 1 is 7), and as many
/// initial direction numbers as its degree.
struct DirectionNumbers {
  std::uint32_t polynomial = 0;
  std::array<std::uint32_t, 10> initial{};
};

/// REQUIRES: 1 <= dimension <= 127, counted from 0; the first needs none.
const DirectionNumbers& direction_numbers(std::size_t dimension);

}  // namespace autoglm
