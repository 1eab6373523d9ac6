#include "search_space/encoding.h"

#include <doctest/doctest.h>

#include <cmath>

#include "random_space.h"

using namespace autoglm;

namespace {

SearchSpace space_of(const char* parameters) {
  return parse_search_space(*read_spec(parameters, "s.json"), nullptr, nullptr);
}

constexpr const char* kMixed = R"({
  "opt": {"type": "categorical", "choices": ["adam", "sgd", "lion"]},
  "lr": {"type": "log_uniform", "min": 1e-4, "max": 1},
  "momentum": {"type": "uniform", "min": 0, "max": 1, "when": "opt == 'sgd'"},
  "betas": {"type": "categorical", "choices": ["a", "b"], "when": "opt == 'adam'"},
  "batch": {"type": "ordinal", "choices": [16, 32]},
  "epochs": {"type": "constant", "value": 27}})";

}  // namespace

TEST_CASE("each numeric parameter is a column, each choice of a categorical one, constants none") {
  const SearchSpace space = space_of(kMixed);
  const Encoding encoding(space);
  CHECK(encoding.features() == 3 + 1 + 1 + 2 + 1);
  REQUIRE(encoding.blocks().size() == 5);
  CHECK(encoding.blocks()[0].categorical);
  CHECK(encoding.blocks()[0].columns == 3);
  CHECK(encoding.blocks()[3].parameter == 3);
  CHECK(encoding.blocks()[3].first == 5);
  CHECK(encoding.blocks()[4].first == 7);
  CHECK_FALSE(encoding.blocks()[4].categorical);
}

TEST_CASE("a configuration's features are its positions and its choices") {
  const SearchSpace space = space_of(kMixed);
  const Encoding encoding(space);
  const Configuration sgd({{"opt", std::string("sgd")},
                           {"lr", 0.01},
                           {"momentum", 0.25},
                           {"batch", std::int64_t{32}},
                           {"epochs", std::int64_t{27}},
                           {"unknown", 3.0}});
  const Eigen::VectorXd features = encoding.encode(sgd);
  Eigen::VectorXd expected(8);
  expected << 0, std::sqrt(0.5), 0, 0.5, 0.25, 0, 0, 0.75;
  CHECK((features - expected).norm() < 1e-12);
}

TEST_CASE("inactive parameters are in the middle, or nowhere") {
  const SearchSpace space = space_of(kMixed);
  const Eigen::VectorXd features =
      Encoding(space).encode(Configuration({{"opt", std::string("lion")}}));
  Eigen::VectorXd expected(8);
  expected << 0, 0, std::sqrt(0.5), 0.5, 0.5, 0, 0, 0.5;
  CHECK((features - expected).norm() < 1e-12);
}

TEST_CASE("two different choices are at distance 1") {
  const SearchSpace space =
      space_of(R"({"a": {"type": "categorical", "choices": ["x", "y", "z"]}})");
  const Encoding encoding(space);
  const auto encode = [&encoding](const char* choice) {
    return encoding.encode(Configuration({{"a", std::string(choice)}}));
  };
  CHECK((encode("x") - encode("y")).norm() == doctest::Approx(1));
  CHECK((encode("x") - encode("z")).norm() == doctest::Approx(1));
}

TEST_CASE("any vector decodes into a configuration of the space") {
  const SearchSpace space = space_of(kMixed);
  const Encoding encoding(space);
  Rng rng(1, 0);
  for (int i = 0; i < 500; ++i) {
    Eigen::VectorXd features(encoding.features());
    for (double& x : features) {
      x = 3 * rng.uniform() - 1;
    }
    const Configuration configuration = encoding.decode(features);
    CHECK(space.problem_with(configuration, SearchSpace::Completeness::whole) == std::nullopt);
  }
}

TEST_CASE("in every space decoding what was encoded gives the same configuration") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Rng rng(seed, 1);
    const SearchSpace space = random_space(rng, {.parameters = 1 + static_cast<int>(seed % 12)});
    const Encoding encoding(space);
    for (int i = 0; i < 10; ++i) {
      const std::optional<Configuration> drawn = space.sample(rng);
      if (!drawn) {
        continue;
      }
      const Eigen::VectorXd features = encoding.encode(*drawn);
      CAPTURE(configuration_json(*drawn));
      CHECK(features.size() == encoding.features());
      CHECK(configuration_json(encoding.decode(features)) == configuration_json(*drawn));
    }
  }
}
