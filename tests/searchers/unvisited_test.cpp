#include "optimizer/searchers/unvisited.h"

#include <doctest/doctest.h>

#include <map>

#include "study_past.h"

namespace autoglm {

using testing::add_trial;
using testing::configuration_of;
using testing::space_of;

TEST_CASE("the last open configuration of ten thousand is found") {
  const SearchSpace space = space_of(R"({
    "a": {"type": "int", "min": 1, "max": 100}, "b": {"type": "int", "min": 1, "max": 100}})");
  History history = testing::empty_history(space);
  space.enumerate([&](const Configuration& configuration) {
    if (configuration_json(configuration) != R"({"a": 37, "b": 64})") {
      add_trial(history, configuration, TrialState::complete, {0});
    }
    return true;
  });
  const Configuration nothing_fixed;
  const Request request(9999, nothing_fixed, history);
  Rng rng(1, 9999);
  const auto last = draw_unvisited(request, rng);
  REQUIRE(last);
  CHECK(configuration_json(*last) == R"({"a": 37, "b": 64})");
  add_trial(history, *last, TrialState::running);
  CHECK_FALSE(draw_unvisited(Request(10'000, nothing_fixed, history), rng));
}

TEST_CASE("of few open configurations each is as likely") {
  // Three of two thousand are open: 1, 2 and 3.
  const SearchSpace space = space_of(R"({"n": {"type": "int", "min": 1, "max": 2000}})");
  History history = testing::empty_history(space);
  for (std::int64_t n = 4; n <= 2000; ++n) {
    add_trial(history, Configuration({{"n", n}}), TrialState::failed);
  }
  std::map<std::string, int> drawn;
  const Configuration nothing_fixed;
  const Request request(5000, nothing_fixed, history);
  for (std::uint64_t stream = 0; stream < 300; ++stream) {
    Rng rng(1, stream);
    ++drawn[configuration_json(*draw_unvisited(request, rng))];
  }
  CHECK(drawn.size() == 3);
  for (const auto& [configuration, times] : drawn) {
    CHECK(times > 60);  // expected: 100, deviation 8
  }
}

TEST_CASE("a space that no configuration satisfies gives nothing") {
  const SearchSpace space = space_of(
      R"({"x": {"type": "uniform", "min": 0, "max": 1}, "y": {"type": "uniform", "min": 0, "max": 1}})",
      R"(["x + y > 3"])");
  const History history = testing::empty_history(space);
  const Configuration nothing_fixed;
  Rng rng(1, 0);
  CHECK_FALSE(draw_unvisited(Request(0, nothing_fixed, history), rng));
}

TEST_CASE("values that are fixed hold by what they are, not by how they are written") {
  const SearchSpace space = space_of(R"({"x": {"type": "uniform", "min": 0, "max": 4}})");
  const Configuration configuration = configuration_of(R"({"x": 2.0})", space);
  CHECK(agrees(configuration, Configuration({{"x", std::int64_t{2}}})));
  CHECK_FALSE(agrees(configuration, Configuration({{"x", 2.5}})));
  CHECK_FALSE(agrees(configuration, Configuration({{"y", 2.0}})));
}

}  // namespace autoglm
