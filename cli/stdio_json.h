// A line of a conversation as a JSON tree. Included only where lines are read: it brings RapidJSON.
#pragma once

#include <rapidjson/document.h>

#include <string>
#include <string_view>

namespace autoglm {

using JsonDocument = rapidjson::Document;
using JsonValue = rapidjson::Value;

/// Strict JSON: throws StdioError for invalid UTF-8, NUL, duplicate keys, more than 100 levels, and
/// lines over kLongestLine; bad_value for numbers that no double holds.
void parse_json_line(std::string_view line, JsonDocument& document);

/// nullptr when absent. REQUIRES: `object` is one.
const JsonValue* find_member(const JsonValue& object, const char* key);

// REQUIRES: `node` is a string.
std::string_view view_of(const JsonValue& node);
std::string text_of(const JsonValue& node);

/// As JSON text.
std::string json_of(const JsonValue& node);

/// The same, cut where it is too long for a message.
std::string shown(const JsonValue& node);

}  // namespace autoglm
