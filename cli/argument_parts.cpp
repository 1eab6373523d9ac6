#include "cli/argument_parts.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cctype>
#include <cstdlib>

#include "cli/commands.h"

namespace autoglm {

CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& example,
                      const std::string& summary) {
  CLI::App* command = app.add_subcommand(name, fmt::format("Example: {}\n\n{}", example, summary));
  command->group("");
  return *command;
}

CLI::Option* mirrored(CLI::Option* option) {
  if (std::getenv("AUTOGLM_TRIAL") != nullptr) {
    return option;
  }
  std::string name = option->get_lnames().front();
  for (char& c : name) {
    c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return option->envname("AUTOGLM_" + name);
}

CLI::Option* one_value(CLI::Option* option) {
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  return mirrored(option);
}

void add_spec_options(CLI::App& app, StudyOptions& options) {
  app.add_option("spec", options.spec, "the spec, a JSON file")->type_name("SPEC.json")->required();
  app.add_option("--set", options.set,
                 "override a key of the spec by its dotted path; VALUE is JSON, else text")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  one_value(app.add_option("--searcher", options.searcher, "the searcher, instead of the spec's"))
      ->type_name("NAME");
}

}  // namespace autoglm
