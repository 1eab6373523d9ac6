// What a key of a training trial's sections may be, as JSON Schema (draft-07). Every schema here
// also takes what the parser takes before a trial is filled in: a "{parameter}" instead of a value
// that is no object or list, and text around one instead of text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace autoglm {

/// As SpecKey, with a schema of its own.
struct SectionKey {
  std::string name{};
  std::string schema{};
  bool required = false;
};

/// An object of a trial's section, as its reader asks for its keys.
struct SectionDescription {
  std::string_view name{};  // of its definition, in section_schema()
  std::vector<SectionKey> keys{};
};

/// What a number may be.
struct NumberBounds {
  double at_least = -std::numeric_limits<double>::infinity();
  double at_most = std::numeric_limits<double>::infinity();
  bool above = false;    // at_least itself is not allowed
  bool below = false;    // at_most itself is not allowed
  bool or_zero = false;  // 0 is allowed beside these: it turns something off
  bool f32 = false;      // what is computed with is the nearest f32: that has to keep to them
};

inline constexpr NumberBounds kPositive{.at_least = 0, .above = true};
inline constexpr NumberBounds kNotNegative{.at_least = 0};
inline constexpr NumberBounds kShare{.at_least = 0, .at_most = 1, .below = true};
inline constexpr NumberBounds kPositiveF32{.at_least = 0, .above = true, .f32 = true};
inline constexpr NumberBounds kShareF32{.at_least = 0, .at_most = 1, .below = true, .f32 = true};

/// The words that stand for the values of an enum.
template <typename Enum, std::size_t n>
using WordTable = std::array<std::pair<std::string_view, Enum>, n>;

template <typename Enum, std::size_t n>
std::vector<std::string> words_of(const WordTable<Enum, n>& table) {
  std::vector<std::string> words;
  for (const auto& [word, value] : table) {
    words.emplace_back(word);
  }
  return words;
}

/// Written out where a section is described, and not where its values are read.
using Schema = std::function<std::string()>;

Schema number_schema(const NumberBounds& bounds);
Schema integer_schema(std::int64_t at_least, std::int64_t at_most);
/// integers_of: one, or a list.
Schema integers_schema(std::int64_t at_least, std::int64_t at_most);
Schema flag_schema();
Schema bytes_schema();
Schema duration_schema();
/// Not empty, at most `longest` characters.
Schema text_schema(std::size_t longest = std::numeric_limits<std::size_t>::max());
/// Any text, the empty one too.
Schema any_text_schema();
/// One of what `words` gives.
Schema word_schema(std::function<std::vector<std::string>()> words);
/// `table` must outlive it.
template <typename Enum, std::size_t n>
Schema word_schema(const WordTable<Enum, n>& table) {
  return word_schema([&table] { return words_of(table); });
}

/// An object of the keys that are described under `name`, which must outlive it.
Schema section_schema(std::string_view name);
/// An object whose members have any name.
Schema members_schema(Schema value);
Schema list_schema(Schema element, std::size_t at_least = 0,
                   std::size_t at_most = std::numeric_limits<std::size_t>::max());
Schema either_schema(Schema one, Schema other);

}  // namespace autoglm
