// What a trial costs at least: posix_spawn and wait of a program, and two durable writes.
// spawn_cost PROGRAM FILE COUNT prints the seconds of each kind, as one JSON object.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

bool spawn_and_wait(char* program) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  std::array<char*, 2> arguments{program, nullptr};
  pid_t child = 0;
  const int failed = posix_spawn(&child, program, &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  return failed == 0 && waitpid(child, &status, 0) == child && status == 0;
}

bool write_durably(int file) {
  static constexpr std::array<char, 4096> kPage{};
  return write(file, kPage.data(), kPage.size()) == static_cast<ssize_t>(kPage.size()) &&
         fsync(file) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: spawn_cost PROGRAM FILE COUNT\n");
    return 2;
  }
  const int file = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const long count = std::strtol(argv[3], nullptr, 10);
  double spawning = 0;
  double writing = 0;
  for (long i = 0; i < count; ++i) {
    auto began = std::chrono::steady_clock::now();
    if (!spawn_and_wait(argv[1])) {
      std::perror(argv[1]);
      return 1;
    }
    spawning += seconds_since(began);
    began = std::chrono::steady_clock::now();
    if (!write_durably(file) || !write_durably(file)) {
      std::perror(argv[2]);
      return 1;
    }
    writing += seconds_since(began);
  }
  std::printf("{\"spawn_and_wait_s\": %.9f, \"two_fsyncs_s\": %.9f}\n",
              spawning / static_cast<double>(count), writing / static_cast<double>(count));
  return 0;
}
