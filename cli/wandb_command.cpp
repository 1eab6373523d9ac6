#include "cli/wandb_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/wandb_members.h"

namespace autoglm {
namespace {

/// The parameters in one of the forms of W&B's macros.
std::string arguments(const char* form, const std::vector<DraftMember>& parameters) {
  std::string text;
  for (const DraftMember& parameter : parameters) {
    text += (text.empty() ? "" : ", ") +
            json_quoted(fmt::format("{}{}={{{}}}", form, parameter.key, parameter.key));
  }
  return text;
}

/// A word of the command as JSON; nothing for one that is left out.
std::optional<std::string> argument(const std::string& text, const SpecNode& sweep,
                                    const std::vector<DraftMember>& parameters,
                                    std::vector<std::string>& notes) {
  if (text == "${env}") {
    return std::nullopt;  // commands run without a shell, and find their program by PATH
  }
  if (text == "${interpreter}") {
    return R"("python3")";
  }
  if (text == "${program}") {
    return json_quoted(text_member(sweep, "program"));
  }
  if (text == "${args}") {
    return arguments("--", parameters);
  }
  if (text == "${args_no_hyphens}") {
    return arguments("", parameters);
  }
  if (text.starts_with("${")) {
    notes.push_back(
        fmt::format("command: {}; a trial finds its parameters in AUTOGLM_PARAMS, a JSON file, and "
                    "its environment",
                    text));
    return std::nullopt;
  }
  return json_quoted(text);
}

}  // namespace

std::optional<DraftMember> trial_of_sweep(const SpecNode& sweep,
                                          const std::vector<DraftMember>& parameters,
                                          std::vector<std::string>& notes) {
  std::vector<std::string> words;
  if (const SpecNode* const given = sweep.member("command")) {
    for (const auto& element : given->as_array()) {
      words.push_back(value_text(element->as_value()));
    }
  } else if (sweep.member("program") != nullptr) {
    words = {"${env}", "${interpreter}", "${program}", "${args}"};
  } else {
    notes.emplace_back("program: the sweep names none; add \"trial\" with its \"command\"");
    return std::nullopt;
  }
  std::vector<std::string> command;
  for (const std::string& word : words) {
    if (auto json = argument(word, sweep, parameters, notes)) {
      command.push_back(*std::move(json));
    }
  }
  return DraftMember{.key = "trial",
                     .json = fmt::format("{{\"command\": [{}]}}", fmt::join(command, ", ")),
                     .comment =
                         "have it print {\"step\": 1, \"METRIC\": 0.5} lines, or "
                         "use `autoglm log`, where it calls wandb.log"};
}

}  // namespace autoglm
