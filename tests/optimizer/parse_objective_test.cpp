#include <doctest/doctest.h>

#include "optimizer/objective.h"

namespace autoglm {
namespace {

Objective parsed(const std::string& text) { return parse_objective(*read_spec(text, "s.json")); }

std::string problem_of(const std::string& text) {
  try {
    parsed(text);
  } catch (const SpecError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("a metric is an object with a name and a goal") {
  const Objective objective = parsed(R"({"name": "loss", "goal": "minimize", "target": 0.05})");
  REQUIRE(objective.size() == 1);
  CHECK(objective.metrics()[0].name == "loss");
  CHECK(objective.metrics()[0].goal == Goal::minimize);
  CHECK(objective.metrics()[0].target == 0.05);
  CHECK(objective.metrics()[0].reduce == Reduce::last);
}

TEST_CASE("direction and mode are other names of goal") {
  CHECK(parsed(R"({"name": "a", "direction": "maximize"})").metrics()[0].goal == Goal::maximize);
  CHECK(parsed(R"({"name": "a", "mode": "maximize"})").metrics()[0].goal == Goal::maximize);
}

TEST_CASE("several metrics are a list") {
  const Objective objective =
      parsed(R"([{"name": "f1", "goal": "maximize"}, {"name": "ms", "goal": "minimize"}])");
  REQUIRE(objective.size() == 2);
  CHECK(objective.metrics()[1].name == "ms");
}

TEST_CASE("reduce is last, min, max or the mean of the last N") {
  CHECK(parsed(R"({"name":"a","goal":"minimize","reduce":"min"})").metrics()[0].reduce ==
        Reduce::min);
  const Metric mean =
      parsed(R"({"name":"a","goal":"minimize","reduce":"mean_last_5"})").metrics()[0];
  CHECK(mean.reduce == Reduce::mean_last);
  CHECK(mean.mean_of == 5);
  const std::string rule =
      R"(must be "last", "min", "max" or "mean_last_N" (such as "mean_last_5"), not )";
  CHECK(problem_of(R"({"name":"a","goal":"minimize","reduce":"mean"})") ==
        "s.json:1:40: /reduce: " + rule + R"("mean")");
  CHECK(problem_of(R"({"name":"a","goal":"minimize","reduce":"mean_last_0"})") ==
        "s.json:1:40: /reduce: " + rule + R"("mean_last_0")");
  CHECK(problem_of(R"({"name":"a","goal":"minimize","reduce":"mean_last_5x"})") ==
        "s.json:1:40: /reduce: " + rule + R"("mean_last_5x")");
}

TEST_CASE("the goal is required and one of two words") {
  CHECK(problem_of(R"({"name": "a"})") == "s.json:1:1: /: the metric needs \"goal\"; add it");
  CHECK(problem_of(R"({"name": "a", "goal": "min"})") ==
        R"(s.json:1:23: /goal: must be "minimize" or "maximize", not "min")");
}

TEST_CASE("a metric's value is an expression over what programs report") {
  const Objective objective =
      parsed(R"({"name": "score", "goal": "maximize", "value": "0.7 * f1 + 0.3 / ms"})");
  CHECK(objective.value_at(0, {{"f1", 1}, {"ms", 3}}) == doctest::Approx(0.8));
  CHECK(problem_of(R"({"name": "a", "goal": "maximize", "value": "f1 > 3"})") ==
        "s.json:1:44: /value: must be a number, not a condition");
}

TEST_CASE("an expression names no metric that is computed itself") {
  CHECK(problem_of(R"_({"name": "loss", "goal": "minimize", "value": "log(loss)"})_") ==
        "s.json:1:47: /value: \"loss\" is computed itself; give the metric another name than those "
        "that the program reports");
}

TEST_CASE("names of metrics are unique and not empty") {
  CHECK(problem_of(R"({"name": "", "goal": "minimize"})") ==
        "s.json:1:10: /name: a metric needs a name");
  CHECK(problem_of(R"([{"name":"a","goal":"minimize"},{"name":"a","goal":"maximize"}])") ==
        "s.json:1:41: /1/name: there is already a metric \"a\"; each needs its own name");
  CHECK(problem_of("[]") == "s.json:1:1: /: needs at least one metric");
}

}  // namespace
}  // namespace autoglm
