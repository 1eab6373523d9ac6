// What the flags of all commands have in common. For the sources that declare them with CLI11.
#pragma once

#include <string>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace autoglm {

struct StudyOptions;

/// A command whose help begins with an example, then says in one sentence what it does.
CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& example,
                      const std::string& summary);

/// AUTOGLM_<FLAG> mirrors the option, except inside a trial. Gives back the option.
CLI::Option* mirrored(CLI::Option* option);

/// The same; and of several given the last one counts, as users of other tools expect.
CLI::Option* one_value(CLI::Option* option);

/// The spec, --set and --searcher.
void add_spec_options(CLI::App& app, StudyOptions& options);

}  // namespace autoglm
