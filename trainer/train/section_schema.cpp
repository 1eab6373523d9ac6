#include "trainer/train/section_schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "search_space/spec_key.h"
#include "search_space/value.h"

namespace autoglm {
namespace {

/// A string that is a parameter's value; trial.number and its like are text even where they are
/// numbers.
constexpr std::string_view kParameter =
    R"({"type": "string", "pattern": "^\\{(?!trial\\.|study\\.)[^{}]+\\}$"})";
/// A string with such names in it.
constexpr std::string_view kTextWithName = R"({"type": "string", "pattern": "\\{[^{}]+\\}"})";

std::string or_parameter(std::string_view schema) {
  return either_schema(std::string(schema), std::string(kParameter));
}

std::string or_text_with_name(std::string_view schema) {
  return either_schema(std::string(schema), std::string(kTextWithName));
}

}  // namespace

std::string number_schema(const NumberBounds& bounds) {
  std::string schema = R"({"type": "number")";
  if (std::isfinite(bounds.at_least)) {
    schema += fmt::format(R"(, "{}": {})", bounds.above ? "exclusiveMinimum" : "minimum",
                          bounds.at_least);
  }
  if (std::isfinite(bounds.at_most)) {
    schema +=
        fmt::format(R"(, "{}": {})", bounds.below ? "exclusiveMaximum" : "maximum", bounds.at_most);
  }
  schema += '}';
  return or_parameter(bounds.or_zero ? either_schema(schema, R"({"const": 0})") : schema);
}

std::string integer_schema(std::int64_t at_least, std::int64_t at_most) {
  return or_parameter(
      fmt::format(R"({{"type": "integer", "minimum": {}, "maximum": {}}})", at_least, at_most));
}

std::string integers_schema(std::int64_t at_least, std::int64_t at_most) {
  const std::string one = integer_schema(at_least, at_most);
  return either_schema(one, list_schema(one));
}

std::string flag_schema() { return or_parameter(R"({"type": "boolean"})"); }

std::string bytes_schema() {
  return either_schema(
      integer_schema(1, std::int64_t{1} << 53),
      or_text_with_name(R"({"type": "string", "pattern": "^[0-9.eE+-]+[KMGT]?B$"})"));
}

std::string duration_schema() { return or_text_with_name(kDurationSchema); }

std::string text_schema(std::size_t longest) {
  if (longest == std::numeric_limits<std::size_t>::max()) {
    return R"({"type": "string", "minLength": 1})";
  }
  return or_text_with_name(
      fmt::format(R"({{"type": "string", "minLength": 1, "maxLength": {}}})", longest));
}

std::string word_schema(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  quoted.reserve(words.size());
  for (const std::string& word : words) {
    quoted.push_back(json_quoted(word));
  }
  return or_text_with_name(fmt::format(R"({{"enum": [{}]}})", fmt::join(quoted, ", ")));
}

std::string section_schema(std::string_view name) {
  return fmt::format(R"({{"$ref": "#/definitions/{}"}})", name);
}

std::string members_schema(const std::string& value) {
  return fmt::format(R"({{"type": "object", "additionalProperties": {}}})", value);
}

std::string list_schema(const std::string& element, std::size_t at_least, std::size_t at_most) {
  const std::string most = at_most == std::numeric_limits<std::size_t>::max()
                               ? ""
                               : fmt::format(R"(, "maxItems": {})", at_most);
  return fmt::format(R"({{"type": "array", "minItems": {}{}, "items": {}}})", at_least, most,
                     element);
}

std::string either_schema(const std::string& one, const std::string& other) {
  return fmt::format(R"({{"anyOf": [{}, {}]}})", one, other);
}

}  // namespace autoglm
