#include "cli/trial_json.h"

#include <string>

#include "cli/trial_text.h"

namespace autoglm {

void write_counts(JsonWriter& json, const TrialCounts& counts) {
  json.begin_object();
  for (const TrialState state : kStatesInReports) {
    json.key(to_string(state)).integer(counts[state]);
  }
  json.end_object();
}

void write_values(JsonWriter& json, const Objective& objective, const std::vector<double>& values) {
  json.begin_object();
  for (std::size_t i = 0; i < values.size() && i < objective.size(); ++i) {
    json.key(objective.metrics()[i].name).number(values[i]);
  }
  json.end_object();
}

void write_user_attrs(JsonWriter& json, const Trial& trial) {
  json.begin_object();
  for (const auto& [name, text] : trial.user_attrs) {
    json.key(name).raw(strict_json(text));
  }
  json.end_object();
}

void write_metrics(JsonWriter& json, const MetricValues& metrics) {
  json.begin_object();
  for (const auto& [name, value] : metrics) {
    json.key(name).number(value);
  }
  json.end_object();
}

void write_optional(JsonWriter& json, const std::optional<double>& number) {
  if (number) {
    json.number(*number);
  } else {
    json.null();
  }
}

void write_text_or_null(JsonWriter& json, std::string_view text) {
  if (text.empty()) {
    json.null();
  } else {
    json.text(text);
  }
}

}  // namespace autoglm
