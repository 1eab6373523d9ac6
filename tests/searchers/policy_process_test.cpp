#include "optimizer/models/policy_process.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "random_space.h"
#include "study_past.h"

namespace autoglm {

TEST_CASE("a parameter has a head for each combination of its parents under which it is active") {
  const SearchSpace space = testing::space_of(R"({
    "depth": {"type": "int", "min": 1, "max": 5, "when": "kind in ['tree', 'forest']"},
    "kind": {"type": "categorical", "choices": ["line", "tree", "forest"]},
    "seven": {"type": "constant", "value": 7},
    "rate": {"type": "uniform", "min": 0, "max": 1}})");
  const PolicyProcess process(space);
  std::vector<std::string> heads;
  for (std::size_t h = 0; h < process.heads().size(); ++h) {
    const PolicyHead& head = process.heads()[h];
    heads.push_back(process.parameter_of(h).name + ", " + head.branch + ", " +
                    std::to_string(head.choices));
  }
  CHECK(heads == std::vector<std::string>{"kind, , 3", "depth, kind = tree, 0",
                                          "depth, kind = forest, 0", "rate, , 0"});
}

TEST_CASE("a parent with a range of values does not split a head") {
  const SearchSpace space = testing::space_of(R"({
    "x": {"type": "uniform", "min": 0, "max": 1},
    "on": {"type": "categorical", "choices": [true, false]},
    "y": {"type": "uniform", "min": 0, "max": 1, "when": "x > 0.5 and on == true"}})");
  const PolicyProcess process(space);
  REQUIRE(process.heads().size() == 5);
  CHECK(process.heads()[2].branch == "on = true");
  CHECK(process.heads()[3].branch == "on = false");
  CHECK(process.heads()[4].branch.empty());  // on itself not active
}

TEST_CASE("an episode has a step for each decision, in the cell of its value") {
  const SearchSpace space = testing::space_of(R"({
    "kind": {"type": "categorical", "choices": ["a", "b"]},
    "n": {"type": "int", "min": 1, "max": 4, "when": "kind == 'b'"},
    "x": {"type": "uniform", "min": 0, "max": 2}})");
  const PolicyProcess process(space);
  const Episode episode =
      process.episode_of(testing::configuration_of(R"({"kind": "b", "n": 2, "x": 0.5})", space));
  REQUIRE(episode.size() == 3);
  CHECK(episode[0].choice(process.heads()[0]) == 1);
  CHECK(episode[1].from == 0.25);
  CHECK(episode[1].to == 0.5);
  CHECK(episode[2].from == 0.25);
  CHECK(episode[2].to == 0.25);
  CHECK(process.episode_of(testing::configuration_of(R"({"kind": "a", "x": 0})", space)).size() ==
        2);
}

TEST_CASE("cells of log integers are those of the domain") {
  const SearchSpace space = testing::space_of(R"({"n": {"type": "log_int", "min": 1, "max": 9}})");
  const PolicyProcess process(space);
  double end = 0;
  for (std::int64_t n = 1; n <= 9; ++n) {
    const PolicyStep step = process.step_at(0, position_of(space.parameters()[0].domain, Value(n)));
    CHECK(step.from == doctest::Approx(end));
    CHECK(std::get<std::int64_t>(value_at(space.parameters()[0].domain, step.from + 1e-9)) == n);
    CHECK(std::get<std::int64_t>(value_at(space.parameters()[0].domain, step.to - 1e-9)) == n);
    end = step.to;
  }
  CHECK(end == doctest::Approx(1));
}

TEST_CASE("what an episode tells of a configuration plays it again, on spaces of all kinds") {
  for (std::uint64_t number = 0; number < 200; ++number) {
    CAPTURE(number);
    const SearchSpace space = testing::random_space(number, testing::Size::any);
    const PolicyProcess process(space);
    Rng rng(number, 1);
    const Configuration drawn = *space.sample(rng);
    std::vector<double> positions(process.heads().size(), 0.5);
    for (const PolicyStep& step : process.episode_of(drawn)) {
      positions[step.head] = step.position();
    }
    const Configuration played =
        process.play([&](std::size_t head) { return positions[head]; }, {});
    CHECK(configuration_json(played) == configuration_json(drawn));
  }
}

}  // namespace autoglm
