#include "optimizer/models/sobol_sequence.h"

#include <doctest/doctest.h>

#include <set>

namespace autoglm {

TEST_CASE("the plain sequence is SciPy's") {
  const SobolSequence three(3);
  CHECK(three.point(0) == std::vector<double>{0, 0, 0});
  CHECK(three.point(1) == std::vector<double>{0.5, 0.5, 0.5});
  CHECK(three.point(2) == std::vector<double>{0.75, 0.25, 0.25});
  CHECK(three.point(3) == std::vector<double>{0.25, 0.75, 0.75});
  const SobolSequence many(128);
  CHECK(many.point(5)[3] == 0.375);
  CHECK(many.point(77)[12] == 0.4921875);
  CHECK(many.point(500)[63] == 0.439453125);
  CHECK(many.point(1023)[127] == 0.7001953125);
}

TEST_CASE("256 points put one into each of 256 cells of each dimension, scrambled or not") {
  for (const SobolSequence& sequence : {SobolSequence(128), SobolSequence(128, 7)}) {
    std::vector<std::set<int>> cells(128);
    for (std::uint64_t i = 0; i < 256; ++i) {
      const std::vector<double> point = sequence.point(i);
      for (std::size_t j = 0; j < 128; ++j) {
        REQUIRE(point[j] >= 0);
        REQUIRE(point[j] < 1);
        cells[j].insert(static_cast<int>(point[j] * 256));
      }
    }
    for (const std::set<int>& taken : cells) {
      CHECK(taken.size() == 256);
    }
  }
}

TEST_CASE("16 scrambled points put one into each cell of a 4 by 4 grid of the first two") {
  const SobolSequence sequence(2, 99);
  std::set<int> cells;
  for (std::uint64_t i = 0; i < 16; ++i) {
    const std::vector<double> point = sequence.point(i);
    cells.insert(static_cast<int>(point[0] * 4) * 4 + static_cast<int>(point[1] * 4));
  }
  CHECK(cells.size() == 16);
}

TEST_CASE("the seed decides the scrambling, and every dimension has its own") {
  CHECK(SobolSequence(5, 1).point(3) == SobolSequence(5, 1).point(3));
  CHECK(SobolSequence(5, 1).point(3) != SobolSequence(5, 2).point(3));
  const std::vector<double> first = SobolSequence(64, 1).point(0);
  CHECK(std::set<double>(first.begin(), first.end()).size() == 64);
}

TEST_CASE("a scrambled point's coordinates are uniform over seeds") {
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    sum += SobolSequence(3, seed).point(1)[2];
  }
  CHECK(sum / 1000 == doctest::Approx(0.5).epsilon(0.06));
}

TEST_CASE("dimensions beyond the table are independent uniform numbers") {
  const SobolSequence sequence(200, 4);
  std::set<double> seen;
  for (std::uint64_t i = 0; i < 10; ++i) {
    const std::vector<double> point = sequence.point(i);
    REQUIRE(point.size() == 200);
    seen.insert(point.begin() + 128, point.end());
  }
  CHECK(seen.size() == 720);
  CHECK(*seen.begin() >= 0);
  CHECK(*seen.rbegin() < 1);
  CHECK(sequence.point(9) == SobolSequence(200, 4).point(9));
}

}  // namespace autoglm
