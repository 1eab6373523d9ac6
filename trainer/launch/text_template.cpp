#include "trainer/launch/text_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace autoglm {
namespace {

constexpr std::array<std::string_view, 4> kFacts{"trial.number", "trial.dir", "trial.seed",
                                                 "study.name"};

bool is_known(const std::string& name, const SearchSpace& space) {
  return space.find(name) != nullptr ||
         std::find(kFacts.begin(), kFacts.end(), name) != kFacts.end();
}

/// Whether somebody who wrote {text} meant a name, and not JSON, awk or a group of a shell.
bool reads_as_name(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c < 0;
  };
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

std::string without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string_view::npos
             ? std::string()
             : std::string(text.substr(first, text.find_last_not_of(' ') + 1 - first));
}

class TemplateReader {
 public:
  TemplateReader(const SpecNode& node, const SearchSpace& space)
      : node_(node), source_(node.as_string()), space_(space) {}

  TextTemplate read();

 private:
  void read_open();
  void read_close();
  void take_name(const std::string& name);
  bool is_doubled() const { return source_.compare(at_ + 1, 1, source_, at_, 1) == 0; }
  [[noreturn]] void fail_unknown(const std::string& name) const;

  const SpecNode& node_;
  const std::string& source_;
  const SearchSpace& space_;
  std::size_t at_ = 0;
  int open_ = 0;  // braces that stand for themselves and wait for their partners
  std::string text_{};
  TextTemplate result_{};
};

TextTemplate TemplateReader::read() {
  for (; at_ < source_.size(); ++at_) {
    if (source_[at_] == '{') {
      read_open();
    } else if (source_[at_] == '}') {
      read_close();
    } else {
      text_ += source_[at_];
    }
  }
  if (open_ > 0) {
    node_.fail("\"{\" without \"}\"; write \"{{\" for a brace");
  }
  if (!text_.empty()) {
    result_.pieces.push_back({.text = text_, .is_name = false});
  }
  return std::move(result_);
}

void TemplateReader::read_open() {
  if (is_doubled()) {
    text_ += '{';
    ++at_;
    return;
  }
  const std::size_t end = source_.find_first_of("{}", at_ + 1);
  const bool is_pair = end != std::string::npos && source_[end] == '}';
  const std::string name = is_pair ? source_.substr(at_ + 1, end - at_ - 1) : "";
  const bool is_shell_variable = at_ > 0 && source_[at_ - 1] == '$';
  if (is_known(name, space_)) {
    take_name(name);
    at_ = end;
  } else if (is_known(without_blanks(name), space_)) {
    node_.fail(fmt::format("{} has blanks around its name; write {{{}}}",
                           json_quoted("{" + name + "}"), without_blanks(name)));
  } else if (reads_as_name(name) && !is_shell_variable) {
    fail_unknown(name);
  } else {
    text_ += '{';
    ++open_;
  }
}

void TemplateReader::read_close() {
  text_ += '}';
  if (open_ > 0) {
    --open_;
  } else if (is_doubled()) {
    ++at_;
  } else {
    node_.fail("\"}\" without \"{\"; write \"}}\" for a brace");
  }
}

void TemplateReader::take_name(const std::string& name) {
  if (!text_.empty()) {
    result_.pieces.push_back({.text = std::exchange(text_, {}), .is_name = false});
  }
  result_.pieces.push_back({.text = name, .is_name = true});
}

void TemplateReader::fail_unknown(const std::string& name) const {
  std::vector<std::string> known(kFacts.begin(), kFacts.end());
  for (const Parameter& parameter : space_.parameters()) {
    known.push_back(parameter.name);
  }
  const auto meant = did_you_mean(name, known);
  node_.fail(fmt::format(
      "no parameter is called {}; {}", json_quoted(name),
      meant ? fmt::format("did you mean {}?", json_quoted(*meant)) : "write \"{{\" for a brace"));
}

}  // namespace

TextTemplate parse_template(const SpecNode& node, const SearchSpace& space) {
  return TemplateReader(node, space).read();
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
