// Reading the keys of a section into the members of a struct, with bounds.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "search_space/spec_document.h"

namespace autoglm {

/// What a number may be.
struct NumberBounds {
  double at_least = -std::numeric_limits<double>::infinity();
  double at_most = std::numeric_limits<double>::infinity();
  bool above = false;  // at_least itself is not allowed
  bool below = false;  // at_most itself is not allowed
};

inline constexpr NumberBounds kPositive{.at_least = 0, .above = true};
inline constexpr NumberBounds kNotNegative{.at_least = 0};
inline constexpr NumberBounds kShare{.at_least = 0, .at_most = 1, .below = true};

/// Throws SpecError: "must be above 0, not -1".
double bounded_number(const SpecNode& node, const NumberBounds& bounds);

/// Finds keys of one object; a key that is absent leaves its target as it is. All throw SpecError.
class SectionReader {
 public:
  SectionReader(const SpecNode& section, std::string_view what)
      : reader_(section, std::string(what)) {}

  ObjectReader& object() { return reader_; }
  const SpecNode* find(std::string_view key) { return reader_.find(key); }

  void number(std::string_view key, const NumberBounds& bounds, double& target);
  void integer(std::string_view key, std::int64_t at_least, std::int64_t at_most,
               std::int64_t& target);
  void flag(std::string_view key, bool& target);
  /// Bytes: an integer, or text with a unit of 1024: "512MB", "2GB".
  void bytes(std::string_view key, std::int64_t& target);

  /// One of a table's words.
  template <typename Enum, std::size_t n>
  void word(std::string_view key, const std::array<std::pair<std::string_view, Enum>, n>& table,
            Enum& target) {
    if (const SpecNode* node = find(key)) {
      target = word_of(*node, table);
    }
  }

  template <typename Enum, std::size_t n>
  static Enum word_of(const SpecNode& node,
                      const std::array<std::pair<std::string_view, Enum>, n>& table) {
    std::vector<std::string> words;
    for (const auto& [word, value] : table) {
      if (node.is(SpecNode::Kind::string) && node.string == word) {
        return value;
      }
      words.emplace_back(word);
    }
    fail_word(node, words);
  }

  /// Throws SpecError at a key that nobody asked for.
  void finish() const { reader_.finish(); }

 private:
  [[noreturn]] static void fail_word(const SpecNode& node, const std::vector<std::string>& words);

  ObjectReader reader_;
};

/// "512MB" -> bytes. Throws SpecError.
std::int64_t bytes_of(const SpecNode& node);

/// A number for each element, or one number alone.
std::vector<std::int64_t> integers_of(const SpecNode& node, std::int64_t at_least,
                                      std::int64_t at_most);

}  // namespace autoglm
