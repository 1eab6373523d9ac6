#include "cli/baseline.h"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "search_space/spec_document.h"

namespace autoglm {
namespace {

using Json = rapidjson::Value;

[[noreturn]] void fail(const std::string& path, const std::string& message) {
  throw UsageError(fmt::format("--baseline {}: {}", path, message));
}

std::string read_file(const std::string& path) {
  if (std::filesystem::is_directory(path)) {
    fail(path, "is a directory; name the file that `report --format json` wrote");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    fail(path,
         fmt::format("cannot be read: {}; check the path", std::generic_category().message(errno)));
  }
  return text;
}

const Json* find(const Json& object, const char* key) {
  const auto found = object.FindMember(key);
  return found == object.MemberEnd() || found->value.IsNull() ? nullptr : &found->value;
}

std::vector<std::string> texts(const Json* list) {
  std::vector<std::string> found;
  if (list != nullptr && list->IsArray()) {
    for (const Json& element : list->GetArray()) {
      found.emplace_back(element.IsString() ? element.GetString() : "");
    }
  }
  return found;
}

/// The values of a trial in the order of `metrics`.
std::vector<double> point_of(const Json& trial, const std::vector<std::string>& metrics,
                             const std::string& path) {
  const Json* const values = trial.IsObject() ? find(trial, "values") : nullptr;
  std::vector<double> point;
  for (const std::string& metric : metrics) {
    const Json* const value =
        values != nullptr && values->IsObject() ? find(*values, metric.c_str()) : nullptr;
    if (value == nullptr || !value->IsNumber()) {
      fail(path, fmt::format("a trial of \"pareto\" has no value of {}; write the file by "
                             "`autoglm report STUDY.db --format json`",
                             json_quoted(metric)));
    }
    point.push_back(value->GetDouble());
  }
  return point;
}

void read_front(const Json& report, Baseline& baseline) {
  const Json* const front = find(report, "pareto");
  if (front != nullptr && front->IsArray()) {
    for (const Json& trial : front->GetArray()) {
      baseline.best.push_back(point_of(trial, baseline.metrics, baseline.path));
    }
  }
}

void read_best(const Json& report, Baseline& baseline) {
  const Json* const best = find(report, "best");
  const Json* const value = best != nullptr && best->IsObject() ? find(*best, "value") : nullptr;
  if (value != nullptr && value->IsNumber()) {
    baseline.best.push_back({value->GetDouble()});
  }
  if (const Json* const direction = find(report, "direction");
      direction != nullptr && direction->IsString()) {
    baseline.directions = {direction->GetString()};
  }
}

std::string directions_text(const std::vector<std::string>& directions) {
  return fmt::format("{}", fmt::join(directions, ", "));
}

void check_same_kind(const Baseline& baseline, const StudyReport& report) {
  std::vector<std::string> names;
  std::vector<std::string> directions;
  for (const Metric& metric : report.objective.metrics()) {
    names.push_back(metric.name);
    directions.emplace_back(to_string(metric.goal));
  }
  if (baseline.best.front().size() != names.size()) {
    fail(baseline.path, fmt::format("has {} metrics, the study {}; choose a baseline of this study",
                                    baseline.best.front().size(), names.size()));
  }
  if (!baseline.metrics.empty() && baseline.metrics != names) {
    fail(baseline.path,
         fmt::format("is about {}, the study about {}; choose a baseline of this study",
                     fmt::join(baseline.metrics, ", "), fmt::join(names, ", ")));
  }
  if (!baseline.directions.empty() && baseline.directions != directions) {
    fail(baseline.path,
         fmt::format("wants to {}, the study to {}; choose a baseline of this study",
                     directions_text(baseline.directions), directions_text(directions)));
  }
}

double allowed(const Tolerance& tolerance, double base) {
  return tolerance.is_percent ? tolerance.amount / 100 * std::abs(base) : tolerance.amount;
}

/// How much worse `value` is than `base`; negative when it is better.
double loss(const Objective& objective, std::size_t i, double value, double base) {
  return objective.cost(i, value) - objective.cost(i, base);
}

/// 0.505 is 1 % above 0.5, although its double is a little more.
bool is_within(double worse, double limit, double value, double base) {
  constexpr double kRoundings = 4 * std::numeric_limits<double>::epsilon();
  const double slack = limit > 0 ? kRoundings * std::max(std::abs(value), std::abs(base)) : 0;
  return worse <= limit + slack;
}

bool is_matched(const std::vector<double>& values, const std::vector<double>& base,
                const Tolerance& tolerance, const Objective& objective) {
  for (std::size_t i = 0; i < base.size(); ++i) {
    if (!is_within(loss(objective, i, values[i], base[i]), allowed(tolerance, base[i]), values[i],
                   base[i])) {
      return false;
    }
  }
  return true;
}

std::string tolerance_text(const Tolerance& tolerance) {
  return tolerance.amount == 0
             ? "nothing"
             : fmt::format("{:g}{}", tolerance.amount, tolerance.is_percent ? " %" : "");
}

std::string share_text(double amount, double base) {
  return base == 0 ? fmt::format("{:.4g}", amount)
                   : fmt::format("{:.4g} %", 100 * amount / std::abs(base));
}

Check compare_best(const Baseline& baseline, const Tolerance& tolerance,
                   const StudyReport& report) {
  const Trial& best = trial_of(report, *report.best);
  const Metric& metric = report.objective.metrics()[0];
  const double value = best.values[0];
  const double base = baseline.best[0][0];
  const double worse = loss(report.objective, 0, value, base);
  const bool holds = is_within(worse, allowed(tolerance, base), value, base);
  const std::string comparison = worse == 0
                                     ? "the same as"
                                     : fmt::format("{} {} than", share_text(std::abs(worse), base),
                                                   worse > 0 ? "worse" : "better");
  return {.holds = holds,
          .text = fmt::format("{} {} of trial {} is {} the {} of {}; {} is allowed", metric.name,
                              number_text(value), best.number, comparison, number_text(base),
                              baseline.path, tolerance_text(tolerance))};
}

Check compare_fronts(const Baseline& baseline, const Tolerance& tolerance,
                     const StudyReport& report) {
  for (const std::vector<double>& base : baseline.best) {
    const bool matched =
        std::any_of(report.pareto.begin(), report.pareto.end(), [&](std::int64_t number) {
          return is_matched(trial_of(report, number).values, base, tolerance, report.objective);
        });
    if (!matched) {
      std::string point;
      for (std::size_t i = 0; i < base.size(); ++i) {
        point += fmt::format("{}{} {}", i == 0 ? "" : ", ", report.objective.metrics()[i].name,
                             number_text(base[i]));
      }
      return {.holds = false,
              .text = fmt::format("no trial is as good as {} has one ({}); {} is allowed",
                                  baseline.path, point, tolerance_text(tolerance))};
    }
  }
  return {.holds = true,
          .text = fmt::format("as good as each of the {} best of {}; {} is allowed",
                              baseline.best.size(), baseline.path, tolerance_text(tolerance))};
}

}  // namespace

Tolerance parse_tolerance(const std::string& text) {
  const std::size_t percent = text.find('%');
  Tolerance tolerance{.is_percent = percent != std::string::npos};
  std::string number = text.substr(0, percent);
  number.erase(number.find_last_not_of(' ') + 1);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), tolerance.amount);
  const bool is_whole = error == std::errc{} && end == number.data() + number.size() &&
                        (percent == std::string::npos || percent + 1 == text.size());
  if (!is_whole || !std::isfinite(tolerance.amount) || tolerance.amount < 0) {
    throw UsageError(fmt::format(
        "--max-regression {}: must be a share such as 1% or an amount such as 0.01, not below 0",
        text));
  }
  return tolerance;
}

Baseline read_baseline(const std::string& path) {
  const std::string text = read_file(path);
  rapidjson::Document report;
  report.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  if (report.HasParseError() || !report.IsObject()) {
    fail(path, "is no JSON object; write it by `autoglm report STUDY.db --format json`");
  }
  Baseline baseline{.path = path, .metrics = texts(find(report, "metrics"))};
  baseline.directions = texts(find(report, "directions"));
  if (baseline.directions.size() > 1) {
    read_front(report, baseline);
  } else {
    read_best(report, baseline);
  }
  if (baseline.best.empty()) {
    fail(path,
         "has no best trial to compare with; write one of a study with a complete trial by "
         "`autoglm report STUDY.db --format json`");
  }
  return baseline;
}

Check compare_with(const Baseline& baseline, const Tolerance& tolerance,
                   const StudyReport& report) {
  check_same_kind(baseline, report);
  Check check;
  if (report.objective.size() > 1) {
    check = compare_fronts(baseline, tolerance, report);
  } else if (report.best) {
    check = compare_best(baseline, tolerance, report);
  } else {
    check.text = fmt::format("no trial is complete, {} has one", baseline.path);
  }
  check.name = fmt::format("not worse than {}", baseline.path);
  check.sentence = fmt::format("--baseline {}: {}", baseline.path, check.text);
  check.exit_status = exit_baseline;
  return check;
}

}  // namespace autoglm
