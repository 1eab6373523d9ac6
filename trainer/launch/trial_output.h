// What an attempt says: its output, its logs, and the reports in both and in its metrics file.
#pragma once

#include <array>
#include <functional>
#include <limits>
#include <string>

#include "optimizer/trial.h"
#include "trainer/launch/attempt_directory.h"
#include "trainer/launch/capture.h"
#include "trainer/launch/line_splitter.h"
#include "trainer/launch/metrics_file.h"
#include "trainer/launch/output_log.h"
#include "trainer/launch/report_steps.h"
#include "trainer/launch/text_tail.h"

namespace autoglm {

class TrialOutput {
 public:
  enum class Stream { output, errors };
  using OnReport = std::function<void(const Report&)>;

  /// `pipes` are the ends to read, not blocking: stdout's, stderr's. `capture` is not owned and
  /// must outlive this.
  TrialOutput(AttemptDirectory directory, std::array<FileDescriptor, 2> pipes,
              const Capture& capture, OnReport on_report);

  /// The descriptor to watch; invalid once the stream has ended.
  int descriptor(Stream stream) const { return source(stream).pipe.get(); }
  const std::string& directory() const { return directory_; }
  std::int64_t metrics_offset() const { return metrics_.offset(); }

  // Each reads one piece and is false when there was none.
  bool read(Stream stream);
  bool read_metrics();

  /// The writers are gone: what is there now is all that will be read, whoever else holds the pipes
  /// or writes to the file.
  void close();
  /// All was read: last lines without an end count too.
  void finish();

  /// From now on nothing is a report.
  void mute() { muted_ = true; }

  std::string last_errors() const { return tail_.text(); }

 private:
  struct Source {
    FileDescriptor pipe{};
    OutputLog log;
    LineSplitter lines{};
    std::size_t left = std::numeric_limits<std::size_t>::max();  // bytes to read until it is closed
  };
  const Source& source(Stream stream) const { return sources_[static_cast<std::size_t>(stream)]; }
  void take_line(Stream stream, std::string_view line);
  void take_metrics_line(std::string_view line);
  void report(const ReportLine& line);

  std::string directory_;
  std::array<Source, 2> sources_;
  MetricsFile metrics_;
  TextTail tail_{};  // of stderr
  const Capture& capture_;
  ReportSteps steps_{};
  OnReport on_report_;
  bool muted_ = false;
};

}  // namespace autoglm
