// `autoglm stdio` without the pipes: lines in, answers out. See docs/stdio.md.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/json_writer.h"
#include "cli/leaders.h"
#include "cli/stdio_request.h"
#include "optimizer/study.h"

namespace autoglm {

struct ConversationSettings {
  std::string study_name{};
  std::optional<double> timeout_seconds{};    // after which `ask` gives out nothing new
  std::function<double()> elapsed_seconds{};  // since the conversation began
  /// Trials that other programs enqueued or ended since the last call, those that were asked for
  /// here (the argument) among them; none: nobody else can.
  std::function<std::vector<Trial>(const std::set<std::int64_t>&)> arrivals{};
  /// Held while lines are answered and stored: meanwhile no other program adds a trial.
  std::function<std::shared_ptr<void>()> turn{};
};

class StdioConversation {
 public:
  /// `study` is not owned and must outlive the conversation.
  StdioConversation(Study& study, ConversationSettings settings);

  /// One answer a line, in their order, each ended by a newline. What they say is durable.
  std::string answer(std::span<const std::string_view> lines);

  /// Trials that were asked for here and not told go back to waiting.
  void end(const std::string& reason);

 private:
  /// What one line did, to be taken back when it cannot be stored.
  struct Changes {
    std::vector<std::int64_t> asked{};
    std::vector<std::int64_t> told{};
    std::vector<std::int64_t> enqueued{};
    bool reported = false;
    bool any() const { return reported || !asked.empty() || !told.empty() || !enqueued.empty(); }
  };

  std::string answer_line(std::string_view line);
  void take_in_others();
  void take_back(const Changes& changes);

  void reply(const AskRequest& request, JsonWriter& json);
  void reply(const TellRequest& request, JsonWriter& json);
  void reply(const ReportRequest& request, JsonWriter& json);
  void reply(const RecommendRequest& request, JsonWriter& json);
  void reply(const EnqueueRequest& request, JsonWriter& json);
  void reply(const StatusRequest& request, JsonWriter& json);
  void reply(const ExplainRequest& request, JsonWriter& json);

  const Trial& find_trial(std::int64_t number) const;
  const Trial& running_trial(std::int64_t number) const;
  TrialEnd end_of(const TellRequest& request, const Trial& trial) const;
  void give_out(std::int64_t number, JsonWriter& json);
  void write_leaders(JsonWriter& json) const;

  Study& study_;
  ConversationSettings settings_;
  Leaders leaders_;
  Changes changes_{};                                   // of the line that is being answered
  std::set<std::int64_t> asked_{};                      // given out here and not told yet
  std::map<std::int64_t, std::string> stop_reasons_{};  // of running trials that were told to stop
  std::set<std::int64_t> unsaved_{};  // told, but the answer was that it could not be stored
};

}  // namespace autoglm
