#include "trainer/launch/trial_environment.h"

#include <fmt/format.h>
#include <unistd.h>

#include <string_view>

#include "trainer/launch/text_template.h"

namespace autoglm {
namespace {

void append_to_path(Environment& environment, const std::string& program) {
  const std::string folder = program.substr(0, program.rfind('/'));
  if (program.empty()) {
    return;
  }
  const auto [path, is_new] = environment.emplace("PATH", "/usr/local/bin:/usr/bin:/bin");
  path->second += (path->second.empty() ? "" : ":") + folder;
}

/// What tells a trial about itself, or mirrors a flag of the tuner; but not what is said of
/// devices.
bool is_of_one_run(std::string_view name) {
  return name == "AUTOGLM" || (name.starts_with("AUTOGLM_") && !name.starts_with("AUTOGLM_CUDA_") &&
                               !name.starts_with("AUTOGLM_EMULATION_"));
}

}  // namespace

Environment inherited_environment() {
  Environment environment;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    if (equals != std::string_view::npos && !is_of_one_run(name)) {
      environment.emplace(name, text.substr(equals + 1));
    }
  }
  return environment;
}

std::vector<std::string> trial_environment(Environment inherited, const CommandSpec& spec,
                                           const RunRequest& request, const TrialFacts& facts,
                                           const TrialPlaces& places) {
  Environment environment = std::move(inherited);
  for (const auto& [name, text] : spec.env) {
    if (auto value = render(text, request.configuration, facts)) {
      environment[name] = std::move(*value);
    }
  }
  for (const auto& [name, value] : request.configuration) {
    if (const std::string variable = parameter_variable(name); !variable.empty()) {
      environment[variable] = value_text(value);
    }
  }
  environment["AUTOGLM"] = places.autoglm_program;
  environment["AUTOGLM_PARAMS"] = facts.directory + "/params.json";
  environment["AUTOGLM_METRICS"] = places.metrics_file;
  environment["AUTOGLM_CHANNEL"] = places.channel;
  environment["AUTOGLM_TRIAL"] = std::to_string(facts.number);
  environment["AUTOGLM_ATTEMPT"] = std::to_string(facts.attempt);
  environment["AUTOGLM_REPEAT"] = std::to_string(facts.repeat);
  environment["AUTOGLM_SEED"] = std::to_string(facts.seed);
  environment["AUTOGLM_TRIAL_DIR"] = facts.directory;
  if (!request.resume_directory.empty()) {
    environment["AUTOGLM_RESUME_DIR"] = request.resume_directory;
  }
  if (request.until_step) {
    environment["AUTOGLM_UNTIL_STEP"] = std::to_string(*request.until_step);
  }
  if (!places.devices.empty()) {
    environment["CUDA_VISIBLE_DEVICES"] = places.devices;
  }
  append_to_path(environment, places.autoglm_program);

  std::vector<std::string> result;
  result.reserve(environment.size());
  for (const auto& [name, value] : environment) {
    result.push_back(fmt::format("{}={}", name, value));
  }
  return result;
}

}  // namespace autoglm
