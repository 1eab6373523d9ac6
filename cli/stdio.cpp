// `autoglm stdio`: asking and telling as a conversation on standard input and output.
#include <unistd.h>

#include <chrono>

#include "cli/assemble.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/line_channel.h"
#include "cli/stdio_conversation.h"

namespace autoglm {
namespace {

std::unique_ptr<OpenStudy> open_for_conversation(const StdioOptions& options) {
  OpenRequest request{.command = "stdio"};
  request.settings.stop_when_first_three_fail_alike = false;
  return open_study(load_spec(options.study), options.study, request);
}

ConversationSettings settings_for(OpenStudy& open) {
  const auto began = std::chrono::steady_clock::now();
  ConversationSettings settings{
      .study_name = open.record.name,
      .timeout_seconds = open.spec.timeout_seconds,
      .elapsed_seconds = [began] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
      }};
  if (open.path != ":memory:") {
    settings.arrivals = [&open](const std::set<std::int64_t>& asked) {
      return open.arrivals(asked);
    };
    settings.turn = [&open] { return open.turn(); };
  }
  return settings;
}

void converse(StdioConversation& conversation, LineChannel& channel) {
  while (true) {
    const std::vector<std::string_view>& lines = channel.read_lines();
    if (lines.empty()) {
      return;
    }
    channel.write(conversation.answer(lines));
  }
}

}  // namespace

int run_stdio(const StdioOptions& options) {
  LineChannel channel(STDIN_FILENO, STDOUT_FILENO, kLongestLine);
  const auto open = open_for_conversation(options);
  StdioConversation conversation(*open->study, settings_for(*open));
  try {
    converse(conversation, channel);
  } catch (...) {
    conversation.end("the conversation broke off");
    throw;
  }
  conversation.end(channel.signal() != 0 ? "interrupted" : "the conversation ended");
  open->close(channel.signal() != 0 ? "interrupted" : "end_of_input");
  return channel.signal() != 0 ? 128 + channel.signal() : exit_done;
}

}  // namespace autoglm
