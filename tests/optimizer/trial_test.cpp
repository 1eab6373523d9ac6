#include "optimizer/trial.h"

#include <doctest/doctest.h>

#include "tests/optimizer/fakes.h"

namespace autoglm {
namespace {

constexpr TimeNs kSecond = 1'000'000'000;

TEST_CASE("every state's name reads back as the state") {
  for (int i = 0; i < 8; ++i) {
    const auto state = static_cast<TrialState>(i);
    CHECK(trial_state_from(to_string(state)) == state);
  }
  CHECK(to_string(TrialState::infeasible) == "infeasible");
  CHECK_FALSE(trial_state_from("COMPLETE").has_value());
}

TEST_CASE("setting a metric keeps its place and replaces its value") {
  MetricValues metrics{{"a", 1}, {"b", 2}};
  set_metric(metrics, "a", 3);
  set_metric(metrics, "c", 4);
  CHECK(metrics == MetricValues{{"a", 3}, {"b", 2}, {"c", 4}});
  CHECK(find_metric(metrics, "d") == nullptr);
}

TEST_CASE("a trial's duration is the sum over its attempts, not the time it waited between them") {
  Trial trial{.state = TrialState::complete, .started = 1 * kSecond, .finished = 100 * kSecond};
  trial.attempts = {{.number = 1, .started = 1 * kSecond, .finished = 3 * kSecond},
                    {.number = 2, .started = 90 * kSecond, .finished = 95 * kSecond}};
  CHECK(duration_seconds(trial) == 7.0);
}

TEST_CASE(
    "a trial that ran elsewhere lasts from start to finish, and an open one has no duration") {
  Trial trial{.state = TrialState::complete, .started = 1 * kSecond, .finished = 4 * kSecond};
  CHECK(duration_seconds(trial) == 3.0);
  trial.state = TrialState::running;
  CHECK_FALSE(duration_seconds(trial).has_value());
}

TEST_CASE("a configuration counts as tried while any trial but an abandoned one holds it") {
  History history(fakes::unit_space(), fakes::minimize("loss"));
  history.add({.number = 0, .configuration = fakes::at(0.5)});
  CHECK(history.was_tried(fakes::at(0.5)));
  CHECK_FALSE(history.was_tried(fakes::at(0.5), 0));
  CHECK_FALSE(history.was_tried(fakes::at(0.25)));

  history.at(0).state = TrialState::abandoned;
  history.reindex(history.at(0));
  CHECK_FALSE(history.was_tried(fakes::at(0.5)));
}

TEST_CASE("a configuration was tried in whatever order its parameters are, and 1 is 1.0") {
  using Items = std::vector<Configuration::Item>;
  History history(fakes::unit_space(), fakes::minimize("loss"));
  history.add({.configuration = Configuration(Items{{"a", std::int64_t{1}}, {"b", "x"}})});
  CHECK(history.was_tried(Configuration(Items{{"b", "x"}, {"a", 1.0}})));
  CHECK_FALSE(history.was_tried(Configuration(Items{{"a", "1"}, {"b", "x"}})));
  CHECK_FALSE(history.was_tried(Configuration(Items{{"a", "x"}, {"b", std::int64_t{1}}})));
  CHECK_FALSE(history.was_tried(Configuration(Items{{"b", "x"}})));
}

TEST_CASE("a partial configuration is tried once it is whole") {
  History history(fakes::unit_space(), fakes::minimize("loss"));
  Trial& trial = history.add({.number = 0, .partial = true});
  CHECK_FALSE(history.was_tried(Configuration()));
  trial.configuration = fakes::at(0.5);
  trial.partial = false;
  history.reindex(trial);
  CHECK(history.was_tried(fakes::at(0.5)));
}

TEST_CASE("a history knows no trial beyond its end") {
  History history(fakes::unit_space(), fakes::minimize("loss"));
  history.add({.number = 0});
  CHECK(history.find(0) != nullptr);
  CHECK(history.find(1) == nullptr);
  CHECK(history.find(-1) == nullptr);
  CHECK_THROWS_WITH(history.add({.number = 2}), "trials are numbered without gaps");
}

}  // namespace
}  // namespace autoglm
