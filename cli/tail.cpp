// `autoglm tail`: the output of a trial, to its end.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <thread>

#include "cli/assemble.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/opened_study.h"
#include "cli/output.h"
#include "trainer/launch/file_descriptor.h"

namespace autoglm {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPoll{100};

/// One of an attempt's log files, read as it grows.
class FollowedFile {
 public:
  explicit FollowedFile(fs::path path) : path_(std::move(path)) {}

  /// What came since the last call, to `descriptor`; false: nobody reads it.
  bool copy_to(int descriptor) {
    if (file_.get() < 0) {
      file_ = FileDescriptor(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    }
    std::array<char, 65536> bytes;  // NOLINT: filled by read
    while (file_.get() >= 0) {
      const ssize_t size = ::pread(file_.get(), bytes.data(), bytes.size(), offset_);
      if (size <= 0) {
        catch_up();
        break;
      }
      offset_ += size;
      const std::string_view text(bytes.data(), static_cast<std::size_t>(size));
      if (!write_to(descriptor, text)) {
        return false;
      }
    }
    return true;
  }

 private:
  static bool write_to(int descriptor, std::string_view text) {
    if (descriptor == STDOUT_FILENO) {
      return deliver_to_stdout(text);
    }
    write_stderr(text);
    return true;
  }

  /// A log that grew too long has dropped its middle.
  void catch_up() {
    const off_t size = ::lseek(file_.get(), 0, SEEK_END);
    if (size >= 0 && size < offset_) {
      offset_ = size;
    }
  }

  fs::path path_;
  FileDescriptor file_{};
  off_t offset_ = 0;
};

struct Watched {
  Trial trial{};
  bool is_running = false;  // and somebody runs it
};

Watched look(const TailOptions& options) {
  const StudyFile file = open_study_file(options.study, options.study_name, OpenMode::read_only);
  std::optional<Trial> trial = file.storage->find_trial(file.record, options.trial);
  if (!trial) {
    fail_unknown_trial(file, options.study, options.trial);
  }
  const bool is_running =
      trial->state == TrialState::running && file.storage->holder_of(file.record).has_value();
  return {.trial = *std::move(trial), .is_running = is_running};
}

/// Where an attempt's logs are: where they were written, else beside the study, which may have been
/// moved with them.
fs::path directory_of(const Attempt& attempt, const TailOptions& options) {
  std::error_code error;
  if (attempt.directory.empty() || fs::is_directory(attempt.directory, error)) {
    return attempt.directory;
  }
  return fs::path(trials_directory(options.study, "", true, "")) / std::to_string(options.trial) /
         std::to_string(attempt.number);
}

/// Its attempt has a number, and its program no folder yet.
bool is_about_to_begin(const Watched& watched) {
  return watched.is_running && !watched.trial.attempts.empty() &&
         watched.trial.attempts.back().directory.empty();
}

void require_output(const Trial& trial, const TailOptions& options) {
  const std::string place = fmt::format("{}: trial {}", options.study, trial.number);
  if (trial.attempts.empty() || trial.attempts.back().directory.empty()) {
    throw UsageError(place + (is_finished(trial.state)
                                  ? ": was run elsewhere, which is where its output is"
                                  : ": has no output yet: autoglm has not begun to run it"));
  }
  const fs::path directory = directory_of(trial.attempts.back(), options);
  if (std::error_code error; !fs::is_directory(directory, error)) {
    throw UsageError(fmt::format("{}: its folder {} is gone, and its output with it", place,
                                 directory.string()));
  }
}

/// Follows one attempt to its end. False: nobody reads it.
bool follow(const Watched& begun, const TailOptions& options) {
  const Attempt& attempt = begun.trial.attempts.back();
  const fs::path directory = directory_of(attempt, options);
  FollowedFile out(directory / "stdout.log");
  FollowedFile err(directory / "stderr.log");
  bool goes_on = begun.is_running;
  while (out.copy_to(STDOUT_FILENO) && err.copy_to(STDERR_FILENO)) {
    if (!goes_on) {
      return true;
    }
    std::this_thread::sleep_for(kPoll);
    const Watched now = look(options);
    goes_on = now.is_running && now.trial.attempts.size() == begun.trial.attempts.size();
  }
  return false;
}

}  // namespace

int run_tail(const TailOptions& options) {
  Watched watched = look(options);
  while (is_about_to_begin(watched)) {
    std::this_thread::sleep_for(kPoll);
    watched = look(options);
  }
  require_output(watched.trial, options);
  while (follow(watched, options)) {
    const std::size_t before = watched.trial.attempts.size();
    watched = look(options);
    if (watched.trial.attempts.size() == before ||
        watched.trial.attempts.back().directory.empty()) {
      break;
    }
  }
  return exit_done;
}

}  // namespace autoglm
