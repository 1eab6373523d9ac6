#include "trainer/launch/command_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "trainer/launch/capture.h"
#include "trainer/launch/shell_text.h"
#include "trainer/launch/text_template.h"
#include "trainer/launch/trial_limits.h"

namespace autoglm {
namespace {

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

void read_capture(const SpecNode& node, CommandSpec& spec) {
  for (const auto& element : node.as_array()) {
    if (const auto problem = problem_with_pattern(element->as_string())) {
      element->fail(*problem);
    }
    spec.capture.push_back(element->string);
  }
}

constexpr SpecKey kKind{.name = "kind", .schema = R"({"const": "command"})"};
constexpr SpecKey kCommand{
    .name = "command",
    .schema = R"({"oneOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": )"
              R"({"oneOf": [{"type": "string"}, {"type": "array", "minItems": 1, )"
              R"("items": {"type": "string"}}]}}]})",
    .required = true};
constexpr SpecKey kCwd{.name = "cwd", .schema = kTextSchema};
constexpr SpecKey kCapture{.name = "capture",
                           .schema = R"({"type": "array", "items": {"type": "string"}})"};

}  // namespace

std::vector<SpecKey> command_keys() {
  std::vector<SpecKey> keys = trial_limit_keys();
  keys.insert(keys.begin(), {kKind, kCommand, kCwd, kCapture});
  return keys;
}

CommandSpec parse_command_spec(const SpecNode& trial, const SearchSpace& space,
                               const std::string& spec_directory) {
  CommandSpec spec;
  ObjectReader reader(trial, "the trial");
  find(reader, kKind);
  const SpecNode& command = require(reader, kCommand);
  if (command.is(SpecNode::Kind::string)) {
    read_shell_text(command, space, spec);
  } else if (command.is(SpecNode::Kind::array)) {
    read_arguments(command, space, spec);
  } else {
    command.fail("must be a list of arguments, or a string for /bin/sh");
  }
  check_variables(command, space);
  read_trial_environment(reader, space, spec);
  std::filesystem::path directory(spec_directory);
  if (const SpecNode* cwd = find(reader, kCwd)) {
    directory /= cwd->as_string();
  }
  spec.cwd = directory.lexically_normal().string();
  read_trial_limits(reader, spec);
  if (const SpecNode* capture = find(reader, kCapture)) {
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
