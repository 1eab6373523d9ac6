// `autoglm ask`: suggestions out, for scripts that run trials themselves and tell what came of
// them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "cli/assemble.h"
#include "cli/commands.h"
#include "cli/duration_option.h"
#include "cli/exit_status.h"
#include "cli/json_writer.h"
#include "cli/output.h"
#include "cli/trial_json.h"
#include "storage/trial_rows.h"

namespace autoglm {
namespace {

/// Until when what is given out now is lent; 0: for good.
TimeNs lent_until(const std::string& text) {
  if (text.empty()) {
    return 0;
  }
  constexpr double kNanosecondsPerSecond = 1e9;
  return time_now() + static_cast<TimeNs>(seconds_of_option("autoglm ask: --lease", text) *
                                          kNanosecondsPerSecond);
}

std::unique_ptr<OpenStudy> open_to_ask(const AskOptions& options) {
  if (options.study.study == ":memory:") {
    throw UsageError(
        "autoglm ask: --study :memory: keeps nothing that could be told; give a file, or talk with "
        "autoglm stdio");
  }
  OpenRequest request{.command = "ask", .brief = true};
  request.settings.stop_when_first_three_fail_alike = false;
  request.settings.external = true;
  return open_study(load_spec(options.study), options.study, request);
}

/// What the study gave out; when that is less than was asked for, why.
struct Answers {
  std::vector<std::int64_t> given{};
  std::string ended{};  // why no more will come; empty: more may, once others are told
};

Answers ask_for(Study& study, std::int64_t count) {
  Answers answers;
  while (static_cast<std::int64_t>(answers.given.size()) < count) {
    const Study::Answer answer = study.ask();
    if (const auto* const given = std::get_if<Study::Given>(&answer)) {
      answers.given.push_back(given->trial);
      continue;
    }
    if (const auto* const done = std::get_if<Done>(&answer)) {
      answers.ended = done->reason;
    }
    break;
  }
  return answers;
}

std::string lines_of(const Answers& answers, const History& history) {
  std::string lines;
  for (const std::int64_t number : answers.given) {
    JsonWriter json;
    write_given(json, *history.find(number));
    lines += json.take() + '\n';
  }
  return lines;
}

/// Who asked did not get them: nobody will tell them.
void take_back(Study& study, const Answers& answers) {
  for (const std::int64_t number : answers.given) {
    study.requeue(number, "the answer could not be delivered");
  }
  study.flush();
}

void deliver(OpenStudy& open, const Answers& answers) {
  bool is_delivered = false;
  try {
    is_delivered = deliver_to_stdout(lines_of(answers, open.study->history()));
  } catch (const OutputError&) {
    take_back(*open.study, answers);
    throw;
  }
  if (!is_delivered) {
    take_back(*open.study, answers);
  }
}

int exit_status(const Answers& answers) {
  const bool is_spent = answers.ended == "max_trials" || answers.ended == "target";
  if (!answers.given.empty() || is_spent) {
    return exit_done;
  }
  return answers.ended == "max_failures" ? exit_failure_limit : exit_time_out;
}

}  // namespace

int run_ask(const AskOptions& options) {
  const TimeNs until = lent_until(options.lease);
  const auto open = open_to_ask(options);
  const Answers answers = ask_for(*open->study, options.count);
  open->storage->lend(open->record, answers.given, until);
  open->study->flush();
  deliver(*open, answers);
  open->close("");
  const int status = exit_status(answers);
  if (status != exit_done) {
    write_stderr(
        fmt::format("{}: nothing to give out: {}\n", open->path,
                    answers.ended.empty() ? "another trial must be told first" : answers.ended));
  }
  return status;
}

}  // namespace autoglm
