#include "cli/stdio_json.h"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <vector>

#include "cli/stdio_request.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

constexpr int kDeepest = 100;
constexpr std::size_t kLongestShown = 60;

[[noreturn]] void bad_json(const std::string& message) {
  throw StdioError(StdioErrorCode::bad_json, message);
}

/// RapidJSON's "Invalid value." as "invalid value".
std::string in_house_style(std::string message) {
  if (!message.empty() && message.back() == '.') {
    message.pop_back();
  }
  if (!message.empty() && message.front() >= 'A' && message.front() <= 'Z') {
    message.front() = static_cast<char>(message.front() - 'A' + 'a');
  }
  return message;
}

void check_unique_keys(const JsonValue& object) {
  std::vector<std::string_view> keys;
  keys.reserve(object.MemberCount());
  for (const auto& member : object.GetObject()) {
    keys.push_back(view_of(member.name));
  }
  std::sort(keys.begin(), keys.end());
  const auto twice = std::adjacent_find(keys.begin(), keys.end());
  if (twice != keys.end()) {
    bad_json(fmt::format("the key \"{}\" is there twice; keep one of them",
                         twice->substr(0, kLongestShown)));
  }
}

void check_tree(const JsonValue& node, int depth) {
  if (depth > kDeepest) {
    bad_json(fmt::format("nested more than {} levels deep", kDeepest));
  }
  if (node.IsArray()) {
    for (const JsonValue& element : node.GetArray()) {
      check_tree(element, depth + 1);
    }
  } else if (node.IsObject()) {
    check_unique_keys(node);
    for (const auto& member : node.GetObject()) {
      check_tree(member.value, depth + 1);
    }
  }
}

}  // namespace

void parse_json_line(std::string_view line, JsonDocument& document) {
  if (line.size() > kLongestLine) {
    bad_json(fmt::format("the line has more than {} bytes", kLongestLine));
  }
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
    bad_json("the line is blank; write a JSON object");
  }
  // RapidJSON would take a NUL for the end.
  if (const std::size_t nul = line.find('\0'); nul != std::string_view::npos) {
    bad_json(fmt::format("byte {}: a NUL character", nul + 1));
  }
  constexpr unsigned kFlags = rapidjson::kParseFullPrecisionFlag | rapidjson::kParseIterativeFlag |
                              rapidjson::kParseValidateEncodingFlag;
  document.Parse<kFlags>(line.data(), line.size());
  if (document.GetParseError() == rapidjson::kParseErrorNumberTooBig) {
    throw StdioError(StdioErrorCode::bad_value,
                     fmt::format("byte {}: a number beyond what a double can hold",
                                 document.GetErrorOffset() + 1));
  }
  if (document.HasParseError()) {
    bad_json(fmt::format("byte {}: {}", document.GetErrorOffset() + 1,
                         in_house_style(rapidjson::GetParseError_En(document.GetParseError()))));
  }
  check_tree(document, 1);
}

const JsonValue* find_member(const JsonValue& object, const char* key) {
  const auto found = object.FindMember(key);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string_view view_of(const JsonValue& node) {
  return {node.GetString(), node.GetStringLength()};
}

std::string text_of(const JsonValue& node) { return std::string(view_of(node)); }

std::string json_of(const JsonValue& node) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  node.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

std::string shown(const JsonValue& node) {
  std::string text = json_of(node);
  if (text.size() > kLongestShown) {
    std::size_t end = kLongestShown;
    while (continues_character(text[end])) {
      --end;
    }
    text = text.substr(0, end) + "…";
  }
  return text;
}

}  // namespace autoglm
