#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/command_text.h"

namespace autoglm {
namespace {

std::string flags_of(const CLI::App& command) {
  std::string flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      flags += (flags.empty() ? "--" : " --") + name;
    }
  }
  return flags;
}

/// The words that an option takes: "table json csv"; empty where any will do.
std::string values_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();  // "TEXT:{table,json,csv}"
  const std::size_t begin = type.find('{');
  const std::size_t end = type.rfind('}');
  if (begin == std::string::npos || end == std::string::npos || end < begin) {
    return "";
  }
  std::string values = type.substr(begin + 1, end - begin - 1);
  for (char& c : values) {
    c = c == ',' ? ' ' : c;
  }
  return values;
}

/// Text within single quotes of a shell.
std::string quoted(const std::string& text) {
  std::string safe = "'";
  for (const char c : text) {
    safe += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return safe + "'";
}

std::string names_of(const CLI::App& app) {
  std::string names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    names += (names.empty() ? "" : " ") + command->get_name();
  }
  return names;
}

/// Cases of what takes words, commands of commands and options: `NAME:BEFORE) words=… ;;`
std::string value_cases(const CLI::App& app, const std::string& indent) {
  std::string text;
  const auto add = [&](const std::string& name, const std::string& before,
                       const std::string& words) {
    if (!words.empty()) {
      text += fmt::format("{}{}:{}) words='{}' ;;\n", indent, name, before, words);
    }
  };
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    add(command->get_name(), command->get_name(), names_of(*command));
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        add(command->get_name(), "--" + name, values_of(*option));
      }
    }
  }
  return text;
}

std::string flag_cases(const CLI::App& app, const std::string& indent) {
  std::string text;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    text += fmt::format("{}{}) words='{}' ;;\n", indent, command->get_name(), flags_of(*command));
  }
  return text;
}

std::string bash_script(const CLI::App& app) {
  return fmt::format(
      "# Completions of autoglm for bash: source <(autoglm completion bash)\n"
      "_autoglm() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} command=${{COMP_WORDS[1]}} words=\n"
      "  local previous=${{COMP_WORDS[COMP_CWORD - 1]}}\n"
      "  if [ \"$COMP_CWORD\" = 1 ]; then\n"
      "    COMPREPLY=($(compgen -W '{} --help --version' -- \"$current\"))\n"
      "    return\n"
      "  fi\n"
      "  case $command:$previous in\n{}  esac\n"
      "  if [ -z \"$words\" ] && [ \"${{current:0:1}}\" = - ]; then\n"
      "    case $command in\n{}    esac\n"
      "  fi\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "}}\n"
      "complete -o default -F _autoglm autoglm\n",
      names_of(app), value_cases(app, "    "), flag_cases(app, "      "));
}

std::string zsh_commands(const CLI::App& app) {
  std::string text;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    text += fmt::format("    {}\n", quoted(command->get_name() + ":" + summary_of(*command)));
  }
  return text;
}

std::string zsh_script(const CLI::App& app) {
  return fmt::format(
      "#compdef autoglm\n"
      "# Completions of autoglm for zsh: source <(autoglm completion zsh)\n"
      "_autoglm() {{\n"
      "  local command=$words[2] previous=$words[CURRENT-1] current=$words[CURRENT]\n"
      "  if (( CURRENT == 2 )); then\n"
      "    local -a commands=(\n{}    )\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  () {{\n"
      "    local words=\n"
      "    case $command:$previous in\n{}    esac\n"
      "    if [[ -z $words && $current == -* ]]; then\n"
      "      case $command in\n{}      esac\n"
      "    fi\n"
      "    if [[ -n $words ]]; then\n"
      "      compadd -- ${{=words}}\n"
      "    else\n"
      "      _files\n"
      "    fi\n"
      "  }}\n"
      "}}\n"
      "# From a folder of fpath it is called at once, else it is to be made known.\n"
      "if [[ $funcstack[1] = _autoglm ]]; then\n"
      "  _autoglm \"$@\"\n"
      "else\n"
      "  compdef _autoglm autoglm\n"
      "fi\n",
      zsh_commands(app), value_cases(app, "      "), flag_cases(app, "        "));
}

std::string fish_script(const CLI::App& app) {
  std::string text = "# Completions of autoglm for fish: autoglm completion fish | source\n";
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    text += fmt::format("complete -c autoglm -n __fish_use_subcommand -a {} -d {}\n",
                        command->get_name(), quoted(summary_of(*command)));
    for (const CLI::App* inner : command->get_subcommands(nullptr)) {
      text += fmt::format("complete -c autoglm -n '__fish_seen_subcommand_from {}' -a {} -d {}\n",
                          command->get_name(), inner->get_name(), quoted(summary_of(*inner)));
    }
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        const std::string values = values_of(*option);
        text +=
            fmt::format("complete -c autoglm -n '__fish_seen_subcommand_from {}' -l {} -d {}{}\n",
                        command->get_name(), name, quoted(option->get_description()),
                        values.empty() ? "" : fmt::format(" -x -a '{}'", values));
      }
    }
  }
  return text;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  return shell == "bash" ? bash_script(app) : shell == "zsh" ? zsh_script(app) : fish_script(app);
}

}  // namespace autoglm
