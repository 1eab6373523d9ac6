#include "search_space/search_space.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "random_space.h"

using namespace autoglm;

namespace {

using Completeness = SearchSpace::Completeness;

SearchSpace space_of(const std::string& parameters, const std::string& constraints = "[]") {
  const SpecRoot limits = read_spec(constraints, "s.json");
  return parse_search_space(*read_spec(parameters, "s.json"), limits.get(), nullptr);
}

Configuration configuration_of(const char* json) {
  Configuration configuration;
  const SpecRoot root = read_spec(json, "c.json");
  for (const SpecMember& member : root->members) {
    configuration.set(member.key, member.value->as_value());
  }
  return configuration;
}

// Momentum before the optimizer that it depends on.
constexpr const char* kSgd = R"({
  "nesterov": {"type": "categorical", "choices": [true, false], "when": "momentum > 0.5"},
  "momentum": {"type": "uniform", "min": 0, "max": 1, "step": 0.25, "when": "opt == 'sgd'"},
  "opt": {"type": "categorical", "choices": ["adam", "sgd"]},
  "n": {"type": "int", "min": 1, "max": 3}})";

std::vector<std::string> enumerated(const SearchSpace& space) {
  std::vector<std::string> all;
  space.enumerate([&all](const Configuration& configuration) {
    all.push_back(configuration_json(configuration));
    return true;
  });
  return all;
}

// All configurations by another road: every combination of all values, whatever is active, less
// what is inactive in it.
std::set<std::string> brute_force(const SearchSpace& space) {
  std::set<std::string> keys;
  std::uint64_t combinations = 1;
  for (const Parameter& parameter : space.parameters()) {
    combinations *= cardinality(parameter.domain).value();
  }
  for (std::uint64_t code = 0; code < combinations; ++code) {
    std::uint64_t rest = code;
    Configuration configuration;
    for (const Parameter& parameter : space.parameters()) {
      const std::uint64_t values = cardinality(parameter.domain).value();
      if (space.is_active(parameter, configuration)) {
        configuration.set(parameter.name, nth_value(parameter.domain, rest % values));
      }
      rest /= values;
    }
    if (space.problem_with(configuration, Completeness::whole) == std::nullopt) {
      keys.insert(configuration_key(configuration));
    }
  }
  return keys;
}

}  // namespace

TEST_CASE("parents stand before their children, else the spec's order is kept") {
  const SearchSpace space = space_of(kSgd);
  std::vector<std::string> names;
  for (const Parameter& parameter : space.parameters()) {
    names.push_back(parameter.name);
  }
  CHECK(names == std::vector<std::string>{"opt", "momentum", "nesterov", "n"});
  CHECK(space.is_conditional());
  CHECK(space.find("momentum")->name == "momentum");
  CHECK(space.find("lr") == nullptr);
}

TEST_CASE("a finite space is enumerated in the order of its parameters, without inactive ones") {
  CHECK(enumerated(space_of(R"({
          "b": {"type": "int", "min": 1, "max": 2},
          "a": {"type": "categorical", "choices": ["x", "y"]},
          "c": {"type": "uniform", "min": 0, "max": 1, "step": 0.5, "when": "a == 'y'"}})")) ==
        std::vector<std::string>{
            R"({"b": 1, "a": "x"})", R"({"b": 1, "a": "y", "c": 0.0})",
            R"({"b": 1, "a": "y", "c": 0.5})", R"({"b": 1, "a": "y", "c": 1.0})",
            R"({"b": 2, "a": "x"})", R"({"b": 2, "a": "y", "c": 0.0})",
            R"({"b": 2, "a": "y", "c": 0.5})", R"({"b": 2, "a": "y", "c": 1.0})"});
}

TEST_CASE("enumeration leaves out what constraints forbid, and stops when told") {
  const SearchSpace space = space_of(
      R"({"a": {"type": "int", "min": 1, "max": 3}, "b": {"type": "int", "min": 1, "max": 3}})",
      R"(["a * b <= 3"])");
  CHECK(enumerated(space) == std::vector<std::string>{R"({"a": 1, "b": 1})", R"({"a": 1, "b": 2})",
                                                      R"({"a": 1, "b": 3})", R"({"a": 2, "b": 1})",
                                                      R"({"a": 3, "b": 1})"});
  int visits = 0;
  space.enumerate([&visits](const Configuration&) { return ++visits < 2; });
  CHECK(visits == 2);
}

TEST_CASE("configurations are counted without walking through what nothing depends on") {
  // opt adam: 3; sgd: momentum 0, 0.25, 0.5 without nesterov, 0.75, 1 with: (3 + 2 * 2) * 3.
  CHECK(space_of(kSgd).count(100) == 3 + 21);
  CHECK(space_of(R"({"a": {"type": "int", "min": 1, "max": 1000000000},
                     "b": {"type": "int", "min": 1, "max": 1000000000}})")
            .count(1) == 1'000'000'000'000'000'000);
  CHECK(space_of(R"({"a": {"type": "int", "min": 1, "max": 3},
                     "b": {"type": "int", "min": 1, "max": 3}})",
                 R"(["a + b <= 3"])")
            .count(9) == 3);
}

TEST_CASE("there is no count of what is infinite, too many or too much work") {
  const std::string continuous = R"("x": {"type": "uniform", "min": 0, "max": 1})";
  CHECK(space_of("{" + continuous + "}").count(100) == std::nullopt);
  CHECK(space_of("{" + continuous + "}", R"(["x < 0.5"])").count(100) == std::nullopt);
  CHECK(space_of(R"({"a": {"type": "int", "min": 1, "max": 10}})", R"(["a < 5"])").count(9) ==
        std::nullopt);
  CHECK(space_of(R"({"a": {"type": "int", "min": 0, "max": 9007199254740991},
                     "b": {"type": "int", "min": 0, "max": 9007199254740991}})")
            .count(9) == std::nullopt);
  // A continuous parameter that is never active does no harm.
  CHECK(space_of(R"({"a": {"type": "constant", "value": 1},
                     "x": {"type": "uniform", "min": 0, "max": 1, "when": "a > 1"}})")
            .count(9) == 1);
}

TEST_CASE("in every finite space, counting, enumerating and trying all combinations agree") {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Rng rng(seed, 2);
    const SearchSpace space = random_space(rng, {.parameters = 4, .continuous = false});
    CAPTURE(seed);
    const std::set<std::string> expected = brute_force(space);
    std::set<std::string> found;
    std::uint64_t visits = 0;
    space.enumerate([&](const Configuration& configuration) {
      found.insert(configuration_key(configuration));
      ++visits;
      return true;
    });
    CHECK(found == expected);
    CHECK(visits == expected.size());
    CHECK(space.count(1'000'000) == expected.size());
  }
}

TEST_CASE("every configuration that is drawn belongs to its space") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(seed, 3);
    const SearchSpace space = random_space(rng);
    for (int i = 0; i < 10; ++i) {
      const std::optional<Configuration> drawn = space.sample(rng);
      CAPTURE(seed);
      if (drawn) {
        CHECK(space.problem_with(*drawn, Completeness::whole).value_or("none") == "none");
        CHECK(space.problem_with(*drawn, Completeness::partial).value_or("none") == "none");
      }
    }
  }
}

TEST_CASE("each parameter is drawn from its own prior, a child only where it is active") {
  const SearchSpace space = space_of(R"({
    "lr": {"type": "log_uniform", "min": 1e-4, "max": 1},
    "opt": {"type": "categorical", "choices": ["adam", "sgd"]},
    "momentum": {"type": "uniform", "min": 0, "max": 1, "when": "opt == 'sgd'"}})");
  Rng rng(1, 0);
  int small = 0;
  int sgd = 0;
  int high = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Configuration drawn = space.sample(rng).value();
    small += value_number(*drawn.find("lr")) < 1e-2 ? 1 : 0;
    const Value* const momentum = drawn.find("momentum");
    sgd += momentum != nullptr ? 1 : 0;
    high += momentum != nullptr && value_number(*momentum) > 0.75 ? 1 : 0;
  }
  CHECK(std::abs(small - 5000) < 200);  // four standard deviations
  CHECK(std::abs(sgd - 5000) < 200);
  CHECK(std::abs(high - 1250) < 135);
}

TEST_CASE("what constraints leave is drawn evenly") {
  const SearchSpace space = space_of(
      R"({"a": {"type": "int", "min": 1, "max": 3}, "b": {"type": "int", "min": 1, "max": 3}})",
      R"(["a + b <= 4"])");
  Rng rng(2, 0);
  std::map<std::string, int> counts;
  for (int i = 0; i < 6000; ++i) {
    ++counts[configuration_json(space.sample(rng).value())];
  }
  CHECK(counts.size() == 6);
  for (const auto& [configuration, count] : counts) {
    CHECK(std::abs(count - 1000) < 120);  // four standard deviations
  }
}

TEST_CASE("the same seed and stream draw the same configuration") {
  const SearchSpace space = space_of(kSgd);
  for (std::uint64_t trial = 0; trial < 20; ++trial) {
    Rng first(9, trial);
    Rng second(9, trial);
    CHECK(configuration_json(space.sample(first).value()) ==
          configuration_json(space.sample(second).value()));
  }
}

TEST_CASE("what is fixed stays, and its parents are drawn to suit it") {
  const SearchSpace space = space_of(kSgd);
  Rng rng(3, 0);
  for (int i = 0; i < 100; ++i) {
    const Configuration drawn =
        space.sample(rng, configuration_of(R"({"nesterov": false, "n": 2})")).value();
    CHECK(*drawn.find("nesterov") == Value(false));
    CHECK(*drawn.find("n") == Value(std::int64_t{2}));
    CHECK(*drawn.find("opt") == Value(std::string("sgd")));
    CHECK(value_number(*drawn.find("momentum")) > 0.5);
  }
}

TEST_CASE("what can never be drawn is blamed on what forbids it") {
  const SearchSpace space = space_of(R"({"a": {"type": "uniform", "min": 0, "max": 1},
                                         "b": {"type": "uniform", "min": 0, "max": 1}})",
                                     R"(["a < 0.9", "a + b > 2"])");
  Rng rng(4, 0);
  std::string blame;
  CHECK_FALSE(space.sample(rng, {}, &blame));
  CHECK(blame == "a + b > 2");
  const SearchSpace conditional = space_of(kSgd);
  CHECK_FALSE(
      conditional.sample(rng, configuration_of(R"({"opt": "adam", "momentum": 0.5})"), &blame));
  CHECK(blame == "opt == 'sgd'");
}

TEST_CASE("a constraint that names an inactive parameter holds") {
  const SearchSpace space = space_of(kSgd, R"(["n < 2 and momentum < 0.5"])");
  CHECK(space.violated_constraint(configuration_of(R"({"opt": "adam", "n": 3})")) == nullptr);
  const auto sgd = configuration_of(R"({"opt": "sgd", "momentum": 0.25, "n": 3})");
  REQUIRE(space.violated_constraint(sgd) != nullptr);
  CHECK(*space.violated_constraint(sgd) == "n < 2 and momentum < 0.5");
}

TEST_CASE("a constraint whose value is NaN does not hold") {
  const SearchSpace space =
      space_of(R"({"a": {"type": "int", "min": 0, "max": 1}})", R"(["log(a - 1) < 5"])");
  CHECK(space.violated_constraint(configuration_of(R"({"a": 0})")) != nullptr);
}

TEST_CASE("why a configuration is not of its space is said") {
  const SearchSpace space = space_of(kSgd, R"(["n < 3 or momentum < 0.5"])");
  const auto whole = [&space](const char* json) {
    return space.problem_with(configuration_of(json), Completeness::whole).value_or("none");
  };
  CHECK(whole(R"({"opt": "adam", "n": 2})") == "none");
  CHECK(whole(R"({"opt": "adam", "n": 3})") == "none");
  CHECK(whole(R"({"opt": "adam"})") == "n is missing; give it a value of int [1, 3]");
  CHECK(whole(R"({"opt": "sgd", "n": 1})") ==
        "momentum is missing; give it a value of uniform [0.0, 1.0] step 0.25");
  CHECK(whole(R"({"opt": "adam", "n": 4})") ==
        "n: 4 is outside int [1, 3]; give a value within the bounds");
  CHECK(whole(R"({"opt": "adam", "n": 1, "momentum": 0.5})") ==
        "momentum is inactive; it takes part only when opt == 'sgd'");
  CHECK(whole(R"({"optt": "adam", "n": 1})") ==
        "no parameter is called \"optt\"; did you mean \"opt\"?");
  CHECK(whole(R"({"opt": "sgd", "n": 3, "momentum": 0.5})") ==
        "the constraint n < 3 or momentum < 0.5 does not hold");
}

TEST_CASE("in a part of a configuration only what is certain is a mistake") {
  const SearchSpace space = space_of(kSgd, R"(["n < 3 or momentum < 0.5"])");
  const auto part = [&space](const char* json) {
    return space.problem_with(configuration_of(json), Completeness::partial).value_or("none");
  };
  CHECK(part("{}") == "none");
  CHECK(part(R"({"n": 3})") == "none");
  CHECK(part(R"({"momentum": 0.5})") == "none");
  CHECK(part(R"({"nesterov": true})") == "none");
  CHECK(part(R"({"nesterov": true, "momentum": 0.5})") ==
        "nesterov is inactive; it takes part only when momentum > 0.5");
  // The grandparent decides too.
  CHECK(part(R"({"nesterov": true, "opt": "adam"})") ==
        "nesterov is inactive; it takes part only when momentum > 0.5");
  CHECK(part(R"({"momentum": 0.5, "n": 3})") ==
        "the constraint n < 3 or momentum < 0.5 does not hold");
}
