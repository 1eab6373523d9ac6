#include "trainer/train/section_schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <utility>

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

std::string any_of(std::string_view one, std::string_view other) {
  return fmt::format(R"({{"anyOf": [{}, {}]}})", one, other);
}

}  // namespace

Schema number_schema(const NumberBounds& bounds) {
  return [bounds] {
    std::string schema = R"({"type": "number")";
    if (std::isfinite(bounds.at_least)) {
      schema += fmt::format(R"(, "{}": {})", bounds.above ? "exclusiveMinimum" : "minimum",
                            bounds.at_least);
    }
    if (std::isfinite(bounds.at_most)) {
      schema += fmt::format(R"(, "{}": {})", bounds.below ? "exclusiveMaximum" : "maximum",
                            bounds.at_most);
    }
    schema += '}';
    return any_of(bounds.or_zero ? any_of(schema, R"({"const": 0})") : schema, kParameter);
  };
}

Schema integer_schema(std::int64_t at_least, std::int64_t at_most) {
  return [at_least, at_most] {
    return any_of(
        fmt::format(R"({{"type": "integer", "minimum": {}, "maximum": {}}})", at_least, at_most),
        kParameter);
  };
}

Schema integers_schema(std::int64_t at_least, std::int64_t at_most) {
  const Schema one = integer_schema(at_least, at_most);
  return either_schema(one, list_schema(one));
}

Schema flag_schema() {
  return [] { return any_of(R"({"type": "boolean"})", kParameter); };
}

Schema bytes_schema() {
  return either_schema(integer_schema(1, std::int64_t{1} << 53), [] {
    return any_of(R"({"type": "string", "pattern": "^[0-9.eE+-]+([KMGT]i?)?B$"})", kTextWithName);
  });
}

Schema duration_schema() {
  return [] { return any_of(kDurationSchema, kTextWithName); };
}

Schema text_schema(std::size_t longest) {
  return [longest]() -> std::string {
    if (longest == std::numeric_limits<std::size_t>::max()) {
      return R"({"type": "string", "minLength": 1})";
    }
    return any_of(fmt::format(R"({{"type": "string", "minLength": 1, "maxLength": {}}})", longest),
                  kTextWithName);
  };
}

Schema any_text_schema() {
  return [] { return std::string(kTextSchema); };
}

Schema word_schema(std::function<std::vector<std::string>()> words) {
  return [words = std::move(words)] {
    std::vector<std::string> quoted = words();
    for (std::string& word : quoted) {
      word = json_quoted(word);
    }
    return any_of(fmt::format(R"({{"enum": [{}]}})", fmt::join(quoted, ", ")), kTextWithName);
  };
}

Schema section_schema(std::string_view name) {
  return [name] { return fmt::format(R"({{"$ref": "#/definitions/{}"}})", name); };
}

Schema members_schema(Schema value) {
  return [value = std::move(value)] {
    return fmt::format(R"({{"type": "object", "additionalProperties": {}}})", value());
  };
}

Schema list_schema(Schema element, std::size_t at_least, std::size_t at_most) {
  return [element = std::move(element), at_least, at_most] {
    const std::string most = at_most == std::numeric_limits<std::size_t>::max()
                                 ? ""
                                 : fmt::format(R"(, "maxItems": {})", at_most);
    return fmt::format(R"({{"type": "array", "minItems": {}{}, "items": {}}})", at_least, most,
                       element());
  };
}

Schema either_schema(Schema one, Schema other) {
  return [one = std::move(one), other = std::move(other)] { return any_of(one(), other()); };
}

}  // namespace autoglm
