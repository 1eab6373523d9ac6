#include "tests/storage/child_process.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <exception>
#include <stdexcept>

namespace autoglm::testing {

ChildProcess::ChildProcess(const std::function<int(const Say& say)>& body) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) {
    throw std::runtime_error("no pipe");
  }
  pid_ = fork();
  if (pid_ < 0) {
    throw std::runtime_error("no process");
  }
  if (pid_ == 0) {
    close(ends[0]);
    int status = 1;
    try {
      status = body([&ends](const std::string& line) {
        const std::string text = line + "\n";
        if (write(ends[1], text.data(), text.size()) < 0) {
          _exit(1);
        }
      });
    } catch (const std::exception& error) {
      std::fprintf(stderr, "child: %s\n", error.what());
    }
    _exit(status);
  }
  close(ends[1]);
  pipe_ = ends[0];
}

ChildProcess::~ChildProcess() {
  kill();
  close(pipe_);
}

std::string ChildProcess::hear() {
  std::string line;
  char c = 0;
  while (read(pipe_, &c, 1) == 1 && c != '\n') {
    line += c;
  }
  return line;
}

void ChildProcess::kill() {
  if (!ended_) {
    ::kill(pid_, SIGKILL);
    wait();
  }
}

bool ChildProcess::has_ended() {
  ended_ = ended_ || waitpid(pid_, &status_, WNOHANG) == pid_;
  return ended_;
}

int ChildProcess::wait() {
  if (!ended_) {
    waitpid(pid_, &status_, 0);
    ended_ = true;
  }
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_);
}

int wait_forever() {
  for (;;) {
    pause();
  }
}

}  // namespace autoglm::testing
