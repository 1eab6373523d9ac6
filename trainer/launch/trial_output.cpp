#include "trainer/launch/trial_output.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>

#include "trainer/launch/report_line.h"

namespace autoglm {

TrialOutput::TrialOutput(AttemptDirectory directory, std::array<FileDescriptor, 2> pipes,
                         const Capture& capture, OnReport on_report)
    : directory_(std::move(directory.path)),
      sources_{
          Source{.pipe = std::move(pipes[0]), .log = OutputLog(std::move(directory.output_log))},
          Source{.pipe = std::move(pipes[1]), .log = OutputLog(std::move(directory.error_log))}},
      metrics_(std::move(directory.metrics)),
      capture_(capture),
      on_report_(std::move(on_report)) {}

bool TrialOutput::read(Stream stream) {
  Source& source = sources_[static_cast<std::size_t>(stream)];
  std::array<char, 65536> buffer;
  const ssize_t count =
      ::read(source.pipe.get(), buffer.data(), std::min(buffer.size(), source.left));
  if (count <= 0) {
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      source.pipe.reset();
    }
    return false;
  }
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
  source.left -= bytes.size();
  source.log.append(bytes);
  if (stream == Stream::errors) {
    tail_.append(bytes);
  }
  source.lines.feed(bytes, [&](std::string_view line) { take_line(stream, line); });
  return true;
}

bool TrialOutput::read_metrics() {
  return !muted_ && metrics_.read([this](std::string_view line) { take_metrics_line(line); });
}

void TrialOutput::close() {
  for (Source& source : sources_) {
    int available = 0;
    const bool is_known = source.pipe && ::ioctl(source.pipe.get(), FIONREAD, &available) == 0;
    source.left = is_known ? static_cast<std::size_t>(available) : 0;
  }
  metrics_.close();
}

void TrialOutput::finish() {
  for (const Stream stream : {Stream::output, Stream::errors}) {
    Source& source = sources_[static_cast<std::size_t>(stream)];
    source.lines.finish([&](std::string_view line) { take_line(stream, line); });
  }
  if (!muted_) {
    metrics_.finish([this](std::string_view line) { take_metrics_line(line); });
  }
}

void TrialOutput::take_line(Stream stream, std::string_view line) {
  if (muted_) {
    return;
  }
  if (stream == Stream::output) {
    if (const auto found = parse_report_line(line)) {
      report(*found);
    }
  }
  if (const auto found = capture_.find(line.substr(0, kMaxReportLine))) {
    report(*found);
  }
}

void TrialOutput::take_metrics_line(std::string_view line) {
  if (const auto found = parse_report_line(line)) {
    report(*found);
  }
}

void TrialOutput::report(const ReportLine& line) {
  for (const Report& placed : steps_.place(line)) {
    on_report_(placed);
  }
}

}  // namespace autoglm
