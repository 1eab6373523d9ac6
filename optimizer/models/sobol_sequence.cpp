#include "optimizer/models/sobol_sequence.h"

#include <algorithm>
#include <bit>

#include "optimizer/models/direction_numbers.h"

namespace autoglm {

namespace {

constexpr int kDigits = 32;

// The streams of a study's generator are its trials; these are far beyond any trial's number.
constexpr std::uint64_t kScramblingStream = std::uint64_t{1} << 62;
constexpr std::uint64_t kExtraStream = std::uint64_t{1} << 63;

std::vector<std::uint32_t> directions_of(std::size_t dimension) {
  std::vector<std::uint32_t> directions(kDigits);
  if (dimension == 0) {
    for (int k = 0; k < kDigits; ++k) {
      directions[static_cast<std::size_t>(k)] = std::uint32_t{1} << (kDigits - 1 - k);
    }
    return directions;
  }
  const DirectionNumbers& numbers = direction_numbers(dimension);
  const auto degree = static_cast<std::size_t>(std::bit_width(numbers.polynomial)) - 1;
  for (std::size_t k = 0; k < kDigits; ++k) {
    if (k < degree) {
      directions[k] = numbers.initial[k] << (kDigits - 1 - k);
      continue;
    }
    // The recurrence of Joe and Kuo's eq. (2); bit degree - i of the polynomial is a_i.
    directions[k] = directions[k - degree] ^ (directions[k - degree] >> degree);
    for (std::size_t i = 1; i < degree; ++i) {
      if ((numbers.polynomial >> (degree - i) & 1) != 0) {
        directions[k] ^= directions[k - i];
      }
    }
  }
  return directions;
}

// rows[i], for digit i, has a one at digit i and random digits above it.
std::uint32_t multiply(const std::vector<std::uint32_t>& rows, std::uint32_t number) {
  std::uint32_t product = 0;
  for (int i = 0; i < kDigits; ++i) {
    const int parity = std::popcount(rows[static_cast<std::size_t>(i)] & number) & 1;
    product |= static_cast<std::uint32_t>(parity) << (kDigits - 1 - i);
  }
  return product;
}

std::vector<std::uint32_t> random_lower_triangle(Rng& rng) {
  std::vector<std::uint32_t> rows(kDigits);
  for (int i = 0; i < kDigits; ++i) {
    const std::uint32_t diagonal = std::uint32_t{1} << (kDigits - 1 - i);
    const std::uint32_t above = ~(diagonal | (diagonal - 1));
    rows[static_cast<std::size_t>(i)] = diagonal | (static_cast<std::uint32_t>(rng()) & above);
  }
  return rows;
}

}  // namespace

SobolSequence::SobolSequence(std::size_t dimensions) {
  for (std::size_t i = 0; i < dimensions; ++i) {
    dimensions_.push_back({directions_of(i), 0});
  }
}

SobolSequence::SobolSequence(std::size_t dimensions, std::uint64_t seed)
    : SobolSequence(std::min(dimensions, kLowDiscrepancy)) {
  extra_ = dimensions - dimensions_.size();
  seed_ = seed;
  for (std::size_t i = 0; i < dimensions_.size(); ++i) {
    Rng rng(seed, kScramblingStream + i);
    const std::vector<std::uint32_t> rows = random_lower_triangle(rng);
    for (std::uint32_t& direction : dimensions_[i].directions) {
      direction = multiply(rows, direction);
    }
    dimensions_[i].shift = static_cast<std::uint32_t>(rng());
  }
}

std::vector<double> SobolSequence::point(std::uint64_t index) const {
  const auto low = static_cast<std::uint32_t>(index);
  const std::uint32_t gray = low ^ (low >> 1);
  std::vector<double> point;
  for (const Dimension& dimension : dimensions_) {
    std::uint32_t digits = dimension.shift;
    for (std::size_t k = 0; k < kDigits; ++k) {
      if ((gray >> k & 1) != 0) {
        digits ^= dimension.directions[k];
      }
    }
    point.push_back(digits * 0x1p-32);
  }
  Rng rng(seed_, kExtraStream + index);
  for (std::size_t i = 0; i < extra_; ++i) {
    point.push_back(rng.uniform());
  }
  return point;
}

}  // namespace autoglm
