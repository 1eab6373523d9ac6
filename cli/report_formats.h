// A study's report as text: one function a format.
#pragma once

#include <cstddef>
#include <optional>

#include "cli/output.h"
#include "cli/study_report.h"

namespace autoglm {

/// A TextSink gets its text in pieces of about this many bytes.
inline constexpr std::size_t kReportPiece = std::size_t{64} * 1024;

/// One JSON object, "schema_version" 1, with every trial.
void write_report_json(const StudyReport& report, const TextSink& sink);

/// RFC 4180: every trial by number, or the `top` best.
void write_report_csv(const StudyReport& report, std::optional<std::size_t> top,
                      const TextSink& sink);

/// For people at a terminal of that many columns: the best trial, the `top` best as a table, why
/// trials failed.
struct TableShape {
  std::size_t top = 10;
  std::size_t columns = 80;
  bool color = false;
};
void write_report_table(const StudyReport& report, const TableShape& shape, const TextSink& sink);

/// The same for a document.
void write_report_markdown(const StudyReport& report, std::size_t top, const TextSink& sink);

/// A page of its own, with drawings.
void write_report_html(const StudyReport& report, std::size_t top, const TextSink& sink);

/// One line, "--lr 0.01 --units 64", quoted for a shell. REQUIRES: there is a best trial.
void write_report_args(const StudyReport& report, const TextSink& sink);

}  // namespace autoglm
