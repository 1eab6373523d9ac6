#include "cli/told_end.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "optimizer/attempt_outcome.h"

namespace autoglm {
namespace {

[[noreturn]] void bad_value(const std::string& message) {
  throw StdioError(StdioErrorCode::bad_value, message);
}

/// The values by the study's own metrics, in their order.
std::vector<double> ordered_values(const MetricValues& given, const Objective& objective,
                                   const std::string& place) {
  std::vector<std::string> names;
  std::vector<double> values;
  for (const Metric& metric : objective.metrics()) {
    names.push_back(metric.name);
    const double* const value = find_metric(given, metric.name);
    if (value == nullptr) {
      bad_value(fmt::format("{}: \"{}\" is missing; add it", place, metric.name));
    }
    values.push_back(*value);
  }
  for (const auto& [name, value] : given) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      bad_value(fmt::format("{}: \"{}\" is not a metric of the study ({}); send it as a report",
                            place, name, fmt::join(names, ", ")));
    }
  }
  return values;
}

/// What the reports say of a trial that is told as complete.
std::vector<double> reported_values(const Trial& trial, const Objective& objective,
                                    const std::string& place) {
  EndValues own = end_values(trial, objective);
  if (!own.problem.empty()) {
    bad_value(fmt::format("{}: trial {} has no value of its own: {}; give \"value\"", place,
                          trial.number, own.problem));
  }
  return std::move(own.values);
}

}  // namespace

TrialEnd told_end(const TellRequest& request, const Trial& trial, const Objective& objective,
                  const TellPlace& place) {
  TrialEnd end{.state = request.state,
               .reason = request.reason,
               .duration_seconds = request.duration_seconds,
               .user_attrs = request.user_attrs};
  if (request.value && objective.size() > 1) {
    bad_value(fmt::format("{}: the study has {} metrics; give \"values\" by their names",
                          place.tell, objective.size()));
  }
  if (request.value) {
    end.values = std::vector<double>{*request.value};
  } else if (request.values) {
    end.values = ordered_values(*request.values, objective, place.values);
  } else if (request.state == TrialState::complete) {
    end.values = reported_values(trial, objective, place.tell);
  }
  return end;
}

}  // namespace autoglm
