// The report as comma-separated values. With several metrics `value` is empty and a column for
// each, values_NAME, comes last.

#include <algorithm>
#include <string>
#include <vector>

#include "cli/csv_text.h"
#include "cli/report_formats.h"
#include "cli/text.h"

namespace autoglm {
namespace {

void write_header(CsvText& csv, const StudyReport& report) {
  for (const char* const name :
       {"number", "state", "value", "duration_s", "started", "finished", "reason"}) {
    csv.field(name);
  }
  for (const std::string& name : report.parameters) {
    csv.field("params_" + name);
  }
  for (const std::string& name : report.user_attrs) {
    csv.field("user_attrs_" + name);
  }
  if (report.objective.size() > 1) {
    for (const Metric& metric : report.objective.metrics()) {
      csv.field("values_" + metric.name);
    }
  }
  csv.end_record();
}

std::string optional_text(const std::optional<double>& number) {
  return number ? number_text(*number) : std::string{};
}

void write_parameters(CsvText& csv, const StudyReport& report, const Trial& trial) {
  for (const std::string& name : report.parameters) {
    const Value* const value = trial.configuration.find(name);
    csv.field(value != nullptr ? value_text(*value) : std::string{});
  }
}

void write_attributes(CsvText& csv, const StudyReport& report, const Trial& trial) {
  for (const std::string& name : report.user_attrs) {
    const auto found = std::find_if(trial.user_attrs.begin(), trial.user_attrs.end(),
                                    [&](const auto& attribute) { return attribute.first == name; });
    csv.field(found != trial.user_attrs.end() ? attribute_text(found->second) : std::string{});
  }
}

void write_record(CsvText& csv, const StudyReport& report, const Trial& trial) {
  csv.field(std::to_string(trial.number));
  csv.field(to_string(trial.state));
  csv.field(optional_text(single_value(report, trial)));
  csv.field(optional_text(duration_seconds(trial)));
  csv.field(utc_text(trial.started));
  csv.field(utc_text(trial.finished));
  csv.field(trial.reason);
  write_parameters(csv, report, trial);
  write_attributes(csv, report, trial);
  if (const std::size_t n = report.objective.size(); n > 1) {
    for (std::size_t i = 0; i < n; ++i) {
      csv.field(i < trial.values.size() ? number_text(trial.values[i]) : std::string{});
    }
  }
  csv.end_record();
}

std::vector<const Trial*> rows_of(const StudyReport& report, std::optional<std::size_t> top) {
  std::vector<const Trial*> rows;
  if (top) {
    rows = ranked_trials(report);
    rows.resize(std::min(rows.size(), *top));
    return rows;
  }
  rows.reserve(report.trials.size());
  for (const Trial& trial : report.trials) {
    rows.push_back(&trial);
  }
  return rows;
}

}  // namespace

void write_report_csv(const StudyReport& report, std::optional<std::size_t> top,
                      const TextSink& sink) {
  CsvText csv;
  write_header(csv, report);
  for (const Trial* trial : rows_of(report, top)) {
    write_record(csv, report, *trial);
    if (csv.size() > kReportPiece) {
      sink(csv.take());
    }
  }
  sink(csv.take());
}

}  // namespace autoglm
