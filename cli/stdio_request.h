// What a line of a conversation asks for. See docs/stdio.md.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "optimizer/trial.h"

namespace autoglm {

enum class StdioErrorCode {
  bad_json,
  bad_request,
  unknown_trial,
  finished_trial,
  bad_value,
  bad_params,
  storage
};

std::string_view to_string(StdioErrorCode code);

/// The answer to a line that cannot be done.
class StdioError : public std::runtime_error {
 public:
  StdioError(StdioErrorCode what_kind, const std::string& message)
      : std::runtime_error(message), code(what_kind) {}
  StdioErrorCode code;
};

struct AskRequest {
  std::int64_t count = 1;
};

struct TellRequest {
  std::int64_t trial = 0;
  TrialState state = TrialState::complete;
  std::optional<double> value{};         // finite
  std::optional<MetricValues> values{};  // finite
  std::string reason{};
  std::optional<double> duration_seconds{};
  std::vector<std::pair<std::string, std::string>> user_attrs{};  // name, JSON text
};

struct ReportRequest {
  std::int64_t trial = 0;
  std::int64_t step = 0;
  MetricValues metrics{};  // may hold NaN and infinities
};

struct RecommendRequest {
  std::size_t count = 1;
};

struct EnqueueRequest {
  std::string configuration{};  // JSON text of an object
};

struct StatusRequest {};

struct ExplainRequest {
  std::int64_t trial = 0;
};

using StdioRequest = std::variant<AskRequest, TellRequest, ReportRequest, RecommendRequest,
                                  EnqueueRequest, StatusRequest, ExplainRequest>;

inline constexpr std::size_t kLongestLine = std::size_t{1} << 20;

/// {"loss": 0.2} with `place` before what is wrong with it: finite numbers, or (`reported`) also
/// the texts "nan", "inf", "-inf". Throws StdioError: bad_json, bad_value.
enum class NumbersIn { values, reported };
MetricValues parse_metric_values(std::string_view json, const std::string& place, NumbersIn kind);

/// Throws StdioError: bad_json, bad_request, bad_value.
StdioRequest parse_stdio_request(std::string_view line);

}  // namespace autoglm
