#include "optimizer/searchers/policy_options.h"

#include <doctest/doctest.h>

#include <string>

#include "study_past.h"

namespace autoglm {

using testing::searcher_of;

namespace {

std::string with(const std::string& options) {
  return R"({"type": "policy_gradient", )" + options + "}";
}

SearcherChoice chosen(const std::string& section) {
  static const SearchSpace space =
      testing::space_of(R"({"x": {"type": "uniform", "min": 0, "max": 1}})");
  return searcher_of(section, space);
}

std::string error_of(const std::string& options) {
  try {
    chosen(with(options));
  } catch (const SpecError& error) {
    const std::string what = error.what();
    return what.substr(what.find(" /"));
  }
  return "";
}

}  // namespace

TEST_CASE("the options of policy_gradient are stored in full") {
  CHECK(chosen("\"policy_gradient\"").options ==
        R"({"rule": "natural", "critic": "gp", "proposals": "policy", )"
        R"("reward": {"w_speed": 0.0, "w_cost": 0.0}, "epsilon": 0.05, )"
        R"("alpha": 0.2, "gamma": 1.0, "entropy": 0.01, "baseline": 0.9})");
}

TEST_CASE("stored options are read as they were written") {
  const std::string options = R"({"rule": "reinforce", "critic": "none", "proposals": "uniform", )"
                              R"("reward": {"w_speed": 0.5, "w_cost": 0.25}, "epsilon": 0.1, )"
                              R"("alpha": 0.3, "gamma": 0.9, "entropy": 0.0, "baseline": 0.5})";
  CHECK(chosen(with(options.substr(1, options.size() - 2))).options == options);
}

TEST_CASE("mistakes in the options of policy_gradient name the rule that they break") {
  CHECK(error_of(R"("rule": "ppo")") ==
        " /rule: no rule is called \"ppo\"; there are natural, reinforce");
  CHECK(error_of(R"("critic": "mlp")") ==
        " /critic: no critic is called \"mlp\"; there are gp, none");
  CHECK(error_of(R"("proposals": 1)") == " /proposals: must be a string, not the number 1");
  CHECK(error_of(R"("alpha": 0)") == " /alpha: must be above 0 and at most 10, not 0.0");
  CHECK(error_of(R"("gamma": 1.5)") == " /gamma: must be at least 0 and at most 1, not 1.5");
  CHECK(error_of(R"("epsilon": 1)") == " /epsilon: must be at least 0 and below 1, not 1.0");
  CHECK(error_of(R"("baseline": 1)") == " /baseline: must be at least 0 and below 1, not 1.0");
  CHECK(error_of(R"("entropy": -1)") == " /entropy: must be at least 0 and at most 10, not -1.0");
  CHECK(error_of(R"("reward": {"w_cost": -1})") ==
        " /reward/w_cost: must be at least 0 and at most 100, not -1.0");
  CHECK(error_of(R"("reward": {"w_spede": 1})") ==
        " /reward/w_spede: unknown key \"w_spede\"; did you mean \"w_speed\"?");
  CHECK(error_of(R"("rewards": {})") ==
        " /rewards: unknown key \"rewards\"; did you mean \"reward\"?");
}

}  // namespace autoglm
