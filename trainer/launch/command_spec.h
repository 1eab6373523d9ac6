// The `trial` section of a spec for commands: templates, environment, limits.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "search_space/search_space.h"
#include "search_space/spec_document.h"
#include "search_space/spec_key.h"

namespace autoglm {

/// An argument template: text with {names}; parsed once, checked against the search space.
struct TextTemplate {
  struct Piece {
    std::string text{};
    bool is_name = false;  // a parameter, or trial.number, trial.dir, trial.seed, study.name
  };
  std::vector<Piece> pieces{};
};

/// What the templates may name besides parameters.
struct TrialFacts {
  std::int64_t number = 0;
  int attempt = 1;
  int repeat = 0;
  std::uint64_t seed = 0;
  std::string directory{};  // absolute
  std::string study_name{};
};

struct CommandSpec {
  bool shell = false;  // `command` was a string: run by /bin/sh -c
  /// One argument each, or a group that is left out whole when a name in it is inactive.
  std::vector<std::vector<TextTemplate>> arguments{};
  std::vector<std::pair<std::string, TextTemplate>> env{};
  std::string cwd{};  // absolute
  std::optional<double> timeout_seconds{};
  std::string timeout_text{};  // as the user wrote it: "20m"
  double grace_seconds = 10;
  int retries = 0;
  int max_attempts = 10;
  int seeds = 1;
  int gpus = 0;
  std::vector<int> gpu_devices{};
  std::vector<std::string> capture{};  // RE2 patterns, checked
  /// The text of a file that each attempt finds in its directory as kSectionFile; empty: none.
  std::function<std::string(const Configuration&, const TrialFacts&)> section{};
};

inline constexpr const char* kSectionFile = "trial.json";

/// Reads a `trial` section of kind "command". Throws SpecError: unknown names in braces, patterns
/// that do not compile, environment names that collide. `spec_directory` is absolute.
CommandSpec parse_command_spec(const SpecNode& trial, const SearchSpace& space,
                               const std::string& spec_directory);

/// What a `trial` section of kind "command" may have.
std::vector<SpecKey> command_keys();

/// The argv of a trial: {"/bin/sh", "-c", text} for a shell string.
std::vector<std::string> command_line(const CommandSpec& spec, const Configuration& configuration,
                                      const TrialFacts& facts);

/// One line that a shell would split into exactly `arguments`.
std::string shell_quoted(const std::vector<std::string>& arguments);

/// AUTOGLM_PARAM_<NAME> for a parameter; empty when the name has no ASCII letter or digit.
std::string parameter_variable(const std::string& name);

}  // namespace autoglm
