#include "cli/tune_summary.h"

#include <fmt/format.h>

#include "cli/study_file.h"
#include "cli/trial_text.h"
#include "cli/wrapped_text.h"
#include "optimizer/summary.h"

namespace autoglm {
namespace {

constexpr std::string_view kEndings[][2] = {{"max_trials", "its budget is spent"},
                                            {"target", "the target is reached"},
                                            {"space_exhausted", "no untried configuration is left"},
                                            {"timeout", "the time is up"},
                                            {"interrupted", "paused; tune goes on from here"},
                                            {"max_failures", "too many trials failed"},
                                            {"failed_alike", "the first three trials failed alike"},
                                            {"device_failed", "the device fails"},
                                            {"external", "the trials left run elsewhere"}};

std::string ending(const std::string& reason) {
  for (const auto& [name, text] : kEndings) {
    if (name == reason) {
      return std::string(text);
    }
  }
  return reason;
}

std::string command_text(const Trial& trial, const OpenStudy& open, const CommandSpec& command) {
  const TrialFacts facts{
      .number = trial.number,
      .attempt = trial.attempts.empty() ? 1 : trial.attempts.back().number,
      .seed = trial.seed,
      .directory = trial.attempts.empty() ? "." : trial.attempts.back().directory,
      .study_name = open.record.name};
  return shell_quoted(command_line(command, trial.configuration, facts));
}

std::string best_text(const Trial& best, const OpenStudy& open, const CommandSpec& command,
                      std::size_t columns) {
  const History& history = open.study->history();
  const std::string text = fmt::format(
      "best trial {}: {} {}{}\n{}", best.number, history.objective().metrics()[0].name,
      number_text(best.values[0]), gain_text(best, history.trials(), history.objective()),
      parameters_text(best.configuration));
  return wrapped(text, columns) + "command: " + command_text(best, open, command) + "\n";
}

std::string pareto_text(const OpenStudy& open, const CommandSpec& command, std::size_t columns) {
  const History& history = open.study->history();
  std::string text = "best trials (none is better in every metric):\n";
  for (const std::int64_t number : open.study->pareto()) {
    const Trial& trial = *history.find(number);
    std::string values;
    for (std::size_t i = 0; i < trial.values.size(); ++i) {
      values += fmt::format(" {} {}", history.objective().metrics()[i].name,
                            number_text(trial.values[i]));
    }
    text += wrapped(fmt::format("  trial {}:{}\n", number, values), columns);
    text += fmt::format("    {}\n", command_text(trial, open, command));
  }
  return text;
}

}  // namespace

std::string tune_summary(const OpenStudy& open, const CommandSpec& command,
                         const LoopResult& result, std::size_t columns) {
  const History& history = open.study->history();
  const TrialCounts counts = count_trials(history.trials());
  std::string text = fmt::format("study {}: {}; {}\n", open.record.name, counts_text(counts),
                                 ending(result.reason));
  if (!result.detail.empty()) {
    text += result.detail + "\n";
  }
  text = wrapped(text, columns);
  if (history.objective().size() > 1) {
    text += counts[TrialState::complete] > 0 ? pareto_text(open, command, columns) : "";
  } else if (const Trial* best = open.study->best()) {
    text += best_text(*best, open, command, columns);
  }
  if (counts[TrialState::complete] == 0) {
    text += "no trial is complete\n";
  }
  return text + fmt::format("more: {}\n", report_command(open.path, *open.storage, open.record));
}

}  // namespace autoglm
