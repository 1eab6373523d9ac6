#include "difference.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace autoglm::nn {

double farther(double one, double other) {
  const bool finite = std::isfinite(one) && std::isfinite(other);
  return finite ? std::max(one, other) : std::numeric_limits<double>::infinity();
}

double difference(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double most = 0;
  double size = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto expected = static_cast<double>(b[i]);
    most = farther(most, std::abs(static_cast<double>(a[i]) - expected));
    size = farther(size, std::abs(expected));
  }
  return size > 0 && std::isfinite(most) ? most / size : most;
}

TEST_CASE("a number that is not finite is infinitely far from every other") {
  const float infinity = std::numeric_limits<float>::infinity();
  const float none = std::numeric_limits<float>::quiet_NaN();
  for (const float bad : {infinity, -infinity, none}) {
    CHECK(std::isinf(difference({1, bad, 3}, {1, 2, 3})));
    CHECK(std::isinf(difference({1, 2, 3}, {1, bad, 3})));
    CHECK(std::isinf(difference({1, bad, 3}, {1, bad, 3})));
    CHECK(std::isinf(farther(1, static_cast<double>(bad))));
    CHECK(std::isinf(farther(static_cast<double>(bad), 1)));
  }
  CHECK(difference({1, 2, 3}, {1, 2, 4}) == 0.25);
  CHECK(difference({0.5F}, {0}) == 0.5);
}

}  // namespace autoglm::nn
