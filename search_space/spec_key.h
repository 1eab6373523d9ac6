// The keys of a spec's objects, as tables: what reads them and `autoglm schema` share these.
#pragma once

#include <array>
#include <string_view>

#include "search_space/spec_document.h"

namespace autoglm {

struct SpecKey {
  std::string_view name;
  std::string_view schema = "{}";             // JSON Schema (draft-07) of its value
  std::array<std::string_view, 3> aliases{};  // in other tools' specs; "" is none
  bool required = false;
};

/// As ObjectReader's members of these names do, by the key's name and aliases.
const SpecMember* find_member(ObjectReader& reader, const SpecKey& key);
const SpecNode* find(ObjectReader& reader, const SpecKey& key);
const SpecNode& require(ObjectReader& reader, const SpecKey& key);

/// Whether `name` is the key's or one of its aliases.
bool is_called(const SpecKey& key, std::string_view name);

// Schemas that several keys have.
inline constexpr std::string_view kTextSchema = R"({"type": "string"})";
inline constexpr std::string_view kNumberSchema = R"({"type": "number"})";
inline constexpr std::string_view kIntegerSchema = R"({"type": "integer"})";
inline constexpr std::string_view kCountSchema = R"({"type": "integer", "minimum": 1})";
inline constexpr std::string_view kIndexSchema = R"({"type": "integer", "minimum": 0})";
inline constexpr std::string_view kDurationSchema =
    R"({"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$"})";
inline constexpr std::string_view kScalarSchema =
    R"({"type": ["string", "number", "boolean", "null"]})";

}  // namespace autoglm
