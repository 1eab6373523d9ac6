// What the tuner, the guardian and the keepers say to each other. All three are the same program,
// so messages are plain records.
//
// A socket between tuner and guardian: Greeting (guardian, once), GuardianOrder, to launch with
// four descriptors (tuner), KeeperGone (guardian). A socket for each attempt between tuner and
// keeper: Order (tuner), KeeperReport (keeper). Closing either socket says: kill all that is yours.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "trainer/launch/file_descriptor.h"

namespace autoglm {

/// argv[0] of a guardian. `pkill -9 autoglm` must not find it.
inline constexpr char kGuardianName[] = "trial-guardian";
inline constexpr int kGuardianSocket = 3;

/// The guardian is there. `error` is an errno when it cannot do its work.
struct Greeting {
  int error = 0;
};

/// What the guardian is to do about the attempt that the tuner calls `id`.
struct GuardianOrder {
  enum class Kind { launch, kill_keeper } kind = Kind::launch;
  std::uint64_t id = 0;
};

/// Goes with an order to launch.
struct LaunchDescriptors {
  FileDescriptor control{};  // the keeper's end
  FileDescriptor output{};   // becomes stdout
  FileDescriptor errors{};   // becomes stderr
  FileDescriptor job{};      // a file that holds a LaunchJob
};

/// What to start.
struct LaunchJob {
  std::string directory{};
  std::vector<std::string> arguments{};
  std::vector<std::string> environment{};
};

/// A keeper ended without a report, and nothing is left of what it kept.
struct KeeperGone {
  std::uint64_t id = 0;
};

enum class Order : char {
  terminate,  // SIGTERM to all that the attempt has started, SIGCONT
  kill        // SIGKILL to all of it
};

enum class KeeperEvent { started, not_started, ended };

/// What could not be had, of an attempt that was not started.
enum class Obstacle { process, directory, program, interpreter };

struct KeeperReport {
  KeeperEvent event = KeeperEvent::ended;
  pid_t program = 0;
  Obstacle obstacle = Obstacle::process;
  int error = 0;             // errno, of not_started
  int wait_status = 0;       // of the program, of ended
  bool interrupted = false;  // the program still lived when an order reached it
  double user_seconds = 0;   // of the program and all its descendants
  double system_seconds = 0;
  std::int64_t peak_memory_bytes = 0;
};

/// A file in memory that holds the job, of whatever size. Throws std::system_error.
FileDescriptor write_job(const LaunchJob& job);
LaunchJob read_job(int file);

/// A connected pair of message sockets, close-on-exec. Throws std::system_error.
std::array<FileDescriptor, 2> socket_pair();

/// False when the guardian is gone or does not take it in time.
bool send_launch(int socket, std::uint64_t id, const LaunchDescriptors& descriptors);

enum class Received { message, nothing, end };

/// `descriptors` are invalid unless the order is to launch.
Received receive_order(int socket, GuardianOrder& order, LaunchDescriptors& descriptors);

bool send_bytes(int socket, const void* data, std::size_t size);
Received receive_bytes(int socket, void* data, std::size_t size);

/// False when nobody will read it.
template <typename Message>
bool send_message(int socket, const Message& message) {
  static_assert(std::is_trivially_copyable_v<Message>);
  return send_bytes(socket, &message, sizeof(message));
}

/// Does not block.
template <typename Message>
Received receive_message(int socket, Message& message) {
  static_assert(std::is_trivially_copyable_v<Message>);
  return receive_bytes(socket, &message, sizeof(message));
}

}  // namespace autoglm
