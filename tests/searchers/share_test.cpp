#include "optimizer/searchers/share.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace autoglm;

namespace {

Configuration point(std::int64_t a, std::int64_t b) { return Configuration({{"a", a}, {"b", b}}); }

}  // namespace

TEST_CASE("each configuration belongs to exactly one share") {
  for (std::int64_t a = 0; a < 20; ++a) {
    int owners = 0;
    for (std::int64_t index = 0; index < 7; ++index) {
      owners += belongs_to({.index = index, .count = 7}, point(a, -a)) ? 1 : 0;
    }
    CHECK(owners == 1);
  }
}

TEST_CASE("a share does not depend on the order of parameters") {
  const Configuration reversed({{"b", std::int64_t{4}}, {"a", std::int64_t{3}}});
  for (std::int64_t index = 0; index < 5; ++index) {
    const Share share{.index = index, .count = 5};
    CHECK(belongs_to(share, point(3, 4)) == belongs_to(share, reversed));
  }
}

TEST_CASE("shares are about alike") {
  std::vector<int> sizes(4);
  for (std::int64_t a = 0; a < 100; ++a) {
    for (std::int64_t b = 0; b < 100; ++b) {
      for (std::size_t index = 0; index < sizes.size(); ++index) {
        const Share share{.index = static_cast<std::int64_t>(index), .count = 4};
        sizes[index] += belongs_to(share, point(a, b)) ? 1 : 0;
      }
    }
  }
  // 2500 are expected; the deviation of a fair draw is 43.
  CHECK(*std::min_element(sizes.begin(), sizes.end()) > 2300);
  CHECK(*std::max_element(sizes.begin(), sizes.end()) < 2700);
}
