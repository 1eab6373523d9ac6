#include "cli/stop_signals.h"

#include <csignal>

namespace autoglm {
namespace {

StopLevel level{0};
std::atomic<int> first_signal{0};
static_assert(StopLevel::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void note(int signal) {
  int none = 0;
  first_signal.compare_exchange_strong(none, signal);
  const int now = level.load();
  const int wanted = signal != SIGINT ? 2 : now == 0 ? 1 : 3;
  if (wanted > now) {
    level.store(wanted);
  }
}

}  // namespace

void install_stop_signals() {
  struct sigaction action {};
  action.sa_handler = note;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    sigaction(signal, &action, nullptr);
  }
  // So that a write fails, and what cannot be written is said.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

const StopLevel& stop_level() { return level; }

int interrupted_status() {
  const int signal = first_signal.load();
  return signal == 0 ? 0 : 128 + signal;
}

}  // namespace autoglm
