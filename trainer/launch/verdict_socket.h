// The socket by which a trial's `autoglm log` asks its tuner whether to go on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trainer/launch/file_descriptor.h"

namespace autoglm {

// AUTOGLM_CHANNEL is "NAME/TRIAL/ATTEMPT", where NAME is the name of a Unix stream socket in
// Linux's abstract namespace (no file that would have to be removed). A question is the line
// "TRIAL/ATTEMPT OFFSET", where OFFSET is how long the metrics file was after the asker's own line;
// the answer, once the study has judged all reports up to there, is the line "go_on" or "stop".

inline constexpr char kChannelVariable[] = "AUTOGLM_CHANNEL";

struct VerdictQuestion {
  std::int64_t trial = 0;
  int attempt = 0;
  std::int64_t offset = 0;
};

/// Nothing when the line (without its end) is none.
std::optional<VerdictQuestion> parse_question(std::string_view line);

/// Close-on-exec. An invalid descriptor when that cannot be done: errno says why.
FileDescriptor listen_at(const std::string& name);
FileDescriptor connect_to(const std::string& name);

/// Whether the other end runs as the same user (or as root): anyone on the machine could connect.
bool is_same_user(int socket);

}  // namespace autoglm
