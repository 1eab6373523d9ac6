// A runner over a directory of its own, and eyes for the processes that it starts.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "optimizer/trial_runner.h"
#include "trainer/launch/command_runner.h"

namespace autoglm {

/// Processes of trials whose directory lies in `folder`, by their environment; zombies do not
/// count.
std::vector<pid_t> trial_processes(const std::filesystem::path& folder);

/// Runs trials of the space {lr: log_uniform, name: categorical, momentum: when name == 'sgd'}.
class RunnerHarness {
 public:
  /// `trial` is the JSON text of a trial section.
  explicit RunnerHarness(const std::string& trial, int slots = 1);
  ~RunnerHarness();

  CommandRunner& runner() { return *runner_; }
  /// Ends the runner, as the end of a tuner would.
  void end_runner() { runner_.reset(); }
  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path attempt_folder(std::int64_t trial = 0, int attempt = 1) const;

  /// What a run was like: every event in its order. Each report is answered by `judge`.
  struct Story {
    std::vector<RunnerEvent> events{};
    Finished finished{};
    std::vector<Reported> reports() const;
    /// "4 loss=0.5" for each report.
    std::vector<std::string> report_texts() const;
  };
  using Judge = std::function<Action(const Reported&)>;
  Story run(const RunRequest& request = {}, const Judge& judge = {});
  /// The same from an attempt that was started already.
  Story follow(const Judge& judge = {});
  /// Waits until the attempt reports.
  Reported wait_for_report();

  /// Processes that were started by this runner and still exist.
  std::vector<pid_t> survivors() const { return trial_processes(folder_); }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<CommandRunner> runner_{};
};

/// Waits until `condition` holds; false after 30 s.
bool eventually(const std::function<bool()>& condition);

std::string file_text(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& text);

/// A trial section that runs the hostile program in the given way; further keys may follow.
std::string hostile(const std::string& way, const std::string& more_keys = "");

/// A trial section that runs a script by /bin/sh.
std::string script(const std::string& text, const std::string& more_keys = "");

}  // namespace autoglm
