// A trial's program that behaves in the way its first argument says.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

namespace {

void say(const std::string& text) {
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, left.data(), left.size());
    if (count < 0 && errno != EINTR) {
      ::_exit(9);
    }
    left.remove_prefix(static_cast<std::size_t>(count < 0 ? 0 : count));
  }
}

void ignore_requests() {
  for (const int signal : {SIGTERM, SIGHUP, SIGINT, SIGPIPE}) {
    std::signal(signal, SIG_IGN);
  }
}

[[noreturn]] void sleep_forever() {
  for (;;) {
    ::pause();
  }
}

[[noreturn]] void live_on_in_a_session_of_its_own() {
  ignore_requests();
  ::setsid();
  sleep_forever();
}

int ignores_sigterm() {
  ignore_requests();
  say("{\"loss\": 1}\n");
  sleep_forever();
}

int leaves_a_session() {
  if (::fork() == 0) {
    live_on_in_a_session_of_its_own();
  }
  say("{\"loss\": 1}\n");
  return 0;
}

int leaves_a_daemon() {
  if (::fork() == 0) {
    ::setsid();
    if (::fork() == 0) {
      live_on_in_a_session_of_its_own();
    }
    ::_exit(0);
  }
  say("{\"loss\": 1}\n");
  return 0;
}

/// 50 processes: ten children with four children each.
int leaves_fifty() {
  for (int i = 0; i < 10; ++i) {
    if (::fork() == 0) {
      for (int j = 0; j < 4; ++j) {
        if (::fork() == 0) {
          live_on_in_a_session_of_its_own();
        }
      }
      live_on_in_a_session_of_its_own();
    }
  }
  say("{\"loss\": 1}\n");
  return 0;
}

/// A process that is always another one: it forks and exits for as long as it lives.
int leaves_a_walker() {
  if (::fork() == 0) {
    ignore_requests();
    ::setsid();
    for (;;) {
      const pid_t next = ::fork();
      if (next > 0) {
        ::_exit(0);
      }
    }
  }
  return 0;
}

int reports_after_its_end() {
  if (::fork() == 0) {
    ignore_requests();
    for (;;) {
      say("{\"late\": 1}\n");
    }
  }
  say("{\"loss\": 1}\n");
  return 0;
}

int writes_300_mb() {
  std::string text;
  while (text.size() < 1000000) {
    text += "a line of output that is no report\n";
  }
  for (int i = 0; i < 300; ++i) {
    say(text);
  }
  say("{\"loss\": 1}\n");
  return 0;
}

int writes_a_long_line() {
  const std::string text(1000000, '{');
  for (int i = 0; i < 100; ++i) {
    say(text);
  }
  say("\n{\"loss\": 1}\n");
  return 0;
}

int reports_without_end() {
  for (int step = 0; step < 200000; ++step) {
    say("{\"loss\": 1}\n");
  }
  return 0;
}

int closes_its_pipes() {
  ::close(STDOUT_FILENO);
  ::close(STDERR_FILENO);
  ::usleep(100'000);
  return 3;
}

int kills_its_keeper() {
  if (::fork() == 0) {
    live_on_in_a_session_of_its_own();
  }
  say("{\"loss\": 1}\n");
  ::kill(::getppid(), SIGKILL);
  sleep_forever();
}

/// The parent of the parent.
pid_t guardian() {
  std::array<char, 4096> text{};
  const std::string path = "/proc/" + std::to_string(::getppid()) + "/stat";
  const int file = ::open(path.c_str(), O_RDONLY);
  if (::read(file, text.data(), text.size() - 1) <= 0) {
    ::_exit(9);
  }
  return std::atoi(std::strrchr(text.data(), ')') + 4);
}

int kills_its_guardian() {
  say("{\"loss\": 1}\n");
  ::kill(guardian(), SIGKILL);
  sleep_forever();
}

int stops_itself() {
  say("{\"loss\": 1}\n");
  ::raise(SIGSTOP);
  sleep_forever();
}

int stops_its_keeper() {
  ignore_requests();
  ::kill(::getppid(), SIGSTOP);
  say("{\"loss\": 1}\n");
  sleep_forever();
}

int crashes() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  ::setrlimit(RLIMIT_CORE, &none);
  std::fputs("about to crash\n", stderr);
  std::abort();
}

/// What the program was given besides its arguments and environment.
int says_what_it_has() {
  for (int fd = 0; fd < 1024; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) {
      say("descriptor " + std::to_string(fd) + "\n");
    }
  }
  for (int signal = 1; signal < 65; ++signal) {
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) {
      say("ignored " + std::to_string(signal) + "\n");
    }
  }
  sigset_t mask;
  ::sigprocmask(SIG_BLOCK, nullptr, &mask);
  for (int signal = 1; signal < 65; ++signal) {
    if (::sigismember(&mask, signal) == 1) {
      say("blocked " + std::to_string(signal) + "\n");
    }
  }
  char byte = 0;
  say("stdin " + std::to_string(::read(STDIN_FILENO, &byte, 1)) + "\n");
  say(::getpgrp() == ::getpid() ? "leads its group\n" : "does not lead its group\n");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, int (*)()> ways{
      {"closes_its_pipes", closes_its_pipes},
      {"crashes", crashes},
      {"ignores_sigterm", ignores_sigterm},
      {"kills_its_guardian", kills_its_guardian},
      {"kills_its_keeper", kills_its_keeper},
      {"leaves_a_daemon", leaves_a_daemon},
      {"leaves_a_session", leaves_a_session},
      {"leaves_a_walker", leaves_a_walker},
      {"leaves_fifty", leaves_fifty},
      {"reports_after_its_end", reports_after_its_end},
      {"reports_without_end", reports_without_end},
      {"says_what_it_has", says_what_it_has},
      {"stops_its_keeper", stops_its_keeper},
      {"stops_itself", stops_itself},
      {"writes_300_mb", writes_300_mb},
      {"writes_a_long_line", writes_a_long_line},
  };
  const auto way = ways.find(argc == 2 ? argv[1] : "");
  if (way == ways.end()) {
    std::fputs("no such way\n", stderr);
    return 2;
  }
  return way->second();
}
