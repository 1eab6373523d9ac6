// Asynchronous successive halving (Li et al., "A system for massively parallel hyperparameter
// tuning", MLSys 2020) in its stopping form (Klein et al., "Model-based asynchronous hyperparameter
// and neural architecture search", 2020, as in Syne Tune): at each rung min_steps * reduction^k
// below max_steps a trial is compared with all that were recorded at the rung, itself among them,
// and goes on if it is among the best n / reduction of n, rounded up. With fewer than `reduction`
// results it goes on.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "optimizer/pruners/pruners.h"

namespace autoglm {
namespace {

struct AshaOptions {
  std::int64_t min_steps = 1;               // the first rung; >= 1
  std::optional<std::int64_t> max_steps{};  // no rung there or beyond; > min_steps; none: no end
  std::int64_t reduction = 3;               // one in so many goes on; >= 2
};

/// What a trial is recorded with at a rung: its first report at or beyond it. A report that jumps
/// over several rungs is recorded at each.
std::optional<double> result_at(const Curve& curve, std::int64_t rung) {
  for (const auto& [step, value] : curve) {
    if (step >= rung) {
      return value;
    }
  }
  return std::nullopt;
}

/// Trials that broke are no yardstick.
bool is_recorded(const Trial& trial) {
  return trial.state != TrialState::failed && trial.state != TrialState::infeasible &&
         trial.state != TrialState::abandoned;
}

/// NaN is worse than every number.
bool is_better(double cost, double other) {
  return cost < other || (!std::isnan(cost) && std::isnan(other));
}

class Asha : public Rule {
 public:
  explicit Asha(AshaOptions options) : options_(options) {}

  Verdict judge(const Trial& trial, const History& history) const override {
    const std::optional<Comparison> at_rung = compare(trial, history);
    if (!at_rung) {
      return {};
    }
    const Objective& objective = history.objective();
    const double own = objective.cost(0, at_rung->value);
    const auto recorded = static_cast<std::int64_t>(at_rung->peers.size()) + 1;
    const auto better = std::count_if(at_rung->peers.begin(), at_rung->peers.end(),
                                      [&](const Comparison::Peer& peer) {
                                        return is_better(objective.cost(0, peer.value), own);
                                      });
    const std::int64_t going_on = (recorded + options_.reduction - 1) / options_.reduction;
    if (recorded < options_.reduction || better < going_on) {
      return {};
    }
    return {.action = Action::stop,
            .reason = fmt::format("asha: {} is number {} of {} at rung {}; the best {} go on",
                                  number_text(at_rung->value), better + 1, recorded, at_rung->step,
                                  going_on)};
  }

  std::optional<Comparison> compare(const Trial& trial, const History& history) const override {
    const Objective& objective = history.objective();
    const std::optional<std::int64_t> rung = rung_just_reached(trial, objective);
    if (!rung) {
      return std::nullopt;
    }
    Comparison at_rung{.step = *rung, .value = *result_at(objective.curve(trial), *rung)};
    for (const Trial& other : history.trials()) {
      if (other.number == trial.number || !is_recorded(other)) {
        continue;
      }
      if (const std::optional<double> result = result_at(objective.curve(other), *rung)) {
        at_rung.peers.push_back({.trial = other.number, .value = *result});
      }
    }
    return at_rung;
  }

 private:
  /// The highest rung that the trial reached with its latest report: no other one is at or beyond
  /// it. So a trial is judged once a rung.
  std::optional<std::int64_t> rung_just_reached(const Trial& trial,
                                                const Objective& objective) const {
    const auto latest =
        std::max_element(trial.reports.begin(), trial.reports.end(),
                         [](const Report& a, const Report& b) { return a.sequence < b.sequence; });
    const std::optional<std::int64_t> rung = highest_rung(latest->step);
    if (!rung || !objective.is_known(0, latest->metrics)) {
      return std::nullopt;
    }
    // From the end: there it is most likely to find one soon.
    const bool reached_before =
        std::any_of(trial.reports.rbegin(), trial.reports.rend(), [&](const Report& other) {
          return other.step >= *rung && &other != &*latest && objective.is_known(0, other.metrics);
        });
    return reached_before ? std::nullopt : rung;
  }

  std::optional<std::int64_t> highest_rung(std::int64_t step) const {
    std::optional<std::int64_t> highest;
    std::int64_t rung = options_.min_steps;
    while (rung <= step && (!options_.max_steps || rung < *options_.max_steps)) {
      highest = rung;
      if (rung > step / options_.reduction) {
        break;
      }
      rung *= options_.reduction;
    }
    return highest;
  }

  AshaOptions options_;
};

}  // namespace

ParsedPruner make_asha(ObjectReader* reader) {
  AshaOptions options;
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (reader != nullptr) {
    if (const SpecNode* node = reader->find("min_steps")) {
      options.min_steps = node->as_integer(1, kMost);
    }
    if (const SpecNode* node = reader->find("max_steps")) {
      options.max_steps = node->as_integer(1, kMost);
      if (*options.max_steps <= options.min_steps) {
        node->fail(fmt::format("must be above min_steps ({})", options.min_steps));
      }
    }
    if (const SpecNode* node = reader->find("reduction")) {
      options.reduction = node->as_integer(2, kMost);
    }
  }
  return {.pruner = std::make_unique<Asha>(options),
          .options =
              fmt::format(R"({{"min_steps":{},"max_steps":{},"reduction":{}}})", options.min_steps,
                          options.max_steps ? fmt::format("{}", *options.max_steps) : "null",
                          options.reduction)};
}

}  // namespace autoglm
