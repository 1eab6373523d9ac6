// What reports and conversations say of trials in JSON, in the same words.
#pragma once

#include <optional>
#include <vector>

#include "cli/json_writer.h"
#include "optimizer/objective.h"
#include "optimizer/summary.h"
#include "optimizer/trial.h"

namespace autoglm {

/// {"complete": 3, …}: all of kStatesInReports.
void write_counts(JsonWriter& json, const TrialCounts& counts);

/// {"val_loss": 0.2}: by the names of the objective's metrics; {} without values.
void write_values(JsonWriter& json, const Objective& objective, const std::vector<double>& values);

/// {"trial": 4, "params": {…}, "seed": 91}: what whoever runs it gets.
void write_given(JsonWriter& json, const Trial& trial);

/// {"name": any JSON}
void write_user_attrs(JsonWriter& json, const Trial& trial);

/// The members "trial", "searcher", "seen", "why", …: who chose the trial and what became of it.
/// `details` is what the searcher adds: JSON, or empty. REQUIRES: in an object.
void write_explanation(JsonWriter& json, const Trial& trial, const Objective& objective,
                       const std::string& details);

/// {"loss": 0.3}: the last value of each metric.
void write_metrics(JsonWriter& json, const MetricValues& metrics);

/// null when there is none.
void write_optional(JsonWriter& json, const std::optional<double>& number);

/// null when empty.
void write_text_or_null(JsonWriter& json, std::string_view text);

}  // namespace autoglm
