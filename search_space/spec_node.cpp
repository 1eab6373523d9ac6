#include <algorithm>
#include <charconv>
#include <cmath>

#include "search_space/spec_document.h"
#include "search_space/spec_reader.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

// Each step of a pointer fit for a message.
std::string shown_pointer(const std::string& pointer) {
  std::string result;
  for (std::size_t at = 0; at < pointer.size();) {
    const std::size_t end = std::min(pointer.find('/', at + 1), pointer.size());
    result += '/' + shown(std::string_view(pointer).substr(at + 1, end - at - 1));
    at = end;
  }
  return result.empty() ? "/" : result;
}

std::string line_for_people(const SpecPlace& at, const std::string& message) {
  std::string place = escape_controls(at.source);
  if (at.line > 0) {
    place += ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
  }
  if (at.line > 0 || !at.pointer.empty()) {
    place += ": " + shown_pointer(at.pointer);
  }
  return place + ": " + escape_controls(message);
}

// "not the number 3": what a value is, for people.
std::string what_it_is(const SpecNode& node) {
  switch (node.kind) {
    case SpecNode::Kind::null:
    case SpecNode::Kind::boolean:
      return value_json(node.as_value());
    case SpecNode::Kind::integer:
    case SpecNode::Kind::number:
      return "the number " + value_json(node.as_value());
    case SpecNode::Kind::string:
      return "the string " + shown(json_quoted(node.string));
    case SpecNode::Kind::array:
      return "a list";
    case SpecNode::Kind::object:
      break;
  }
  return "an object";
}

bool reads_as_number(const std::string& text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end && std::isfinite(number);
}

void append_json(std::string& json, const SpecNode& node) {
  if (node.kind == SpecNode::Kind::array) {
    json += '[';
    for (const auto& element : node.elements) {
      json += &element == &node.elements.front() ? "" : ", ";
      append_json(json, *element);
    }
    json += ']';
  } else if (node.kind == SpecNode::Kind::object) {
    json += '{';
    for (const SpecMember& member : node.members) {
      json += &member == &node.members.front() ? "" : ", ";
      json += json_quoted(member.key) + ": ";
      append_json(json, *member.value);
    }
    json += '}';
  } else {
    json += value_json(node.as_value());
  }
}

}  // namespace

SpecError::SpecError(const SpecPlace& at, const std::string& message)
    : std::runtime_error(line_for_people(at, message)), place(at) {}

std::string pointer_to(const std::string& pointer, std::string_view key) {
  std::string result = pointer + '/';
  for (const char c : key) {
    if (c == '~' || c == '/') {
      result += c == '~' ? "~0" : "~1";
    } else {
      result += c;
    }
  }
  return result;
}

void SpecNode::fail(const std::string& message) const { throw SpecError(place, message); }

void SpecNode::fail_within(std::size_t offset, const std::string& message) const {
  SpecPlace at = place;
  if (plain && at.line > 0) {
    at.column += 1 + static_cast<int>(utf8_characters(string, offset));
  }
  throw SpecError(at, message);
}

const std::string& SpecNode::as_string() const {
  if (kind != Kind::string) {
    fail("must be a string, not " + what_it_is(*this));
  }
  return string;
}

bool SpecNode::as_bool() const {
  if (kind != Kind::boolean) {
    const bool quoted = kind == Kind::string && (string == "true" || string == "false");
    fail("must be true or false, not " + what_it_is(*this) + (quoted ? "; remove the quotes" : ""));
  }
  return boolean;
}

double SpecNode::as_number() const {
  if (kind != Kind::integer && kind != Kind::number) {
    const bool quoted = kind == Kind::string && reads_as_number(string);
    fail("must be a number, not " + what_it_is(*this) + (quoted ? "; remove the quotes" : ""));
  }
  return number;
}

std::int64_t SpecNode::as_integer() const {
  if (kind != Kind::integer) {
    std::string remedy;
    if (kind == Kind::string && reads_as_number(string)) {
      remedy = "; remove the quotes";
    } else if (kind == Kind::number && std::trunc(number) == number && std::abs(number) < 0x1p53) {
      remedy = "; write " + std::to_string(static_cast<std::int64_t>(number));
    }
    fail("must be an integer, not " + what_it_is(*this) + remedy);
  }
  return integer;
}

std::int64_t SpecNode::as_integer(std::int64_t at_least, std::int64_t at_most) const {
  const std::int64_t result = as_integer();
  if (result < at_least) {
    fail("must be at least " + std::to_string(at_least) + ", not " + std::to_string(result));
  }
  if (result > at_most) {
    fail("must be at most " + std::to_string(at_most) + ", not " + std::to_string(result));
  }
  return result;
}

double SpecNode::as_seconds() const {
  const std::optional<double> seconds =
      kind == Kind::string ? parse_duration(string) : std::nullopt;
  if (!seconds) {
    fail("must be a duration such as \"90s\", \"10m\", \"2h\" or \"1.5d\", at most 36500d, not " +
         what_it_is(*this));
  }
  return *seconds;
}

Value SpecNode::as_value() const {
  switch (kind) {
    case Kind::null:
      return std::monostate();
    case Kind::boolean:
      return boolean;
    case Kind::integer:
      return integer;
    case Kind::number:
      return number;
    case Kind::string:
      return string;
    case Kind::array:
    case Kind::object:
      break;
  }
  fail("must be a number, a string, true, false or null, not " + what_it_is(*this));
}

const std::vector<std::shared_ptr<const SpecNode>>& SpecNode::as_array() const {
  if (kind != Kind::array) {
    fail("must be a list, not " + what_it_is(*this));
  }
  return elements;
}

const std::vector<SpecMember>& SpecNode::as_object() const {
  if (kind != Kind::object) {
    fail("must be an object, not " + what_it_is(*this));
  }
  return members;
}

const SpecNode* SpecNode::member(std::string_view key) const {
  for (const SpecMember& candidate : members) {
    if (candidate.key == key) {
      return candidate.value.get();
    }
  }
  return nullptr;
}

std::string to_json(const SpecNode& node) {
  std::string json;
  append_json(json, node);
  return json;
}

std::optional<double> parse_duration(std::string_view text) {
  double amount = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), amount, std::chars_format::fixed);
  if (error != std::errc() || text[0] < '0' || text[0] > '9' || end[-1] == '.') {
    return std::nullopt;
  }
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const auto& [name, seconds] : kUnits) {
    if (unit == name && amount * seconds <= kLongestDuration) {
      return amount * seconds;
    }
  }
  return std::nullopt;
}

}  // namespace autoglm
