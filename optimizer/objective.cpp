#include "optimizer/objective.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace autoglm {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The first name that the expression needs and `metrics` lack; nullptr: none.
const std::string* first_missing(const Expression& expression, const MetricValues& metrics) {
  for (const std::string& name : expression.names()) {
    if (find_metric(metrics, name) == nullptr) {
      return &name;
    }
  }
  return nullptr;
}

std::optional<double> evaluate(const Expression& expression, const MetricValues& metrics) {
  if (first_missing(expression, metrics) != nullptr) {
    return std::nullopt;
  }
  std::vector<std::pair<std::string_view, Value>> values;
  for (const std::string& name : expression.names()) {
    values.emplace_back(name, *find_metric(metrics, name));
  }
  return expression.number([&values](std::string_view name) -> const Value* {
    const auto found = std::find_if(values.begin(), values.end(),
                                    [name](const auto& item) { return item.first == name; });
    return found == values.end() ? nullptr : &found->second;
  });
}

std::optional<double> known_value(const Metric& metric, const MetricValues& metrics) {
  if (const double* value = find_metric(metrics, metric.name)) {
    return *value;
  }
  return metric.value ? evaluate(*metric.value, metrics) : std::nullopt;
}

double reduce_curve(const Metric& metric, const Curve& curve) {
  double result = kNaN;
  if (metric.reduce == Reduce::mean_last) {
    const std::size_t n = std::min(curve.size(), static_cast<std::size_t>(metric.mean_of));
    double sum = 0;
    for (std::size_t i = curve.size() - n; i < curve.size(); ++i) {
      sum += curve[i].second;
    }
    result = sum / static_cast<double>(n);
  } else {
    for (const auto& [step, value] : curve) {
      // fmin and fmax give the other one when one is NaN.
      result = metric.reduce == Reduce::min ? std::fmin(result, value) : std::fmax(result, value);
    }
  }
  return result;
}

}  // namespace

Objective::Objective(std::vector<Metric> metrics) : metrics_(std::move(metrics)) {}

double Objective::cost(std::size_t objective, double value) const {
  return metrics_[objective].goal == Goal::minimize ? value : -value;
}

std::vector<double> Objective::costs(const Trial& trial) const {
  std::vector<double> costs;
  if (trial.state == TrialState::complete && trial.values.size() == size()) {
    for (std::size_t i = 0; i < size(); ++i) {
      costs.push_back(cost(i, trial.values[i]));
    }
  }
  return costs;
}

double Objective::value_at(std::size_t objective, const MetricValues& metrics) const {
  return known_value(metrics_[objective], metrics).value_or(kNaN);
}

bool Objective::is_known(std::size_t objective, const MetricValues& metrics) const {
  return known_value(metrics_[objective], metrics).has_value();
}

bool Objective::is_computed(std::string_view name) const {
  return std::any_of(metrics_.begin(), metrics_.end(), [name](const Metric& metric) {
    return metric.value.has_value() && metric.name == name;
  });
}

void Objective::add_computed(MetricValues& report, const MetricValues& known) const {
  MetricValues all = known;
  for (const auto& [name, value] : report) {
    set_metric(all, name, value);
  }
  for (const Metric& metric : metrics_) {
    if (metric.value) {
      if (const std::optional<double> value = evaluate(*metric.value, all)) {
        set_metric(report, metric.name, *value);
      }
    }
  }
}

std::optional<std::vector<double>> Objective::final_values(const Trial& trial,
                                                           std::string* missing) const {
  std::vector<double> values;
  for (std::size_t i = 0; i < size(); ++i) {
    const Metric& metric = metrics_[i];
    const std::optional<double> last = known_value(metric, trial.metrics);
    if (!last) {
      if (missing != nullptr) {
        *missing = metric.value ? *first_missing(*metric.value, trial.metrics) : metric.name;
      }
      return std::nullopt;
    }
    const Curve reported = metric.reduce == Reduce::last ? Curve{} : curve(trial, i);
    values.push_back(reported.empty() ? *last : reduce_curve(metric, reported));
  }
  return values;
}

std::vector<double> Objective::last_values(const Trial& trial) const {
  std::vector<double> values;
  for (const Metric& metric : metrics_) {
    const std::optional<double> last = known_value(metric, trial.metrics);
    if (!last || !std::isfinite(*last)) {
      return {};
    }
    values.push_back(*last);
  }
  return values;
}

std::optional<std::string> Objective::problem_with(const std::vector<double>& values) const {
  for (std::size_t i = 0; i < size(); ++i) {
    if (!std::isfinite(values[i])) {
      return fmt::format("{} is {}: a value must be finite", metrics_[i].name,
                         number_text(values[i]));
    }
  }
  return std::nullopt;
}

Curve Objective::curve(const Trial& trial, std::size_t objective) const {
  Curve points;
  for (const Report& report : trial.reports) {
    if (const std::optional<double> value = known_value(metrics_[objective], report.metrics)) {
      points.emplace_back(report.step, *value);
    }
  }
  std::stable_sort(points.begin(), points.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  return points;
}

bool Objective::reaches_target(const std::vector<double>& values) const {
  bool any = false;
  for (std::size_t i = 0; i < size(); ++i) {
    if (metrics_[i].target) {
      any = true;
      // Written so that NaN does not reach it.
      if (!(cost(i, values[i]) <= cost(i, *metrics_[i].target))) {
        return false;
      }
    }
  }
  return any;
}

}  // namespace autoglm
