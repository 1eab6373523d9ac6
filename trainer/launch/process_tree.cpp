#include "trainer/launch/process_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <memory>
#include <string>
#include <string_view>

namespace autoglm {
namespace {

/// Appends the numbers of a text such as "17 4242 ".
class NumberReader {
 public:
  explicit NumberReader(std::vector<pid_t>& numbers) : numbers_(numbers) {}

  void feed(std::string_view text) {
    for (const char c : text) {
      if (c >= '0' && c <= '9') {
        number_ = number_ * 10 + (c - '0');
      } else if (number_ > 0) {
        numbers_.push_back(std::exchange(number_, 0));
      }
    }
  }

 private:
  std::vector<pid_t>& numbers_;
  pid_t number_ = 0;
};

void append_children_of_thread(const std::string& task, std::vector<pid_t>& children) {
  const FileDescriptor file(::open((task + "/children").c_str(), O_RDONLY | O_CLOEXEC));
  NumberReader reader(children);
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t count = file ? ::read(file.get(), buffer.data(), buffer.size()) : 0;
    if (count <= 0) {
      reader.feed(" ");
      return;
    }
    reader.feed({buffer.data(), static_cast<std::size_t>(count)});
  }
}

}  // namespace

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> children;
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task/";
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(tasks.c_str()), ::closedir);
  while (const dirent* entry = directory ? ::readdir(directory.get()) : nullptr) {
    if (entry->d_name[0] != '.') {
      append_children_of_thread(tasks + entry->d_name, children);
    }
  }
  return children;
}

std::vector<pid_t> descendants_of(pid_t pid) {
  std::vector<pid_t> found = children_of(pid);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::vector<pid_t> children = children_of(found[i]);
    found.insert(found.end(), children.begin(), children.end());
  }
  return found;
}

bool can_list_children() {
  const std::string self = std::to_string(::getpid());
  return ::access(("/proc/" + self + "/task/" + self + "/children").c_str(), R_OK) == 0;
}

void become_subreaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

FileDescriptor watch_children() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  return FileDescriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

void forget_ended_children(int watch) {
  signalfd_siginfo information{};
  while (::read(watch, &information, sizeof(information)) > 0) {
  }
}

}  // namespace autoglm
