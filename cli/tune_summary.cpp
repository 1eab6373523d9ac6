#include "cli/tune_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/text.h"
#include "optimizer/summary.h"

namespace autoglm {
namespace {

constexpr std::string_view kEndings[][2] = {{"max_trials", "its budget is spent"},
                                            {"target", "the target is reached"},
                                            {"space_exhausted", "every configuration was tried"},
                                            {"timeout", "the time is up"},
                                            {"interrupted", "paused; the same command goes on"},
                                            {"max_failures", "too many trials failed"},
                                            {"failed_alike", "the first three trials failed alike"},
                                            {"external", "the trials left run elsewhere"}};

std::string ending(const std::string& reason) {
  for (const auto& [name, text] : kEndings) {
    if (name == reason) {
      return std::string(text);
    }
  }
  return reason;
}

std::string counts_text(const TrialCounts& counts) {
  std::string text;
  for (int i = static_cast<int>(counts.by_state.size()) - 1; i >= 0; --i) {
    const std::int64_t n = counts.by_state[static_cast<std::size_t>(i)];
    if (n > 0) {
      text = fmt::format("{} {}{}{}", n, to_string(static_cast<TrialState>(i)),
                         text.empty() ? "" : ", ", text);
    }
  }
  return text.empty() ? "none" : text;
}

/// "; 41.2 % better than trial 0 (0.53)"; empty when the first complete trial is the best.
std::string gain_text(const Trial& best, const History& history) {
  for (const Trial& first : history.trials()) {
    if (first.state != TrialState::complete) {
      continue;
    }
    if (first.number == best.number) {
      break;
    }
    const Objective& objective = history.objective();
    const double gain = objective.cost(0, first.values[0]) - objective.cost(0, best.values[0]);
    const double scale = std::abs(first.values[0]);
    const std::string much =
        scale > 0 ? fmt::format("{:.1f} %", 100 * gain / scale) : short_number(gain);
    return fmt::format(", {} better than the first one (trial {}: {})", much, first.number,
                       short_number(first.values[0]));
  }
  return "";
}

std::string parameters_text(const Configuration& configuration) {
  std::size_t width = 0;
  for (const auto& [name, value] : configuration) {
    width = std::max(width, name.size());
  }
  std::string text;
  for (const auto& [name, value] : configuration) {
    text += fmt::format("  {:<{}}  {}\n", name, width, value_text(value));
  }
  return text;
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

std::string best_text(const Trial& best, const OpenStudy& open, const CommandSpec& command) {
  const History& history = open.study->history();
  return fmt::format("best trial {}: {} {}{}\n{}command: {}\n", best.number,
                     history.objective().metrics()[0].name, number_text(best.values[0]),
                     gain_text(best, history), parameters_text(best.configuration),
                     command_text(best, open, command));
}

std::string pareto_text(const OpenStudy& open, const CommandSpec& command) {
  const History& history = open.study->history();
  std::string text = "best trials (none is better in every metric):\n";
  for (const std::int64_t number : open.study->pareto()) {
    const Trial& trial = *history.find(number);
    std::string values;
    for (std::size_t i = 0; i < trial.values.size(); ++i) {
      values += fmt::format(" {} {}", history.objective().metrics()[i].name,
                            number_text(trial.values[i]));
    }
    text +=
        fmt::format("  trial {}:{}\n    {}\n", number, values, command_text(trial, open, command));
  }
  return text;
}

}  // namespace

std::string tune_summary(const OpenStudy& open, const CommandSpec& command,
                         const LoopResult& result) {
  const History& history = open.study->history();
  const TrialCounts counts = count_trials(history.trials());
  std::string text =
      fmt::format("study {}: {} trials: {}; {}\n", open.record.name, history.trials().size(),
                  counts_text(counts), ending(result.reason));
  if (!result.detail.empty()) {
    text += result.detail + "\n";
  }
  if (history.objective().size() > 1) {
    text += counts[TrialState::complete] > 0 ? pareto_text(open, command) : "";
  } else if (const Trial* best = open.study->best()) {
    text += best_text(*best, open, command);
  }
  if (counts[TrialState::complete] == 0) {
    text += "no trial is complete\n";
  }
  return text + fmt::format("more: autoglm report {}\n", shell_quoted({open.path}));
}

}  // namespace autoglm
