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

void write_given(JsonWriter& json, const Trial& trial) {
  json.begin_object().key("trial").integer(trial.number);
  json.key("params").configuration(trial.configuration);
  json.key("seed").unsigned_integer(trial.seed).end_object();
}

void write_user_attrs(JsonWriter& json, const Trial& trial) {
  json.begin_object();
  for (const auto& [name, text] : trial.user_attrs) {
    json.key(name).raw(strict_json(text));
  }
  json.end_object();
}

void write_explanation(JsonWriter& json, const Trial& trial, const Objective& objective,
                       const std::string& details) {
  json.key("trial").integer(trial.number);
  write_text_or_null(json.key("searcher"), trial.searcher);
  json.key("seen").integer(trial.seen).key("why").text(trial.why);
  json.key("origin").text(to_string(trial.origin));
  json.key("params").configuration(trial.configuration);
  json.key("state").text(to_string(trial.state));
  write_text_or_null(json.key("reason"), trial.reason);
  write_values(json.key("values"), objective, trial.values);
  if (!details.empty()) {
    json.key("details").raw(details);
  }
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
