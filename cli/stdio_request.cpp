#include "cli/stdio_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "cli/stdio_json.h"
#include "search_space/spec_document.h"

namespace autoglm {
namespace {

constexpr std::int64_t kMostSteps = std::int64_t{1} << 53;

[[noreturn]] void bad_request(const std::string& message) {
  throw StdioError(StdioErrorCode::bad_request, message);
}

[[noreturn]] void bad_value(const std::string& message) {
  throw StdioError(StdioErrorCode::bad_value, message);
}

std::int64_t read_integer(const JsonValue& node, const std::string& place, std::int64_t least,
                          std::int64_t most) {
  if (!node.IsInt64() || node.GetInt64() < least || node.GetInt64() > most) {
    bad_request(fmt::format("{}: must be an integer from {} to {}, not {}", place, least, most,
                            shown(node)));
  }
  return node.GetInt64();
}

/// Any integer: one that no trial has is unknown_trial, not a malformed request.
std::int64_t read_trial(const JsonValue& object, const std::string& place) {
  const JsonValue* const node = find_member(object, "trial");
  if (node == nullptr) {
    bad_request(fmt::format("{}: \"trial\" is missing; add the number of a trial", place));
  }
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  return read_integer(*node, place + "/trial", -kMost, kMost);
}

std::string read_text(const JsonValue& node, const std::string& place) {
  if (!node.IsString()) {
    bad_request(fmt::format("{}: must be a string, not {}", place, shown(node)));
  }
  return text_of(node);
}

void require_object(const JsonValue& node, const std::string& place) {
  if (!node.IsObject()) {
    bad_request(fmt::format("{}: must be an object, not {}", place, shown(node)));
  }
}

[[noreturn]] void unknown_key(const std::string& place, const JsonValue& key,
                              std::span<const std::string_view> known) {
  const auto meant = did_you_mean(text_of(key), {known.begin(), known.end()});
  bad_request(fmt::format("{}: unknown key {}; {}", place, shown(key),
                          meant ? fmt::format("did you mean \"{}\"?", *meant)
                                : fmt::format("known are {}", fmt::join(known, ", "))));
}

void check_keys(const JsonValue& object, const std::string& place,
                std::span<const std::string_view> known) {
  for (const auto& member : object.GetObject()) {
    if (std::find(known.begin(), known.end(), view_of(member.name)) == known.end()) {
      unknown_key(place, member.name, known);
    }
  }
}

double read_value(const JsonValue& node, const std::string& place) {
  if (!node.IsNumber()) {
    bad_value(fmt::format("{}: must be a finite number, not {}", place, shown(node)));
  }
  return node.GetDouble();
}

/// A number, or a text for what JSON has no number for.
double read_metric(const JsonValue& node, const std::string& place) {
  if (node.IsNumber()) {
    return node.GetDouble();
  }
  if (node.IsString()) {
    const std::string text = text_of(node);
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (text == "nan") {
      return std::numeric_limits<double>::quiet_NaN();
    }
    if (text == "inf" || text == "-inf") {
      return text == "inf" ? kInfinity : -kInfinity;
    }
  }
  bad_value(fmt::format("{}: must be a number, \"nan\", \"inf\" or \"-inf\", not {}", place,
                        shown(node)));
}

MetricValues read_members(const JsonValue& object, const std::string& place, NumbersIn kind) {
  MetricValues values;
  for (const auto& member : object.GetObject()) {
    const std::string name = text_of(member.name);
    const std::string at = fmt::format("{}/{}", place, name);
    values.emplace_back(name, kind == NumbersIn::values ? read_value(member.value, at)
                                                        : read_metric(member.value, at));
  }
  return values;
}

MetricValues read_values(const JsonValue& node, const std::string& place, NumbersIn kind) {
  if (!node.IsObject()) {
    bad_value(fmt::format("{}: must be an object of metric names and numbers, not {}", place,
                          shown(node)));
  }
  return read_members(node, place, kind);
}

TrialState read_state(const JsonValue& node) {
  const auto state = trial_state_from(read_text(node, "/tell/state"));
  if (!state || !is_finished(*state)) {
    bad_request(fmt::format(
        "/tell/state: must be complete, pruned, failed, infeasible or abandoned, not {}",
        shown(node)));
  }
  return *state;
}

double read_duration(const JsonValue& node) {
  if (!node.IsNumber() || node.GetDouble() < 0 || node.GetDouble() > kLongestDuration) {
    bad_request(
        fmt::format("/tell/duration_s: must be a number of seconds from 0 to {:.0f}, not {}",
                    kLongestDuration, shown(node)));
  }
  return node.GetDouble();
}

void check_value_fits_state(const TellRequest& tell) {
  if (tell.value && tell.values) {
    bad_request("/tell: \"value\" and \"values\" are both there; keep one of them");
  }
  const bool takes_value = tell.state == TrialState::complete || tell.state == TrialState::pruned;
  if (!takes_value && (tell.value || tell.values)) {
    bad_value(fmt::format(
        "/tell: a value goes with complete and pruned only, not with {}; leave one of them out",
        to_string(tell.state)));
  }
}

StdioRequest read_tell(const JsonValue& node) {
  require_object(node, "/tell");
  constexpr std::array<std::string_view, 7> kKeys = {"trial",  "value",      "values",    "state",
                                                     "reason", "duration_s", "user_attrs"};
  check_keys(node, "/tell", kKeys);
  TellRequest tell;
  tell.trial = read_trial(node, "/tell");
  if (const JsonValue* value = find_member(node, "value")) {
    tell.value = read_value(*value, "/tell/value");
  }
  if (const JsonValue* values = find_member(node, "values")) {
    tell.values = read_values(*values, "/tell/values", NumbersIn::values);
  }
  if (const JsonValue* state = find_member(node, "state")) {
    tell.state = read_state(*state);
  }
  if (const JsonValue* reason = find_member(node, "reason")) {
    tell.reason = read_text(*reason, "/tell/reason");
  }
  if (const JsonValue* duration = find_member(node, "duration_s")) {
    tell.duration_seconds = read_duration(*duration);
  }
  if (const JsonValue* attributes = find_member(node, "user_attrs")) {
    require_object(*attributes, "/tell/user_attrs");
    for (const auto& member : attributes->GetObject()) {
      tell.user_attrs.emplace_back(text_of(member.name), json_of(member.value));
    }
  }
  check_value_fits_state(tell);
  return tell;
}

StdioRequest read_report(const JsonValue& node) {
  require_object(node, "/report");
  constexpr std::array<std::string_view, 3> kKeys = {"trial", "step", "metrics"};
  check_keys(node, "/report", kKeys);
  ReportRequest report;
  report.trial = read_trial(node, "/report");
  const JsonValue* const step = find_member(node, "step");
  const JsonValue* const metrics = find_member(node, "metrics");
  if (step == nullptr || metrics == nullptr) {
    bad_request(
        fmt::format("/report: \"{}\" is missing; add it", step == nullptr ? "step" : "metrics"));
  }
  report.step = read_integer(*step, "/report/step", 0, kMostSteps);
  require_object(*metrics, "/report/metrics");
  report.metrics = read_members(*metrics, "/report/metrics", NumbersIn::reported);
  if (report.metrics.empty()) {
    bad_request("/report/metrics: is empty; add a metric and its number");
  }
  return report;
}

StdioRequest read_ask(const JsonValue& node) {
  return AskRequest{.count = read_integer(node, "/ask", 1, 10'000)};
}

StdioRequest read_recommend(const JsonValue& node) {
  return RecommendRequest{.count =
                              static_cast<std::size_t>(read_integer(node, "/recommend", 1, 100))};
}

StdioRequest read_enqueue(const JsonValue& node) {
  require_object(node, "/enqueue");
  return EnqueueRequest{.configuration = json_of(node)};
}

StdioRequest read_status(const JsonValue& node) {
  if (!node.IsTrue()) {
    bad_request(fmt::format("/status: must be true, not {}", shown(node)));
  }
  return StatusRequest{};
}

StdioRequest read_explain(const JsonValue& node) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  return ExplainRequest{.trial = read_integer(node, "/explain", -kMost, kMost)};
}

constexpr std::array<std::string_view, 7> kRequests = {"ask",     "tell",   "report", "recommend",
                                                       "enqueue", "status", "explain"};
constexpr std::array kReaders = {read_ask,     read_tell,   read_report, read_recommend,
                                 read_enqueue, read_status, read_explain};
static_assert(kRequests.size() == kReaders.size());

}  // namespace

std::string_view to_string(StdioErrorCode code) {
  constexpr std::array<std::string_view, 7> kNames = {
      "bad_json",  "bad_request", "unknown_trial", "finished_trial",
      "bad_value", "bad_params",  "storage"};
  return kNames.at(static_cast<std::size_t>(code));
}

MetricValues parse_metric_values(std::string_view json, const std::string& place, NumbersIn kind) {
  JsonDocument document;
  parse_json_line(json, document);
  return read_values(document, place, kind);
}

StdioRequest parse_stdio_request(std::string_view line) {
  // What most lines need; RapidJSON's own pieces of 64 KiB would cost more than the parsing.
  std::array<char, 4096> room;  // NOLINT: left as it is
  JsonDocument::AllocatorType allocator(room.data(), room.size());
  JsonDocument document(&allocator);
  parse_json_line(line, document);
  require_object(document, "the line");
  check_keys(document, "the line", kRequests);
  if (document.MemberCount() != 1) {
    bad_request(fmt::format("the line: must have one key, not {}; write one of {}",
                            document.MemberCount(), fmt::join(kRequests, ", ")));
  }
  const auto& member = *document.MemberBegin();
  const auto* const name = std::find(kRequests.begin(), kRequests.end(), view_of(member.name));
  return kReaders.at(static_cast<std::size_t>(name - kRequests.begin()))(member.value);
}

}  // namespace autoglm
