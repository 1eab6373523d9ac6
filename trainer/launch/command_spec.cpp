#include "trainer/launch/command_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "trainer/launch/capture.h"
#include "trainer/launch/shell_text.h"
#include "trainer/launch/text_template.h"

namespace autoglm {
namespace {

constexpr std::int64_t kManyTimes = 1'000'000;
constexpr std::int64_t kManyDevices = 1024;

int as_int(const SpecNode& node, std::int64_t at_least, std::int64_t at_most) {
  return static_cast<int>(node.as_integer(at_least, at_most));
}

void check_kind(const SpecNode* kind) {
  if (kind == nullptr || kind->as_string() == "command") {
    return;
  }
  const auto meant = did_you_mean(kind->string, {"command"});
  kind->fail(fmt::format("no kind of trial is called {}; {}", json_quoted(kind->string),
                         meant ? "did you mean \"command\"?" : "there is \"command\""));
}

/// Whether every configuration of the space has what the template names.
bool is_always_there(const TextTemplate& text, const SearchSpace& space) {
  return std::all_of(text.pieces.begin(), text.pieces.end(), [&](const TextTemplate::Piece& piece) {
    const Parameter* parameter = piece.is_name ? space.find(piece.text) : nullptr;
    return parameter == nullptr || !parameter->active_if;
  });
}

void read_shell_text(const SpecNode& node, const SearchSpace& space, CommandSpec& spec) {
  if (node.as_string().find_first_not_of(" \t\r\n") == std::string::npos) {
    node.fail("must name a program");
  }
  TextTemplate text = parse_template(node, space);
  check_shell_template(text, node, space);
  spec.shell = true;
  spec.arguments = {{std::move(text)}};
}

void check_program(const SpecNode& node, const SearchSpace& space) {
  if (!node.is(SpecNode::Kind::string)) {
    node.fail("must be the program's name, a string");
  }
  if (node.string.empty()) {
    node.fail("must name a program, not the empty text");
  }
  if (!is_always_there(parse_template(node, space), space)) {
    node.fail("names a parameter that is not always active, but a program must always be there");
  }
}

void read_arguments(const SpecNode& node, const SearchSpace& space, CommandSpec& spec) {
  if (node.as_array().empty()) {
    node.fail("must name a program; write [\"python3\", \"train.py\"]");
  }
  check_program(*node.elements.front(), space);
  for (const auto& element : node.elements) {
    std::vector<TextTemplate> group;
    if (element->is(SpecNode::Kind::array)) {
      for (const auto& part : element->elements) {
        group.push_back(parse_template(*part, space));
      }
    } else {
      group.push_back(parse_template(*element, space));
    }
    if (group.empty()) {
      element->fail("must hold an argument; take the empty list away");
    }
    spec.arguments.push_back(std::move(group));
  }
}

void read_environment(const SpecNode& node, const SearchSpace& space, CommandSpec& spec) {
  for (const SpecMember& variable : node.as_object()) {
    if (variable.key.empty() || variable.key.find('=') != std::string::npos) {
      throw SpecError(variable.key_place,
                      fmt::format("{} cannot be a variable's name; it must not be empty nor have "
                                  "\"=\" in it",
                                  json_quoted(variable.key)));
    }
    spec.env.emplace_back(variable.key, parse_template(*variable.value, space));
  }
}

void read_capture(const SpecNode& node, CommandSpec& spec) {
  for (const auto& element : node.as_array()) {
    if (const auto problem = problem_with_pattern(element->as_string())) {
      element->fail(*problem);
    }
    spec.capture.push_back(element->string);
  }
}

void read_devices(const SpecNode& node, CommandSpec& spec) {
  for (const auto& element : node.as_array()) {
    const int device = as_int(*element, 0, kManyDevices);
    if (std::count(spec.gpu_devices.begin(), spec.gpu_devices.end(), device) > 0) {
      element->fail(fmt::format("device {} is named twice", device));
    }
    spec.gpu_devices.push_back(device);
  }
  if (spec.gpus == 0) {
    node.fail("needs \"gpus\": how many devices a trial gets");
  }
  if (spec.gpu_devices.size() < static_cast<std::size_t>(spec.gpus)) {
    node.fail(fmt::format("names {} of the {} devices that a trial asks for (\"gpus\")",
                          spec.gpu_devices.size(), spec.gpus));
  }
}

void read_limits(ObjectReader& reader, CommandSpec& spec) {
  if (const SpecNode* timeout = reader.find("timeout")) {
    spec.timeout_seconds = timeout->as_seconds();
    spec.timeout_text = timeout->string;
    if (*spec.timeout_seconds <= 0) {
      timeout->fail("must be longer than 0");
    }
  }
  if (const SpecNode* grace = reader.find("grace")) {
    spec.grace_seconds = grace->as_seconds();
  }
  const auto read_count = [&](std::string_view key, std::int64_t least, std::int64_t most,
                              int& count) {
    if (const SpecNode* node = reader.find(key)) {
      count = as_int(*node, least, most);
    }
  };
  read_count("retries", 0, kManyTimes, spec.retries);
  read_count("max_attempts", 1, kManyTimes, spec.max_attempts);
  read_count("seeds", 1, kManyTimes, spec.seeds);
  read_count("gpus", 0, kManyDevices, spec.gpus);
}

/// Two parameters must not be the same variable to a trial.
void check_variables(const SpecNode& command, const SearchSpace& space) {
  std::vector<std::pair<std::string, std::string>> seen;
  for (const Parameter& parameter : space.parameters()) {
    const std::string variable = parameter_variable(parameter.name);
    const auto twin = std::find_if(seen.begin(), seen.end(),
                                   [&](const auto& other) { return other.first == variable; });
    if (!variable.empty() && twin != seen.end()) {
      command.fail(fmt::format("parameters {} and {} would both be {} to a trial; rename one",
                               json_quoted(twin->second), json_quoted(parameter.name), variable));
    }
    seen.emplace_back(variable, parameter.name);
  }
}

}  // namespace

CommandSpec parse_command_spec(const SpecNode& trial, const SearchSpace& space,
                               const std::string& spec_directory) {
  CommandSpec spec;
  ObjectReader reader(trial, "the trial");
  check_kind(reader.find("kind"));
  const SpecNode& command = reader.require("command");
  if (command.is(SpecNode::Kind::string)) {
    read_shell_text(command, space, spec);
  } else if (command.is(SpecNode::Kind::array)) {
    read_arguments(command, space, spec);
  } else {
    command.fail("must be a list of arguments, or a string for /bin/sh");
  }
  check_variables(command, space);
  if (const SpecNode* env = reader.find("env")) {
    read_environment(*env, space, spec);
  }
  std::filesystem::path directory(spec_directory);
  if (const SpecNode* cwd = reader.find("cwd")) {
    directory /= cwd->as_string();
  }
  spec.cwd = directory.lexically_normal().string();
  read_limits(reader, spec);
  if (const SpecNode* devices = reader.find("gpu_devices")) {
    read_devices(*devices, spec);
  }
  if (const SpecNode* capture = reader.find("capture")) {
    read_capture(*capture, spec);
  }
  reader.finish();
  return spec;
}

std::vector<std::string> command_line(const CommandSpec& spec, const Configuration& configuration,
                                      const TrialFacts& facts) {
  if (spec.shell) {
    return {"/bin/sh", "-c", render_shell(spec.arguments[0][0], configuration, facts)};
  }
  std::vector<std::string> result;
  for (const std::vector<TextTemplate>& group : spec.arguments) {
    std::vector<std::string> rendered;
    for (const TextTemplate& text : group) {
      if (auto argument = render(text, configuration, facts)) {
        rendered.push_back(std::move(*argument));
      }
    }
    if (rendered.size() == group.size()) {
      result.insert(result.end(), rendered.begin(), rendered.end());
    }
  }
  return result;
}

std::string parameter_variable(const std::string& name) {
  std::string variable = "AUTOGLM_PARAM_";
  bool has_letter_or_digit = false;
  for (const char c : name) {
    const bool continues_character = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    const bool is_lower = c >= 'a' && c <= 'z';
    const bool is_kept = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    has_letter_or_digit = has_letter_or_digit || is_lower || (is_kept && c != '_');
    if (is_lower) {
      variable += static_cast<char>(c - 'a' + 'A');
    } else if (!continues_character) {
      variable += is_kept ? c : '_';
    }
  }
  return has_letter_or_digit ? variable : "";
}

}  // namespace autoglm
