#include "cli/data_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/csv_text.h"
#include "cli/json_writer.h"
#include "cli/text.h"
#include "storage/optuna_rows.h"

namespace autoglm {
namespace {

/// A column, and what a trial has there: as text, and as JSON. Empty JSON: it has nothing.
struct Cell {
  std::string text{};
  std::string json{};
};

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

Cell text_cell(const std::string& text) {
  return text.empty() ? Cell{} : Cell{.text = text, .json = json_quoted(text)};
}

Cell number_cell(std::optional<double> number) {
  return number ? Cell{.text = number_text(*number), .json = json_number(*number)}
                : Cell{.json = "null"};
}

/// As pandas writes a Timedelta.
std::string timedelta(double seconds) {
  const auto micro = static_cast<std::int64_t>(std::llround(seconds * 1e6));
  const std::int64_t whole = micro / 1'000'000;
  return fmt::format("{} days {:02}:{:02}:{:02}.{:06}", whole / 86400, whole / 3600 % 24,
                     whole / 60 % 60, whole % 60, micro % 1'000'000);
}

/// Between start and end, as Optuna has it: pauses included.
Cell duration_cell(const Trial& trial) {
  return trial.started == 0 || trial.finished == 0
             ? Cell{}
             : text_cell(timedelta(static_cast<double>(trial.finished - trial.started) / 1e9));
}

Cell time_cell(TimeNs time) { return time == 0 ? Cell{} : text_cell(optuna_time(time)); }

/// Calls `put` with the name and the cell of each column, in their order.
template <typename Put>
void for_each_cell(const StudyReport& report, const Trial& trial, const Put& put) {
  const std::string number = std::to_string(trial.number);
  put("number", Cell{.text = number, .json = number});
  if (const std::size_t n = report.objective.size(); n == 1) {
    put("value", number_cell(single_value(report, trial)));
  } else {
    for (std::size_t i = 0; i < n; ++i) {
      put("values_" + report.objective.metrics()[i].name,
          number_cell(i < trial.values.size() ? std::optional(trial.values[i]) : std::nullopt));
    }
  }
  put("datetime_start", time_cell(trial.started));
  put("datetime_complete", time_cell(trial.finished));
  put("duration", duration_cell(trial));
  for (const std::string& name : sorted(report.parameters)) {
    const Value* const value = trial.configuration.find(name);
    put("params_" + name,
        value == nullptr ? Cell{} : Cell{.text = value_text(*value), .json = value_json(*value)});
  }
  for (const std::string& name : sorted(report.user_attrs)) {
    const auto found = std::find_if(trial.user_attrs.begin(), trial.user_attrs.end(),
                                    [&](const auto& attribute) { return attribute.first == name; });
    put("user_attrs_" + name,
        found == trial.user_attrs.end()
            ? Cell{}
            : Cell{.text = attribute_text(found->second), .json = strict_json(found->second)});
  }
  put("system_attrs_fail_reason", text_cell(is_finished(trial.state) ? trial.reason : ""));
  put("state", text_cell(optuna_state(trial.state)));
}

}  // namespace

void write_frame_csv(const StudyReport& report, const TextSink& sink) {
  CsvText csv;
  for_each_cell(report, Trial{},
                [&csv](const std::string& name, const Cell& /*cell*/) { csv.field(name); });
  csv.end_record();
  for (const Trial& trial : report.trials) {
    for_each_cell(report, trial,
                  [&csv](const std::string& /*name*/, const Cell& cell) { csv.field(cell.text); });
    csv.end_record();
    if (csv.size() > kReportPiece) {
      sink(csv.take());
    }
  }
  sink(csv.take());
}

void write_frame_jsonl(const StudyReport& report, const TextSink& sink) {
  std::string lines;
  for (const Trial& trial : report.trials) {
    JsonWriter json;
    json.begin_object();
    for_each_cell(report, trial, [&json](const std::string& name, const Cell& cell) {
      if (!cell.json.empty()) {
        json.key(name).raw(cell.json);
      }
    });
    lines += json.end_object().take() + "\n";
    if (lines.size() > kReportPiece) {
      sink(lines);
      lines.clear();
    }
  }
  sink(lines);
}

}  // namespace autoglm
