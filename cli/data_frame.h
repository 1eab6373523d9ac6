// A study's trials with the columns of Optuna's Study.trials_dataframe().
#pragma once

#include "cli/report_formats.h"
#include "cli/study_report.h"

namespace autoglm {

/// number, value (several metrics: values_NAME each), datetime_start, datetime_complete, duration,
/// params_NAME…, user_attrs_NAME…, system_attrs_fail_reason, state in Optuna's words; names by the
/// alphabet. Times are UTC as pandas writes them, "2026-11-22 06:57:43.123456", durations
/// "0 days 00:00:02.000000".
void write_frame_csv(const StudyReport& report, const TextSink& sink);

/// The same as JSON objects, one a line; what a trial has not is left out, apart from its value.
void write_frame_jsonl(const StudyReport& report, const TextSink& sink);

}  // namespace autoglm
