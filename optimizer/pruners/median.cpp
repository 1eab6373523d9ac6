// The median stopping rule (Golovin et al., "Google Vizier: a service for black-box optimization",
// KDD 2017) in the form of Optuna's MedianPruner: stop a trial whose best value so far is worse
// than the median of the values that complete trials had at the same step. A complete trial that
// did not report that step counts with its last step before it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "optimizer/pruners/pruners.h"

namespace autoglm {
namespace {

struct MedianOptions {
  std::int64_t min_trials = 5;    // complete trials to compare with before the rule applies; >= 1
  std::int64_t warmup_steps = 0;  // steps that every trial may take; >= 0
};

/// The number at `step`, or at the last step before it that has one.
std::optional<double> value_by(const Objective& objective, const Trial& trial, std::int64_t step) {
  std::optional<double> value;
  std::int64_t at = 0;
  for (const Report& report : trial.reports) {
    if (report.step <= step && (!value || report.step >= at)) {
      const double reported = objective.value_at(0, report.metrics);
      if (!std::isnan(reported)) {
        value = reported;
        at = report.step;
      }
    }
  }
  return value;
}

/// REQUIRES: not empty.
double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

class Median : public Rule {
 public:
  explicit Median(MedianOptions options) : options_(options) {}

  Verdict judge(const Trial& trial, const History& history) const override {
    const std::optional<Comparison> at_step = compare(trial, history);
    if (!at_step || static_cast<std::int64_t>(at_step->peers.size()) < options_.min_trials) {
      return {};
    }
    std::vector<double> others;
    for (const Comparison::Peer& peer : at_step->peers) {
      others.push_back(peer.value);
    }
    const double middle = median(std::move(others));
    const Objective& objective = history.objective();
    if (objective.cost(0, at_step->value) <= objective.cost(0, middle)) {
      return {};
    }
    return {.action = Action::stop,
            .reason = fmt::format("median: the best by step {}, {}, is worse than the median {}",
                                  at_step->step, number_text(at_step->value), number_text(middle))};
  }

  std::optional<Comparison> compare(const Trial& trial, const History& history) const override {
    const Objective& objective = history.objective();
    const auto curve = objective.curve(trial);
    if (curve.empty() || curve.back().first < options_.warmup_steps) {
      return std::nullopt;
    }
    Comparison at_step{.step = curve.back().first,
                       .value = std::numeric_limits<double>::quiet_NaN()};
    for (const auto& [at, value] : curve) {
      // NaN compares as false, so that any number replaces it and it replaces none.
      const bool is_better = objective.cost(0, value) < objective.cost(0, at_step.value);
      at_step.value = std::isnan(at_step.value) || is_better ? value : at_step.value;
    }
    for (const Trial& other : history.trials()) {
      if (other.state == TrialState::complete) {
        if (const std::optional<double> value = value_by(objective, other, at_step.step)) {
          at_step.peers.push_back({.trial = other.number, .value = *value});
        }
      }
    }
    return at_step;
  }

 private:
  MedianOptions options_;
};

}  // namespace

ParsedPruner make_median(ObjectReader* reader) {
  MedianOptions options;
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (reader != nullptr) {
    if (const SpecNode* node = reader->find("min_trials")) {
      options.min_trials = node->as_integer(1, kMost);
    }
    if (const SpecNode* node = reader->find("warmup_steps")) {
      options.warmup_steps = node->as_integer(0, kMost);
    }
  }
  return {.pruner = std::make_unique<Median>(options),
          .options = fmt::format(R"({{"min_trials":{},"warmup_steps":{}}})", options.min_trials,
                                 options.warmup_steps)};
}

}  // namespace autoglm
