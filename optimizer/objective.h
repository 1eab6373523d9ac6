// What a study wants: the metrics, their direction, and how a trial's values follow from reports.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "optimizer/trial.h"
#include "search_space/expression.h"
#include "search_space/spec_document.h"

namespace autoglm {

enum class Goal { minimize, maximize };
enum class Reduce { last, min, max, mean_last };

struct Metric {
  std::string name{};
  Goal goal = Goal::minimize;
  std::optional<double> target{};     // the study ends once a value is at least this good
  std::optional<Expression> value{};  // over reported metrics; none: the metric called `name`
  Reduce reduce = Reduce::last;
  int mean_of = 1;  // mean_last_N: N >= 1
};

/// Steps with a number each, by ascending step.
using Curve = std::vector<std::pair<std::int64_t, double>>;

/// The one home of the sign: strategies see costs (smaller is better) and never learn the goal.
/// Several objectives are a vector everywhere; one is a vector of one.
class Objective {
 public:
  /// REQUIRES: at least one metric, names unique.
  explicit Objective(std::vector<Metric> metrics);

  const std::vector<Metric>& metrics() const { return metrics_; }
  std::size_t size() const { return metrics_.size(); }

  double cost(std::size_t objective, double value) const;
  /// Of a complete trial: one cost an objective; empty for every other trial.
  std::vector<double> costs(const Trial& trial) const;

  /// The objective's value at one report: the metric of its name (Study adds those that expressions
  /// give), else its expression over `metrics`; NaN when a metric it needs was not reported.
  double value_at(std::size_t objective, const MetricValues& metrics) const;

  /// Whether these metrics say anything of the objective, be it NaN.
  bool is_known(std::size_t objective, const MetricValues& metrics) const;

  /// Whether it is the name of a metric that an expression gives; programs do not report such.
  bool is_computed(std::string_view name) const;

  /// Adds to a report what the expressions give: over its own metrics, and for those it lacks over
  /// `known`, the last values so far. One that still lacks a metric adds nothing.
  void add_computed(MetricValues& report, const MetricValues& known) const;

  /// The trial's values by each metric's `reduce`; nothing when one was never reported, and then
  /// `missing` (may be null) names it. A value may be non-finite; the caller judges that. `min` and
  /// `max` pass over NaN in between.
  std::optional<std::vector<double>> final_values(const Trial& trial, std::string* missing) const;

  /// The last values, whatever `reduce` says: those of a pruned trial. Empty when one was never
  /// reported or is not finite.
  std::vector<double> last_values(const Trial& trial) const;

  /// Why `values` cannot be a trial's: "val_loss is nan: a value must be finite". Nothing: they
  /// can.
  std::optional<std::string> problem_with(const std::vector<double>& values) const;

  /// (step, value of the objective) by ascending step. Steps that said nothing of it are left out;
  /// NaN where it was NaN.
  Curve curve(const Trial& trial, std::size_t objective = 0) const;

  /// Whether `values` reach every target that there is (false without any).
  bool reaches_target(const std::vector<double>& values) const;

 private:
  std::vector<Metric> metrics_;
};

/// Reads `metric` (an object or a list) or `metrics`. Throws SpecError.
Objective parse_objective(const SpecNode& node);

}  // namespace autoglm
