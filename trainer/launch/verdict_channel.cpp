#include "trainer/launch/verdict_channel.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "trainer/launch/report_line.h"
#include "trainer/launch/verdict_socket.h"

namespace autoglm {
namespace {

[[noreturn]] void fail(const std::string& path) {
  throw std::runtime_error(
      fmt::format("AUTOGLM_METRICS {}: cannot be written: {}", path, std::strerror(errno)));
}

/// Another program may have left the last line without its end.
bool ends_within_a_line(int file) {
  char last = '\n';
  const off_t size = ::lseek(file, 0, SEEK_END);
  return size > 0 && ::pread(file, &last, 1, size - 1) == 1 && last != '\n';
}

/// How long the file was after this report.
std::int64_t append(const std::string& path, const ReportLine& report) {
  const FileDescriptor file(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
  if (!file) {
    fail(path);
  }
  std::string line = ends_within_a_line(file.get()) ? "\n" : "";
  line += format_report_line(report) + "\n";
  if (::write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    fail(path);
  }
  return ::lseek(file.get(), 0, SEEK_CUR);
}

std::string receive_line(int socket) {
  std::string line;
  char c = 0;
  while (::recv(socket, &c, 1, 0) == 1 && c != '\n' && line.size() < 16) {
    line += c;
  }
  return line;
}

LogAnswer ask(const std::string& channel, std::int64_t offset) {
  const std::size_t slash = channel.find('/');
  if (slash == std::string::npos) {
    return LogAnswer::no_tuner;
  }
  const FileDescriptor socket = connect_to(channel.substr(0, slash));
  const std::string question = fmt::format("{} {}\n", channel.substr(slash + 1), offset);
  const bool asked = socket && ::send(socket.get(), question.data(), question.size(),
                                      MSG_NOSIGNAL) == static_cast<ssize_t>(question.size());
  const std::string answer = asked ? receive_line(socket.get()) : "";
  if (answer == "stop") {
    return LogAnswer::stop;
  }
  return answer == "go_on" ? LogAnswer::go_on : LogAnswer::no_tuner;
}

}  // namespace

LogAnswer log_metrics(const LogRequest& request) {
  const char* metrics = std::getenv("AUTOGLM_METRICS");
  if (metrics == nullptr || *metrics == '\0') {
    throw std::runtime_error(
        "AUTOGLM_METRICS is not set; `autoglm log` reports from inside a trial");
  }
  const std::int64_t offset = append(metrics, {.step = request.step, .metrics = request.metrics});
  const char* channel = std::getenv(kChannelVariable);
  return channel == nullptr ? LogAnswer::no_tuner : ask(channel, offset);
}

}  // namespace autoglm
