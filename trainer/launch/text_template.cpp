#include "trainer/launch/text_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace autoglm {
namespace {

constexpr std::array<std::string_view, 4> kFacts{"trial.number", "trial.dir", "trial.seed",
                                                 "study.name"};

void check_name(const std::string& name, const SpecNode& node, const SearchSpace& space) {
  if (name.empty()) {
    node.fail("\"{}\" names nothing; write \"{{}}\" for braces");
  }
  if (space.find(name) != nullptr ||
      std::find(kFacts.begin(), kFacts.end(), name) != kFacts.end()) {
    return;
  }
  std::vector<std::string> known(kFacts.begin(), kFacts.end());
  for (const Parameter& parameter : space.parameters()) {
    known.push_back(parameter.name);
  }
  const auto meant = did_you_mean(name, known);
  node.fail(fmt::format(
      "no parameter is called {}; {}", json_quoted(name),
      meant ? fmt::format("did you mean {}?", json_quoted(*meant)) : "write \"{{\" for a brace"));
}

}  // namespace

TextTemplate parse_template(const SpecNode& node, const SearchSpace& space) {
  const std::string& source = node.as_string();
  if (source.find('\0') != std::string::npos) {
    node.fail("must not contain a NUL character; no program can receive one");
  }
  TextTemplate result;
  std::string text;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const char c = source[i];
    const bool doubled = i + 1 < source.size() && source[i + 1] == c;
    if (c != '{' && c != '}') {
      text += c;
    } else if (doubled) {
      text += c;
      ++i;
    } else if (c == '}') {
      node.fail("\"}\" without \"{\"; write \"}}\" for a brace");
    } else {
      const std::size_t end = source.find('}', i);
      if (end == std::string::npos) {
        node.fail("\"{\" without \"}\"; write \"{{\" for a brace");
      }
      std::string name = source.substr(i + 1, end - i - 1);
      check_name(name, node, space);
      if (!text.empty()) {
        result.pieces.push_back({.text = std::move(text), .is_name = false});
        text.clear();
      }
      result.pieces.push_back({.text = std::move(name), .is_name = true});
      i = end;
    }
  }
  if (!text.empty()) {
    result.pieces.push_back({.text = std::move(text), .is_name = false});
  }
  return result;
}

std::optional<std::string> named_text(const std::string& name, const Configuration& configuration,
                                      const TrialFacts& facts) {
  if (name == "trial.number") {
    return std::to_string(facts.number);
  }
  if (name == "trial.dir") {
    return facts.directory;
  }
  if (name == "trial.seed") {
    return std::to_string(facts.seed);
  }
  if (name == "study.name") {
    return facts.study_name;
  }
  const Value* value = configuration.find(name);
  return value == nullptr ? std::nullopt : std::optional(value_text(*value));
}

std::optional<std::string> render(const TextTemplate& text, const Configuration& configuration,
                                  const TrialFacts& facts) {
  std::string result;
  for (const TextTemplate::Piece& piece : text.pieces) {
    if (!piece.is_name) {
      result += piece.text;
      continue;
    }
    const auto value = named_text(piece.text, configuration, facts);
    if (!value) {
      return std::nullopt;
    }
    result += *value;
  }
  return result;
}

}  // namespace autoglm
