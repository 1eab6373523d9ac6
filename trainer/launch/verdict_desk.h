// Where trials' `autoglm log` ask whether to go on, and wait for the answer.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "trainer/launch/poller.h"
#include "trainer/launch/running_attempt.h"
#include "trainer/launch/verdict_socket.h"

namespace autoglm {

/// Used from one thread. At most kMaxAskers wait at a time: whoever else comes is turned away and
/// goes on without a verdict, and so does everyone if the socket cannot be made.
class VerdictDesk {
 public:
  static constexpr std::size_t kMaxAskers = 256;

  VerdictDesk();

  /// Of the socket; another one each time.
  const std::string& name() const { return name_; }
  /// Readable when look() has something to do.
  int descriptor() const { return poller_.descriptor(); }
  /// Takes in who comes and what they say.
  void look();

  /// The running attempt that an asker belongs to; nullptr when there is none (any more).
  using Find = std::function<RunningAttempt*(const AskerOrigin&)>;
  /// Lets those go on whose reports have their verdicts, and sends away those without an attempt.
  void settle(const Find& find);
  /// Tells all askers of an attempt to stop; false when there was none.
  bool tell_to_stop(const AskerOrigin& origin);

 private:
  struct Asker {
    FileDescriptor socket{};
    std::string text{};  // what it said and is not yet understood
    std::optional<AskerOrigin> origin{};
    std::optional<std::int64_t> offset{};   // of the metrics file after its report
    std::optional<std::int64_t> reports{};  // so many need verdicts; none: not all is read yet
  };

  void welcome();
  bool listen_to(Asker& asker);
  bool is_settled(Asker& asker, const Find& find);

  std::string name_;
  FileDescriptor listener_;
  Poller poller_{};
  std::map<int, Asker> askers_{};  // by their sockets
};

}  // namespace autoglm
