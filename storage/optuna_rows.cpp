#include "storage/optuna_rows.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <limits>

#include "storage/json_text.h"

namespace autoglm {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

std::string float_distribution(const FloatRange& range) {
  const std::string step = range.step > 0 ? lossless_json(range.step) : "null";
  return fmt::format(
      R"({{"name": "FloatDistribution", "attributes": {{"step": {}, "low": {}, "high": {}, "log": {}}}}})",
      step, lossless_json(range.min), lossless_json(range.max), range.log);
}

std::string int_distribution(const IntRange& range) {
  return fmt::format(
      R"({{"name": "IntDistribution", "attributes": {{"log": {}, "step": {}, "low": {}, "high": {}}}}})",
      range.log, range.step, range.min, range.max);
}

std::string categorical_distribution(const Choice& choice) {
  std::string choices;
  for (const Value& value : choice.choices) {
    choices += (choices.empty() ? "" : ", ") + lossless_json(value);
  }
  return fmt::format(R"({{"name": "CategoricalDistribution", "attributes": {{"choices": [{}]}}}})",
                     choices);
}

/// Takes the number at the beginning of `text` away, and one of `separators` behind it, if there
/// are any. Reports of 100,000 trials read twice as many times: sscanf is too slow.
template <typename Number>
bool take_number(std::string_view& text, Number& number, std::string_view separators) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) {
    return false;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (separators.empty()) {
    return true;
  }
  if (text.empty() || separators.find(text.front()) == std::string_view::npos) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

/// Seconds since 1970; `parts` has the year and the month as people write them.
std::int64_t utc_clock(const std::tm& parts) {
  using std::chrono::sys_days;
  const sys_days day = std::chrono::year(parts.tm_year) /
                       std::chrono::month(static_cast<unsigned>(parts.tm_mon)) /
                       std::chrono::day(static_cast<unsigned>(parts.tm_mday));
  const std::chrono::sys_seconds time =
      std::chrono::sys_seconds(day) + std::chrono::hours(parts.tm_hour) +
      std::chrono::minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec);
  return time.time_since_epoch().count();
}

std::int64_t local_clock(std::tm parts) {
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  parts.tm_isdst = -1;
  return mktime(&parts);
}

}  // namespace

const char* optuna_state(TrialState state) {
  switch (state) {
    case TrialState::waiting:
      return "WAITING";
    case TrialState::running:
    case TrialState::paused:
      return "RUNNING";
    case TrialState::complete:
      return "COMPLETE";
    case TrialState::pruned:
      return "PRUNED";
    case TrialState::failed:
    case TrialState::infeasible:
    case TrialState::abandoned:
      break;
  }
  return "FAIL";
}

TrialState state_from_optuna(std::string_view state) {
  for (const TrialState ours :
       {TrialState::waiting, TrialState::running, TrialState::complete, TrialState::pruned}) {
    if (state == optuna_state(ours)) {
      return ours;
    }
  }
  return TrialState::failed;
}

const char* optuna_direction(Goal goal) { return goal == Goal::maximize ? "MAXIMIZE" : "MINIMIZE"; }

Goal goal_from_optuna(std::string_view direction) {
  return direction == "MAXIMIZE" ? Goal::maximize : Goal::minimize;
}

const char* optuna_value_type(double value) {
  if (std::isnan(value)) {
    return "NAN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "INF_POS" : "INF_NEG";
  }
  return "FINITE";
}

double value_from_optuna(std::string_view value_type, double stored) {
  if (value_type == "INF_POS") {
    return std::numeric_limits<double>::infinity();
  }
  if (value_type == "INF_NEG") {
    return -std::numeric_limits<double>::infinity();
  }
  return value_type == "NAN" ? std::numeric_limits<double>::quiet_NaN() : stored;
}

std::string distribution_json(const Domain& domain) {
  if (const auto* range = std::get_if<FloatRange>(&domain)) {
    return float_distribution(*range);
  }
  if (const auto* range = std::get_if<IntRange>(&domain)) {
    return int_distribution(*range);
  }
  return categorical_distribution(std::get<Choice>(domain));
}

double internal_value(const Domain& domain, const Value& value) {
  const auto* choice = std::get_if<Choice>(&domain);
  if (choice == nullptr) {
    return value_number(value);
  }
  for (std::size_t i = 0; i < choice->choices.size(); ++i) {
    if (same_value(choice->choices[i], value)) {
      return static_cast<double>(i);
    }
  }
  return 0;
}

std::string optuna_time(TimeNs time) {
  const std::int64_t seconds =
      time / kNsPerSecond - (time % kNsPerSecond < 0 ? 1 : 0);  // rounds down before 1970 too
  const std::int64_t nanoseconds = time - seconds * kNsPerSecond;
  const auto clock = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&clock, &parts);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     nanoseconds / 1000);
}

TimeNs time_from_optuna(std::string_view text, TimeZone zone) {
  std::tm parts{};
  double seconds = 0;
  if (!take_number(text, parts.tm_year, "-") || !take_number(text, parts.tm_mon, "-") ||
      !take_number(text, parts.tm_mday, " T") || !take_number(text, parts.tm_hour, ":") ||
      !take_number(text, parts.tm_min, ":") || !take_number(text, seconds, "")) {
    return 0;
  }
  const double fraction = seconds - std::floor(seconds);
  parts.tm_sec = static_cast<int>(seconds);
  const std::int64_t clock = zone == TimeZone::utc ? utc_clock(parts) : local_clock(parts);
  return clock * kNsPerSecond + std::llround(fraction * 1e6) * 1000;
}

TimeZone zone_of_library(std::string_view library_version) {
  int major = 0;
  const bool is_optuna = std::sscanf(std::string(library_version).c_str(), "%d.", &major) == 1;
  return is_optuna && major < 5 ? TimeZone::local : TimeZone::utc;
}

}  // namespace autoglm
