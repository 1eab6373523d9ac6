#include "optimizer/searchers/catalog.h"

#include <doctest/doctest.h>

#include <string>

#include "study_past.h"

namespace autoglm {

using testing::searcher_of;
using testing::space_of;

namespace {

const SearchSpace& continuous() {
  static const SearchSpace space = space_of(R"({"x": {"type": "uniform", "min": 0, "max": 1}})");
  return space;
}

std::string error_of(const std::string& section) {
  try {
    searcher_of(section, continuous());
  } catch (const SpecError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("without a word auto chooses gp, and says why") {
  const SearcherChoice choice = make_searcher(nullptr, continuous(), {.max_trials = 100});
  CHECK(choice.name == "gp");
  CHECK(choice.reason ==
        "a model of the past trials finds good configurations in the fewest trials");
  CHECK(choice.options == R"({"acquisition": "mixture", "startup": 0, "kappa": 1.8, )"
                          R"("neglected": 0.1, "neglected_below": 0.5, "duration_weight": 0.0})");
}

TEST_CASE("auto chooses grid where the budget holds the whole space") {
  const SearchSpace space = space_of(R"({"n": {"type": "int", "min": 1, "max": 12}})");
  const SearcherChoice choice = searcher_of("\"auto\"", space, {.max_trials = 12});
  CHECK(choice.name == "grid");
  CHECK(choice.reason == "all 12 configurations fit into the budget of 12 trials");
  CHECK(searcher_of("\"auto\"", space, {.max_trials = 11}).name == "gp");
  CHECK(searcher_of("\"auto\"", space).name == "gp");
}

TEST_CASE("auto chooses sobol where a model costs more than it tells") {
  const SearcherChoice many =
      searcher_of(R"({"type": "auto"})", continuous(), {.max_trials = 20001});
  CHECK(many.name == "sobol");
  CHECK(many.reason == "with 20001 trials, more than 20000, a model costs more than it tells");
  const SearcherChoice wide = searcher_of("\"auto\"", continuous(), {.parallel = 201});
  CHECK(wide.name == "sobol");
  CHECK(wide.reason ==
        "with 201 trials at a time, more than 200, too little is known when a trial "
        "is chosen");
}

TEST_CASE("a searcher by name has no reason but its user's, and its options in full") {
  const SearcherChoice grid = searcher_of(R"({"type": "grid", "points": 4})", continuous());
  CHECK(grid.name == "grid");
  CHECK(grid.options == R"({"points": 4})");
  CHECK(grid.reason.empty());
  CHECK(searcher_of("\"random\"", continuous()).options == "{}");
  CHECK(searcher_of(R"({"type": "gp", "acquisition": "ucb", "startup": 5, "kappa": 2,
                        "neglected": 0.4, "neglected_below": 0.7, "duration_weight": 1})",
                    continuous())
            .options == R"({"acquisition": "ucb", "startup": 5, "kappa": 2.0, )"
                        R"("neglected": 0.4, "neglected_below": 0.7, "duration_weight": 1.0})");
}

TEST_CASE("mistakes in a searcher's section are shown with place and rule") {
  CHECK(error_of("\"tpe\"") ==
        "searcher:1:1: /: no searcher is called \"tpe\"; this version has auto, gp, "
        "policy_gradient, sobol, random, grid");
  CHECK(error_of(R"({"type": "sobl"})") ==
        "searcher:1:10: /type: no searcher is called \"sobl\"; this version has auto, gp, "
        "policy_gradient, sobol, random, grid; did you mean \"sobol\"?");
  CHECK(error_of(R"({"type": "gp", "acquisition": "pi"})") ==
        "searcher:1:31: /acquisition: no acquisition is called \"pi\"; there are mixture, ei, ucb");
  CHECK(error_of(R"({"type": "gp", "kappa": 0})") ==
        "searcher:1:25: /kappa: must be above 0 and at most 1000, not 0.0");
  CHECK(error_of(R"({"type": "gp", "neglected": 1.5})") ==
        "searcher:1:29: /neglected: must be from 0 to 1, not 1.5");
  CHECK(error_of(R"({"type": "gp", "neglected_below": 1.5})") ==
        "searcher:1:35: /neglected_below: must be from 0 to 1, not 1.5");
  CHECK(error_of(R"({"type": "gp", "duration_weight": -1})") ==
        "searcher:1:35: /duration_weight: must be from 0 to 100, not -1.0");
  CHECK(error_of(R"({"type": "random", "points": 3})") ==
        "searcher:1:20: /points: unknown key \"points\" of the searcher random; known are type");
  CHECK(error_of(R"({"type": "auto", "points": 3})") ==
        "searcher:1:18: /points: unknown key \"points\" of the searcher auto; known are type");
  CHECK(error_of(R"({"type": "grid", "points": 1})") ==
        "searcher:1:28: /points: must be at least 2, not 1");
  CHECK(error_of("3") == "searcher:1:1: /: must be a string, not the number 3");
  CHECK(error_of("{}") == "searcher:1:1: /: the searcher needs \"type\"; add it");
}

}  // namespace autoglm
