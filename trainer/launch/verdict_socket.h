// The socket by which a trial's `autoglm log` asks its tuner whether to go on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trainer/launch/file_descriptor.h"

namespace autoglm {

// AUTOGLM_CHANNEL is "NAME/TRIAL/ATTEMPT", where NAME is the name of a Unix stream socket in
// Linux's abstract namespace (no file that would have to be removed). Who asks says the line
// "TRIAL/ATTEMPT" when it connects, then appends its report to the metrics file, then says how long
// the file was after that, as a line. The answer is the line "go_on", once the study has judged all
// reports up to there, or "stop", which may come at any time. It introduces itself first so that
// the tuner knows, when the verdict falls, that the program will hear it this way.

inline constexpr char kChannelVariable[] = "AUTOGLM_CHANNEL";

/// The attempt that an asker belongs to.
struct AskerOrigin {
  std::int64_t trial = 0;
  int attempt = 0;
  bool operator==(const AskerOrigin&) const = default;
};

// Lines without their end; nothing when they make no sense.
std::optional<AskerOrigin> parse_origin(std::string_view line);
std::optional<std::int64_t> parse_offset(std::string_view line);

/// Close-on-exec. An invalid descriptor when that cannot be done.
FileDescriptor listen_at(const std::string& name);
FileDescriptor connect_to(const std::string& name);

/// Whether the other end runs as the same user (or as root): anyone on the machine could connect.
bool is_same_user(int socket);

}  // namespace autoglm
