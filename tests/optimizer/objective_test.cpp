#include "optimizer/objective.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace autoglm {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Metric reduced(Reduce reduce, int mean_of = 1) {
  return {.name = "loss", .reduce = reduce, .mean_of = mean_of};
}

/// Reported loss 4, NaN, 1, 2 at steps 0 to 3, step 3 first.
Trial some_trial() {
  Trial trial;
  trial.reports = {{.step = 3, .metrics = {{"loss", 2}}},
                   {.step = 0, .metrics = {{"loss", 4}}},
                   {.step = 1, .metrics = {{"loss", kNaN}}},
                   {.step = 2, .metrics = {{"loss", 1}, {"acc", 0.5}}}};
  trial.metrics = {{"loss", 1}, {"acc", 0.5}};
  return trial;
}

double final_value(const Metric& metric) {
  return Objective({metric}).final_values(some_trial(), nullptr).value().at(0);
}

TEST_CASE("the value of a trial is by default the last that arrived") {
  CHECK(final_value(reduced(Reduce::last)) == 1);
}

TEST_CASE("min and max are over all steps and pass over NaN in between") {
  CHECK(final_value(reduced(Reduce::min)) == 1);
  CHECK(final_value(reduced(Reduce::max)) == 4);
}

TEST_CASE("mean_last_N is over the highest N steps, and all when there are fewer") {
  CHECK(final_value(reduced(Reduce::mean_last, 2)) == 1.5);  // steps 2 and 3
  CHECK(std::isnan(final_value(reduced(Reduce::mean_last, 3))));
  CHECK(std::isnan(final_value(reduced(Reduce::mean_last, 50))));
}

TEST_CASE("the sign is turned for maximizing, once") {
  const Objective objective({{.name = "loss"}, {.name = "acc", .goal = Goal::maximize}});
  CHECK(objective.costs({.state = TrialState::complete, .values = {0.25, 0.75}}) ==
        std::vector<double>{0.25, -0.75});
  CHECK(objective.costs({.state = TrialState::pruned, .values = {0.25, 0.75}}).empty());
}

TEST_CASE("a curve ascends by step and leaves out steps without the metric") {
  const Objective objective({{.name = "acc"}, {.name = "loss"}});
  CHECK(objective.curve(some_trial()) == std::vector<std::pair<std::int64_t, double>>{{2, 0.5}});
  const auto losses = objective.curve(some_trial(), 1);
  REQUIRE(losses.size() == 4);
  CHECK(losses[0] == std::pair<std::int64_t, double>{0, 4});
  CHECK(std::isnan(losses[1].second));
  CHECK(losses[3] == std::pair<std::int64_t, double>{3, 2});
}

TEST_CASE("a missing metric is named, for an expression the one it needs") {
  std::string missing;
  const Trial trial{.metrics = {{"f1", 0.5}}};
  CHECK_FALSE(Objective({{.name = "loss"}}).final_values(trial, &missing).has_value());
  CHECK(missing == "loss");
  const Objective computed(
      {{.name = "score", .value = Expression::parse("f1 / ms", Dialect::arithmetic)}});
  CHECK_FALSE(computed.final_values(trial, &missing).has_value());
  CHECK(missing == "ms");
}

TEST_CASE("an expression takes a report's own metrics before the last values of others") {
  const Objective objective(
      {{.name = "score", .value = Expression::parse("f1 - ms", Dialect::arithmetic)}});
  MetricValues report{{"f1", 5}};
  objective.add_computed(report, {{"f1", 100}, {"ms", 2}});
  CHECK(report == MetricValues{{"f1", 5}, {"score", 3}});
}

TEST_CASE("an expression that lacks a metric adds nothing to a report") {
  const Objective objective(
      {{.name = "score", .value = Expression::parse("f1 - ms", Dialect::arithmetic)}});
  MetricValues report{{"f1", 5}};
  objective.add_computed(report, {});
  CHECK(report == MetricValues{{"f1", 5}});
  CHECK(std::isnan(objective.value_at(0, report)));
  CHECK(objective.value_at(0, {{"f1", 5}, {"ms", 1}}) == 4);
}

TEST_CASE("a value that is not finite is refused by name") {
  const Objective objective({{.name = "loss"}, {.name = "acc"}});
  CHECK_FALSE(objective.problem_with({1, 2}).has_value());
  CHECK(objective.problem_with({1, kNaN}) == "acc is nan: a value must be finite");
  CHECK(objective.problem_with({-HUGE_VAL, 2}) == "loss is -inf: a value must be finite");
}

TEST_CASE("the last values of a pruned trial are finite or none") {
  const Objective objective({{.name = "loss", .reduce = Reduce::min}});
  CHECK(objective.last_values({.metrics = {{"loss", 3}}}) == std::vector<double>{3});
  CHECK(objective.last_values({.metrics = {{"loss", kNaN}}}).empty());
  CHECK(objective.last_values({}).empty());
}

TEST_CASE("the target is reached when every metric that has one is at least as good") {
  const Objective objective({{.name = "loss", .target = 0.1},
                             {.name = "acc", .goal = Goal::maximize, .target = 0.9},
                             {.name = "ms"}});
  CHECK(objective.reaches_target({0.1, 0.9, 1e9}));
  CHECK_FALSE(objective.reaches_target({0.1, 0.89, 0}));
  CHECK_FALSE(objective.reaches_target({kNaN, 0.95, 0}));
  CHECK_FALSE(Objective({{.name = "loss"}}).reaches_target({-1e9}));
}

}  // namespace
}  // namespace autoglm
