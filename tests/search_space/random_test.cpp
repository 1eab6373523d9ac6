#include "search_space/random.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <set>
#include <vector>

using namespace autoglm;

namespace {

using Block = std::array<std::uint32_t, 4>;

double chi_square(const std::vector<int>& counts, double expected) {
  double sum = 0;
  for (const int count : counts) {
    sum += (count - expected) * (count - expected) / expected;
  }
  return sum;
}

}  // namespace

// kat_vectors of Random123 1.14, "philox4x32 10".
TEST_CASE("Philox gives its published answers") {
  CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) == Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  constexpr std::uint32_t kOnes = 0xffffffff;
  CHECK(philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}) ==
        Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a generator reads the blocks of its seed and stream in turn") {
  const std::uint64_t seed = 0x0123456789abcdef;
  const std::uint64_t stream = 0xfedcba9876543210;
  Rng rng(seed, stream);
  for (std::uint32_t i = 0; i < 3; ++i) {
    const Block block = philox4x32({i, 0, 0x76543210, 0xfedcba98}, {0x89abcdef, 0x01234567});
    CHECK(rng() == ((std::uint64_t{block[1]} << 32U) | block[0]));
    CHECK(rng() == ((std::uint64_t{block[3]} << 32U) | block[2]));
  }
}

TEST_CASE("uniform numbers fill the unit interval evenly") {
  Rng rng(1, 2);
  std::vector<int> counts(100, 0);
  for (int i = 0; i < 100'000; ++i) {
    const double u = rng.uniform();
    REQUIRE(u >= 0);
    REQUIRE(u < 1);
    CHECK(std::trunc(u * 0x1p53) == u * 0x1p53);
    ++counts[static_cast<std::size_t>(u * 100)];
  }
  CHECK(chi_square(counts, 1000) < 148.2);  // 99 degrees of freedom, 0.1 %
}

TEST_CASE("every integer below a bound is as likely as the next") {
  Rng rng(3, 4);
  std::vector<int> counts(7, 0);
  for (int i = 0; i < 70'000; ++i) {
    ++counts[rng.below(7)];
  }
  CHECK(chi_square(counts, 10'000) < 22.5);  // 6 degrees of freedom, 0.1 %
  // Of a bound of 3/4 of the range, a remainder alone would make the lower third twice as likely.
  const std::uint64_t bound = std::uint64_t{3} << 62U;
  int low = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::uint64_t drawn = rng.below(bound);
    REQUIRE(drawn < bound);
    low += drawn < bound / 3 ? 1 : 0;
  }
  CHECK(std::abs(low - 10'000) < 4 * 81.6);
  CHECK(rng.below(1) == 0);
}

// mpmath with 40 digits; SciPy's norm.ppf agrees.
TEST_CASE("the normal quantile function is right to the last digits") {
  const std::array<std::array<double, 2>, 9> answers = {{{1e-300, -37.0470962993612},
                                                         {1e-20, -9.262340089798407},
                                                         {1e-05, -4.264890793922825},
                                                         {0.01, -2.326347874040841},
                                                         {0.075, -1.439531470938456},
                                                         {0.3, -0.5244005127080408},
                                                         {0.7, 0.5244005127080407},
                                                         {0.975, 1.9599639845400538},
                                                         {0.999, 3.090232306167813}}};
  for (const auto& [p, x] : answers) {
    CHECK(normal_quantile(p) == doctest::Approx(x).epsilon(4e-16));
  }
  CHECK(normal_quantile(0.5) == 0.0);
}

TEST_CASE("normal numbers have mean 0, variance 1 and the fourth moment 3") {
  Rng rng(5, 6);
  constexpr int kDraws = 200'000;
  double mean = 0;
  double square = 0;
  double fourth = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = rng.normal();
    REQUIRE(std::isfinite(x));
    mean += x / kDraws;
    square += x * x / kDraws;
    fourth += x * x * x * x / kDraws;
  }
  CHECK(std::abs(mean) < 0.01);         // standard error 0.0022
  CHECK(std::abs(square - 1) < 0.014);  // 0.0032
  CHECK(std::abs(fourth - 3) < 0.1);    // 0.022
}

TEST_CASE("each trial and repeat has its own seed of 31 bits") {
  std::set<std::uint64_t> seeds;
  for (std::int64_t trial = 0; trial < 1000; ++trial) {
    for (int repeat = 0; repeat < 3; ++repeat) {
      const std::uint64_t seed = trial_seed(7, trial, repeat);
      CHECK(seed < (std::uint64_t{1} << 31U));
      CHECK(seed == trial_seed(7, trial, repeat));
      seeds.insert(seed);
    }
  }
  CHECK(seeds.size() == 3000);  // two alike: once in 500 choices of the study's seed
  CHECK(trial_seed(7, 0, 0) != trial_seed(8, 0, 0));
}
