// Reading the keys of a section into the members of a struct, with bounds; what is read that way is
// described by the same calls.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "search_space/spec_document.h"
#include "trainer/train/section_schema.h"

namespace autoglm {

/// Throws SpecError: "must be above 0, not -1".
double bounded_number(const SpecNode& node, const NumberBounds& bounds);

/// Finds keys of one object; a key that is absent leaves its target as it is. All throw SpecError.
class SectionReader {
 public:
  SectionReader(const SpecNode& section, std::string_view what)
      : reader_(section, std::string(what)) {}

  /// Reads nothing, for the sake of keys(): every key is absent, required ones too.
  static SectionReader describing();

  /// `schema` is the JSON Schema of the value once parameters are filled in: section_schema.h.
  const SpecNode* find(std::string_view key, const Schema& schema);
  /// Null only when describing.
  const SpecNode* require(std::string_view key, const Schema& schema);

  void number(std::string_view key, const NumberBounds& bounds, double& target);
  void integer(std::string_view key, std::int64_t at_least, std::int64_t at_most,
               std::int64_t& target);
  /// An integer from 0 to 2^53.
  void seed(std::string_view key, std::uint64_t& target);
  void flag(std::string_view key, bool& target);
  /// Bytes: an integer, or text: "512MB" are 512 million, "2GiB" 2 * 1024^3.
  void bytes(std::string_view key, std::int64_t& target);

  /// One of a table's words.
  template <typename Enum, std::size_t n>
  void word(std::string_view key, const WordTable<Enum, n>& table, Enum& target) {
    if (const SpecNode* node = find(key, word_schema(table))) {
      target = word_of(*node, table);
    }
  }
  template <typename Enum, std::size_t n>
  void required_word(std::string_view key, const WordTable<Enum, n>& table, Enum& target) {
    if (const SpecNode* node = require(key, word_schema(table))) {
      target = word_of(*node, table);
    }
  }

  template <typename Enum, std::size_t n>
  static Enum word_of(const SpecNode& node, const WordTable<Enum, n>& table) {
    for (const auto& [word, value] : table) {
      if (node.is(SpecNode::Kind::string) && node.string == word) {
        return value;
      }
    }
    fail_word(node, words_of(table));
  }

  /// Throws SpecError at a key that nobody asked for.
  void finish() const { reader_.finish(); }

  /// All that was asked for while describing.
  std::vector<SectionKey>& keys() { return keys_; }

 private:
  [[noreturn]] static void fail_word(const SpecNode& node, const std::vector<std::string>& words);

  ObjectReader reader_;
  std::vector<SectionKey> keys_{};
  bool describing_ = false;
};

/// "512MB" -> bytes. Throws SpecError.
std::int64_t bytes_of(const SpecNode& node);

/// A number for each element, or one number alone.
std::vector<std::int64_t> integers_of(const SpecNode& node, std::int64_t at_least,
                                      std::int64_t at_most);

}  // namespace autoglm
