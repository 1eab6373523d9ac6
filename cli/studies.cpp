// `autoglm studies`: what a file holds.
#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/report_parts.h"
#include "cli/study_file.h"
#include "cli/study_report.h"
#include "cli/text.h"
#include "cli/trial_json.h"
#include "cli/trial_text.h"
#include "cli/wrapped_text.h"

namespace autoglm {
namespace {

std::vector<StudyReport> reports_of(const std::string& path) {
  require_file(path);
  const auto storage = open_sqlite(path, OpenMode::read_only);
  std::vector<StudyReport> reports;
  for (StudyRecord& record : storage->studies()) {
    std::vector<Trial> trials = storage->trials(record);
    reports.push_back(make_study_report(std::move(record), std::move(trials)));
  }
  return reports;
}

void write_study(JsonWriter& json, const StudyReport& report) {
  json.begin_object().key("study").text(report.record.name);
  json.key("metrics").begin_array();
  for (const Metric& metric : report.objective.metrics()) {
    json.begin_object().key("name").text(metric.name);
    json.key("goal").text(to_string(metric.goal)).end_object();
  }
  json.end_array();
  write_text_or_null(json.key("searcher"), report.record.searcher);
  write_text_or_null(json.key("created"), utc_text(report.record.created));
  write_counts(json.key("counts"), report.counts);
  json.key("best");
  if (report.best) {
    const Trial& best = trial_of(report, *report.best);
    json.begin_object().key("number").integer(best.number);
    json.key("value").number(best.values.at(0)).end_object();
  } else {
    json.null();
  }
  json.end_object();
}

std::string studies_json(const std::vector<StudyReport>& reports) {
  JsonWriter json;
  json.begin_object().key("schema_version").integer(1).key("studies").begin_array();
  for (const StudyReport& report : reports) {
    write_study(json, report);
  }
  json.end_array().end_object();
  return json.take() + '\n';
}

std::string best_text(const StudyReport& report) {
  if (report.objective.size() > 1) {
    return fmt::format("; {} on the front", report.pareto.size());
  }
  return report.best
             ? fmt::format("; best {} (trial {})",
                           short_number(trial_of(report, *report.best).values.at(0)), *report.best)
             : "";
}

std::string studies_text(const std::vector<StudyReport>& reports) {
  std::size_t width = 0;
  for (const StudyReport& report : reports) {
    width = std::max(width, width_of(printable(report.record.name)));
  }
  std::string text;
  for (const StudyReport& report : reports) {
    text += fmt::format("{}  {}; {}{}\n", padded(printable(report.record.name), width),
                        printable(goals_text(report.objective)), counts_text(report.counts),
                        best_text(report));
  }
  return text;
}

}  // namespace

int run_studies(const StudiesOptions& options) {
  const std::vector<StudyReport> reports = reports_of(options.study);
  if (options.json) {
    write_stdout(studies_json(reports));
  } else {
    write_for_people(studies_text(reports));
  }
  return exit_done;
}

}  // namespace autoglm
