#include "optimizer/searchers/policy_settings.h"

#include <fmt/format.h>

#include <limits>

#include "search_space/spec_document.h"
#include "search_space/stable_hash.h"

namespace autoglm {

namespace {

std::string text_of(const Parameter& parameter) {
  std::string text = json_quoted(parameter.name) + describe(parameter.domain);
  if (const auto* choice = std::get_if<Choice>(&parameter.domain)) {
    for (const Value& value : choice->choices) {
      text += "|" + value_key(value);
    }
  }
  return text + (parameter.active_if ? " when " + parameter.active_if->text() : "") + "\n";
}

PolicySettings read(const SpecNode& root) {
  ObjectReader reader(root, "the settings");
  PolicySettings settings;
  settings.revision =
      static_cast<int>(reader.require("revision").as_integer(0, std::numeric_limits<int>::max()));
  if (const SpecNode& total = reader.require("max_trials"); !total.is(SpecNode::Kind::null)) {
    settings.max_trials = total.as_integer();
  }
  ObjectReader options(reader.require("options"), "the options");
  settings.options = read_policy_gradient_options(&options);
  options.finish();
  settings.space = reader.require("space").as_string();
  return settings;
}

}  // namespace

std::string space_digest(const SearchSpace& space) {
  std::string text;
  for (const Parameter& parameter : space.parameters()) {
    text += text_of(parameter);
  }
  return fmt::format("{:016x}", stable_hash(text));
}

std::string to_json(const PolicySettings& settings) {
  return fmt::format(R"({{"revision": {}, "max_trials": {}, "options": {}, "space": "{}"}})",
                     settings.revision,
                     settings.max_trials ? std::to_string(*settings.max_trials) : "null",
                     to_json(settings.options), settings.space);
}

std::optional<PolicySettings> read_policy_settings(const std::string& json) {
  try {
    return read(*read_spec(json, "the settings"));
  } catch (const SpecError&) {
    return std::nullopt;
  }
}

}  // namespace autoglm
