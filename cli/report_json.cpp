// The report as one JSON object. Trials are written one by one.

#include <string>

#include "cli/report_formats.h"
#include "cli/text.h"
#include "cli/trial_json.h"

namespace autoglm {
namespace {

/// What `best`, `pareto` and `trials` say alike.
void write_outcome(JsonWriter& json, const StudyReport& report, const Trial& trial) {
  write_optional(json.key("value"), single_value(report, trial));
  write_values(json.key("values"), report.objective, trial.values);
  json.key("params").configuration(trial.configuration);
  write_user_attrs(json.key("user_attrs"), trial);
  write_optional(json.key("duration_s"), duration_seconds(trial));
}

void write_leader(JsonWriter& json, const StudyReport& report, std::int64_t number) {
  json.begin_object();
  json.key("number").integer(number);
  write_outcome(json, report, trial_of(report, number));
  json.end_object();
}

void write_intermediate(JsonWriter& json, const StudyReport& report, const Trial& trial) {
  json.begin_object();
  for (const auto& [step, value] : report.objective.curve(trial)) {
    json.key(std::to_string(step)).number(value);
  }
  json.end_object();
}

/// Whoever ran a trial without telling us of attempts made one.
std::int64_t attempts_made(const Trial& trial) {
  const auto known = static_cast<std::int64_t>(trial.attempts.size());
  return known == 0 && trial.started != 0 ? 1 : known;
}

void write_trial(JsonWriter& json, const StudyReport& report, const Trial& trial) {
  json.begin_object();
  json.key("number").integer(trial.number);
  json.key("state").text(to_string(trial.state));
  write_outcome(json, report, trial);
  write_intermediate(json.key("intermediate"), report, trial);
  write_metrics(json.key("metrics"), trial.metrics);
  json.key("attempts").integer(attempts_made(trial));
  write_text_or_null(json.key("reason"), trial.reason);
  json.key("seed").unsigned_integer(trial.seed);
  write_text_or_null(json.key("created"), utc_text(trial.created));
  write_text_or_null(json.key("started"), utc_text(trial.started));
  write_text_or_null(json.key("finished"), utc_text(trial.finished));
  json.key("origin").text(to_string(trial.origin));
  write_text_or_null(json.key("searcher"), trial.searcher);
  json.end_object();
}

void write_study(JsonWriter& json, const StudyRecord& record) {
  json.key("study").text(record.name);
  write_text_or_null(json.key("searcher"), record.searcher);
  write_text_or_null(json.key("created"), utc_text(record.created));
  write_text_or_null(json.key("ended"), record.ended);
}

void write_objective(JsonWriter& json, const Objective& objective) {
  json.key("metrics").begin_array();
  for (const Metric& metric : objective.metrics()) {
    json.text(metric.name);
  }
  json.end_array();
  json.key("direction");
  if (objective.size() == 1) {
    json.text(to_string(objective.metrics()[0].goal));
    return;
  }
  json.null().key("directions").begin_array();
  for (const Metric& metric : objective.metrics()) {
    json.text(to_string(metric.goal));
  }
  json.end_array();
}

void write_leaders(JsonWriter& json, const StudyReport& report) {
  json.key("best");
  if (report.best) {
    write_leader(json, report, *report.best);
  } else {
    json.null();
  }
  if (report.objective.size() > 1) {
    json.key("pareto").begin_array();
    for (const std::int64_t number : report.pareto) {
      write_leader(json, report, number);
    }
    json.end_array();
  }
}

void write_checks(JsonWriter& json, const std::vector<Check>& checks) {
  json.begin_array();
  for (const Check& check : checks) {
    json.begin_object().key("name").text(check.name);
    json.key("holds").boolean(check.holds).key("text").text(check.text).end_object();
  }
  json.end_array();
}

}  // namespace

void write_report_json(const StudyReport& report, const TextSink& sink) {
  JsonWriter json;
  json.begin_object();
  json.key("schema_version").integer(1);
  write_study(json, report.record);
  write_objective(json, report.objective);
  write_counts(json.key("counts"), report.counts);
  write_leaders(json, report);
  if (!report.checks.empty()) {
    write_checks(json.key("checks"), report.checks);
  }
  json.key("trials").begin_array();
  for (const Trial& trial : report.trials) {
    write_trial(json, report, trial);
    if (json.str().size() > kReportPiece) {
      sink(json.str());
      json.drop_written();
    }
  }
  json.end_array().end_object();
  sink(json.take() + "\n");
}

}  // namespace autoglm
