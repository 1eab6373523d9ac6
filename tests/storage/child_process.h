// Another process that uses a study.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace autoglm::testing {

/// Forked; runs `body` and exits with what it returns. Killed at the end of its scope.
class ChildProcess {
 public:
  /// `say` sends a line to the parent.
  using Say = std::function<void(const std::string& line)>;
  explicit ChildProcess(const std::function<int(const Say& say)>& body);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  /// The next line that it said; empty at its end.
  std::string hear();
  /// Kills it as if the power were cut; what it said before may still be heard.
  void kill();
  bool has_ended();
  /// Its exit status once it has ended; negative: the signal that ended it.
  int wait();

 private:
  pid_t pid_ = 0;
  int pipe_ = -1;
  bool ended_ = false;
  int status_ = 0;
};

/// Never returns; an int so that a body can end with it.
int wait_forever();

}  // namespace autoglm::testing
