// The tuner's side of a guardian.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "trainer/launch/guardian_protocol.h"

namespace autoglm {

/// A running guardian. Destroyed: it kills what it keeps and ends, and was waited for.
class GuardianProcess {
 public:
  /// Starts `program` as a guardian and waits for its greeting. Throws std::system_error.
  explicit GuardianProcess(const std::string& program);
  ~GuardianProcess();
  GuardianProcess(const GuardianProcess&) = delete;
  GuardianProcess& operator=(const GuardianProcess&) = delete;

  pid_t pid() const { return pid_; }
  /// Readable when receive() has something to say.
  int socket() const { return socket_.get(); }

  bool launch(std::uint64_t id, const LaunchDescriptors& descriptors) {
    return send_launch(socket_.get(), id, descriptors);
  }
  /// Its program and all else that it keeps are killed too, and receive() tells when they are gone.
  bool kill_keeper(std::uint64_t id) {
    return send_message(socket_.get(),
                        GuardianOrder{.kind = GuardianOrder::Kind::kill_keeper, .id = id});
  }
  Received receive(KeeperGone& gone) { return receive_message(socket_.get(), gone); }

 private:
  FileDescriptor socket_{};
  pid_t pid_ = 0;
};

}  // namespace autoglm
