#include "optimizer/searchers/neglected_choice.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "study_past.h"

namespace autoglm {

using testing::add_trial;
using testing::configuration_of;
using testing::empty_history;
using testing::space_of;

namespace {

constexpr int kTrials = 2000;

struct Fixed {
  int times = 0;                 // of kTrials
  std::set<std::string> what{};  // as JSON
};

Fixed fixed_in(const History& history, const Configuration& fixed = {},
               const NeglectRule& rule = {}) {
  const Request request(1'000'000, fixed, history);
  const Evidence evidence = gather_evidence(history, -1, Eigen::VectorXd::Ones(1));
  Fixed found;
  for (int i = 0; i < kTrials; ++i) {
    Rng rng(7, static_cast<std::uint64_t>(i));
    if (const auto narrowed = with_neglected_choice(request, evidence, rule, rng)) {
      ++found.times;
      found.what.insert(configuration_json(*narrowed));
    }
  }
  return found;
}

void add(History& history, const std::string& json, int times,
         TrialState state = TrialState::complete) {
  for (int i = 0; i < times; ++i) {
    add_trial(history, configuration_of(json, history.space()), state, {1});
  }
}

SearchSpace letters() {
  return space_of(R"({"letter": {"type": "categorical", "choices": ["a", "b", "c"]},
                      "x": {"type": "uniform", "min": 0, "max": 1}})");
}

}  // namespace

TEST_CASE("one trial in ten has the most neglected choice") {
  History history = empty_history(letters());
  add(history, R"({"letter": "a", "x": 0})", 8);
  add(history, R"({"letter": "b", "x": 0})", 1);
  const Fixed found = fixed_in(history);
  CHECK(found.what == std::set<std::string>{R"({"letter": "c"})"});
  // 200 of 2,000, deviation 13.4.
  CHECK(found.times > 140);
  CHECK(found.times < 260);
}

TEST_CASE("the share of the trials that have a neglected choice is an option") {
  History history = empty_history(letters());
  add(history, R"({"letter": "a", "x": 0})", 8);
  CHECK(fixed_in(history, {}, {.trials = 0}).times == 0);
  CHECK(fixed_in(history, {}, {.trials = 1}).times == kTrials);
  // 800 of 2,000, deviation 21.9.
  const int times = fixed_in(history, {}, {.trials = 0.4}).times;
  CHECK(times > 700);
  CHECK(times < 900);
}

TEST_CASE("equally neglected ones are drawn by lot, beside what is fixed") {
  History history = empty_history(letters());
  add(history, R"({"letter": "a", "x": 0})", 9);
  CHECK(
      fixed_in(history, configuration_of(R"({"letter": "a", "x": 0.5})", history.space())).times ==
      0);
  CHECK(fixed_in(history, Configuration({{"x", 0.5}})).what ==
        std::set<std::string>{R"({"x": 0.5, "letter": "b"})", R"({"x": 0.5, "letter": "c"})"});
}

TEST_CASE("a choice is neglected below the given part of its even share") {
  History history = empty_history(letters());
  add(history, R"({"letter": "a", "x": 0})", 5);
  add(history, R"({"letter": "b", "x": 0})", 4);
  add(history, R"({"letter": "c", "x": 0})", 3);  // of an even share of 4
  CHECK(fixed_in(history, {}, {.below = 0}).times == 0);
  CHECK(fixed_in(history, {}, {.below = 0.75}).times == 0);
  CHECK(fixed_in(history, {}, {.below = 0.8}).what == std::set<std::string>{R"({"letter": "c"})"});
  add(history, R"({"letter": "b", "x": 0})", 1);
  add(history, R"({"letter": "c", "x": 0})", 2);
  CHECK(fixed_in(history, {}, {.below = 1}).times == 0);
}

TEST_CASE("half of the even share is enough, whatever became of the trials") {
  History history = empty_history(letters());
  add(history, R"({"letter": "a", "x": 0})", 4);
  add(history, R"({"letter": "b", "x": 0})", 1, TrialState::failed);
  add(history, R"({"letter": "c", "x": 0})", 1, TrialState::running);
  CHECK(fixed_in(history).times == 0);
  add(history, R"({"letter": "a", "x": 0})", 1);
  CHECK(fixed_in(history).what ==
        std::set<std::string>{R"({"letter": "b"})", R"({"letter": "c"})"});
}

TEST_CASE("trials count where the parameter was active, and before any was there is nothing") {
  History history =
      empty_history(space_of(R"({"model": {"type": "categorical", "choices": ["tree", "net"]},
                   "kind": {"type": "categorical", "choices": ["mlp", "cnn"],
                            "when": "model == 'net'"}})"));
  CHECK(fixed_in(history).times == 0);
  add(history, R"({"model": "tree"})", 10);
  add(history, R"({"model": "net", "kind": "mlp"})", 4);
  CHECK(fixed_in(history).what == std::set<std::string>{R"({"kind": "cnn"})"});
}

TEST_CASE("numbers and choices with an order are not neglected") {
  History history = empty_history(space_of(R"({"n": {"type": "int", "min": 0, "max": 1},
                   "batch": {"type": "ordinal", "choices": [16, 32]}})"));
  add(history, R"({"n": 0, "batch": 16})", 20);
  CHECK(fixed_in(history).times == 0);
}

}  // namespace autoglm
