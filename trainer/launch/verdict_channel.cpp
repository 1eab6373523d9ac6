#include "trainer/launch/verdict_channel.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string_view>

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

/// A conversation with the tuner; every part of it may fail, and then there is no tuner.
class Channel {
 public:
  explicit Channel(const char* channel) {
    const std::string_view text = channel == nullptr ? "" : channel;
    const std::size_t slash = text.find('/');
    if (slash != std::string_view::npos) {
      socket_ = connect_to(std::string(text.substr(0, slash)));
      say(std::string(text.substr(slash + 1)));
    }
  }

  LogAnswer ask(std::int64_t offset) {
    say(std::to_string(offset));
    const std::string answer = hear();
    if (answer == "stop") {
      return LogAnswer::stop;
    }
    return answer == "go_on" ? LogAnswer::go_on : LogAnswer::no_tuner;
  }

 private:
  void say(const std::string& text) {
    const std::string line = text + "\n";
    if (socket_ && ::send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL) < 0) {
      return;  // what the tuner said before it left can still be heard
    }
  }
  std::string hear() {
    std::string line;
    char c = 0;
    while (socket_ && ::recv(socket_.get(), &c, 1, 0) == 1 && c != '\n' && line.size() < 16) {
      line += c;
    }
    return line;
  }

  FileDescriptor socket_{};
};

}  // namespace

LogAnswer log_metrics(const LogRequest& request) {
  const char* metrics = std::getenv("AUTOGLM_METRICS");
  if (metrics == nullptr || *metrics == '\0') {
    throw std::runtime_error(
        "AUTOGLM_METRICS is not set; `autoglm log` reports from inside a trial");
  }
  Channel channel(std::getenv(kChannelVariable));
  return channel.ask(append(metrics, {.step = request.step, .metrics = request.metrics}));
}

}  // namespace autoglm
