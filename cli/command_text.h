// What the flags' table says of the program, in other forms: completions for shells, a manual page.
#pragma once

#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace autoglm {

/// A script that completes commands, flags, their values and files. `shell`: bash, zsh or fish.
std::string completion_script(const CLI::App& app, const std::string& shell);

/// The manual page autoglm(1), for man.
std::string manual_page(const CLI::App& app);

/// The last paragraph of a command's description: what it does, in one sentence.
std::string summary_of(const CLI::App& command);
/// Its example, without the word.
std::string example_of(const CLI::App& command);

}  // namespace autoglm
