#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

#include "cli/command_text.h"
#include "cli/version.h"

namespace autoglm {
namespace {

constexpr std::string_view kExitStatus[][2] = {
    {"0", "done, and a trial is complete"},
    {"1", "an internal error, or a file that cannot be written"},
    {"2", "a mistake in the command line or the spec"},
    {"3", "no trial is complete"},
    {"4", "stopped by the failure limit"},
    {"5", "time ran out before the budget"},
    {"6", "an --assert does not hold"},
    {"7", "the study is held by another process, corrupt or incompatible"},
    {"8", "worse than the baseline"},
    {"9", "a device is asked for that is not there"},
    {"10", "of autoglm log: stop now"},
    {"130, 143, 129", "interrupted, after a clean pause"}};

/// Text as roff shows it: no hyphens of its own, no line that looks like a request.
std::string roff(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\\') {
      safe += "\\e";
    } else if (c == '-') {
      safe += "\\-";
    } else if ((c == '.' || c == '\'') && safe.empty()) {
      safe += std::string("\\&") + c;
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string positionals_of(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional() && option->get_lnames().empty()) {
      text += " " + option->get_type_name();
    }
  }
  return text;
}

std::string options_of(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      const bool takes_value = option->get_type_size() != 0;
      text += fmt::format(".TP\n.B \\-\\-{}{}\n{}\n", roff(name),
                          takes_value ? " " + roff(option->get_type_name()) : "",
                          roff(option->get_description()));
    }
  }
  return text;
}

/// The commands of `app`, and theirs. `program`: how `app` is called.
std::string commands_of(const CLI::App& app, const std::string& program) {
  std::string text;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    const std::string call = program + " " + command->get_name();
    text +=
        fmt::format(".SS {}{}\n{}\n.PP\n.EX\n{}\n.EE\n{}", call, roff(positionals_of(*command)),
                    roff(summary_of(*command)), roff(example_of(*command)), options_of(*command));
    text += commands_of(*command, call);
  }
  return text;
}

std::string exit_statuses() {
  std::string text;
  for (const auto& [status, meaning] : kExitStatus) {
    text += fmt::format(".TP\n.B {}\n{}\n", status, roff(meaning));
  }
  return text;
}

}  // namespace

std::string summary_of(const CLI::App& command) {
  const std::string description = command.get_description();
  return description.substr(description.rfind('\n') + 1);
}

std::string example_of(const CLI::App& command) {
  constexpr std::string_view kWord("Example: ");
  const std::string description = command.get_description();
  const std::size_t begin = description.starts_with(kWord) ? kWord.size() : 0;
  return description.substr(begin, description.find('\n') - begin);
}

std::string manual_page(const CLI::App& app) {
  return fmt::format(
      ".TH AUTOGLM 1 \"\" \"autoglm {0}\"\n.SH NAME\nautoglm \\- {1}\n.SH SYNOPSIS\n.B autoglm\n"
      ".I COMMAND\n[\\fIOPTION\\fR...]\n.SH EXAMPLE\n.EX\n{2}\n.EE\n.SH COMMANDS\n{3}"
      ".SH EXIT STATUS\n{4}.SH ENVIRONMENT\nAn option \\-\\-some\\-flag is mirrored by the "
      "variable AUTOGLM_SOME_FLAG; the option wins. NO_COLOR turns colours off.\n",
      kVersion, roff(summary_of(app)), roff(example_of(app)), commands_of(app, "autoglm"),
      exit_statuses());
}

}  // namespace autoglm
