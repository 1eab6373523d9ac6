#include "trainer/launch/capture.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <charconv>

namespace autoglm {
namespace {

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

/// As Python's float() reads it, without underscores.
std::optional<double> read_number(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  const std::size_t last = text.find_last_not_of(" \t");
  if (first == std::string_view::npos) {
    return std::nullopt;
  }
  text = text.substr(first, last - first + 1);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') {
    text.remove_prefix(1);
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

std::optional<std::int64_t> read_step(std::string_view text) {
  const auto number = read_number(text);
  if (!number || *number < 0 || *number > static_cast<double>(kMaxStep) ||
      *number != static_cast<double>(static_cast<std::int64_t>(*number))) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*number);
}

}  // namespace

struct Capture::Pattern {
  struct Group {
    std::string name{};
    std::size_t index = 0;
  };
  explicit Pattern(const std::string& text) : expression(text, quiet()) {
    for (const auto& [name, index] : expression.NamedCapturingGroups()) {
      groups.push_back({name, static_cast<std::size_t>(index)});
    }
  }
  RE2 expression;
  std::vector<Group> groups{};
};

std::optional<std::string> problem_with_pattern(const std::string& pattern) {
  const RE2 expression(pattern, quiet());
  if (!expression.ok()) {
    return fmt::format("does not compile: {}", expression.error());
  }
  if (expression.NamedCapturingGroups().empty()) {
    return "has no named group; write (?P<loss>[0-9.]+) for a metric called loss";
  }
  return std::nullopt;
}

Capture::Capture(const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    patterns_.push_back(std::make_unique<Pattern>(pattern));
  }
}

Capture::~Capture() = default;

std::optional<ReportLine> Capture::find(std::string_view line) const {
  ReportLine report;
  const re2::StringPiece text(line.data(), line.size());
  std::vector<re2::StringPiece> found;
  for (const auto& pattern : patterns_) {
    found.assign(static_cast<std::size_t>(pattern->expression.NumberOfCapturingGroups()) + 1, {});
    if (!pattern->expression.Match(text, 0, text.size(), RE2::UNANCHORED, found.data(),
                                   static_cast<int>(found.size()))) {
      continue;
    }
    for (const Pattern::Group& group : pattern->groups) {
      const std::string_view value(found[group.index].data(), found[group.index].size());
      if (group.name == "step") {
        report.step = read_step(value);
        if (!report.step) {
          return std::nullopt;
        }
      } else if (const auto number = read_number(value)) {
        set_metric(report.metrics, group.name, *number);
      }
    }
  }
  return report.metrics.empty() ? std::nullopt : std::optional(std::move(report));
}

}  // namespace autoglm
