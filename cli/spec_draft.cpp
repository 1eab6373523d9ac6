#include "cli/spec_draft.h"

#include <fmt/format.h>

namespace autoglm {
namespace {

std::string member_text(const DraftMember& member, const std::string& indent, bool is_last) {
  std::string text;
  if (!member.comment.empty()) {
    text += fmt::format("{}// {}\n", indent, member.comment);
  }
  return text + fmt::format("{}{}: {}{}\n", indent, json_quoted(member.key), member.json,
                            is_last ? "" : ",");
}

std::string members_text(const std::vector<DraftMember>& members, const std::string& indent,
                         bool more_follow) {
  std::string text;
  for (const DraftMember& member : members) {
    text += member_text(member, indent, !more_follow && &member == &members.back());
  }
  return text;
}

std::string range_json(std::string_view type, const std::string& min, const std::string& max,
                       const std::string& step) {
  return fmt::format(R"({{"type": "{}", "min": {}, "max": {}{}}})", type, min, max,
                     step.empty() ? "" : ", \"step\": " + step);
}

}  // namespace

std::string draft_text(const SpecDraft& draft) {
  std::string text;
  for (const std::string& comment : draft.comments) {
    text += fmt::format("// {}\n", comment);
  }
  text += "{\n" + member_text({.key = "name", .json = json_quoted(draft.name)}, "  ", false);
  text += members_text(draft.head, "  ", true);
  text += "  \"parameters\": {\n" + members_text(draft.parameters, "    ", false);
  text += draft.tail.empty() ? "  }\n" : "  },\n";
  text += members_text(draft.tail, "  ", false);
  for (const std::string& line : draft.suggestions) {
    text += fmt::format("  // {}\n", line);
  }
  return text + "}\n";
}

std::string parameter_json(const Domain& domain) {
  if (const auto* range = std::get_if<FloatRange>(&domain)) {
    return range_json(range->log ? "log_uniform" : "uniform", number_text(range->min),
                      number_text(range->max), range->step > 0 ? number_text(range->step) : "");
  }
  if (const auto* range = std::get_if<IntRange>(&domain)) {
    return range_json(range->log ? "log_int" : "int", std::to_string(range->min),
                      std::to_string(range->max),
                      range->step > 1 ? std::to_string(range->step) : "");
  }
  const auto& choice = std::get<Choice>(domain);
  if (choice.choices.size() == 1) {
    return fmt::format(R"({{"type": "constant", "value": {}}})", value_json(choice.choices[0]));
  }
  std::string choices;
  for (const Value& value : choice.choices) {
    choices += (choices.empty() ? "" : ", ") + value_json(value);
  }
  return fmt::format(R"({{"type": "{}", "choices": [{}]}})",
                     choice.ordered ? "ordinal" : "categorical", choices);
}

}  // namespace autoglm
