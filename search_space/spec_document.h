// A spec's text as a tree that remembers where each thing stands, so that every mistake can be
// shown with file, line, column and path. Each section of a spec is read by the folder that owns
// it, through this.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "search_space/value.h"

namespace autoglm {

/// Where something stands in a spec.
struct SpecPlace {
  std::string source{};   // the file's name, or "--set lr=0.1", which has no line
  int line = 0;           // from 1; 0: `source` has no lines
  int column = 0;         // from 1, in characters
  std::string pointer{};  // RFC 6901; empty for the whole document
};

/// A mistake in a spec. what() is the one line that a user reads:
/// "FILE:LINE:COLUMN: /json/pointer: message". Long names are cut, control characters escaped.
class SpecError : public std::runtime_error {
 public:
  SpecError(const SpecPlace& at, const std::string& message);
  SpecPlace place;
};

class SpecNode;

struct SpecMember {
  std::string key{};
  SpecPlace key_place{};
  std::shared_ptr<const SpecNode> value{};
};

/// One JSON value. Immutable once the document is read, apart from set_path.
class SpecNode {
 public:
  enum class Kind { null, boolean, integer, number, string, array, object };

  Kind kind = Kind::null;
  SpecPlace place{};
  bool boolean = false;
  std::int64_t integer = 0;  // kind integer: exact; integers beyond int64 are of kind number
  double number = 0;         // kinds integer and number
  std::string string{};
  bool plain = false;  // kind string: written without escapes, so what it holds has places
  std::vector<std::shared_ptr<const SpecNode>> elements{};
  std::vector<SpecMember> members{};  // in the order of the text

  /// Throws SpecError at this value.
  [[noreturn]] void fail(const std::string& message) const;
  /// Throws SpecError `offset` bytes into the text that this string holds, if that has a place,
  /// else at this value.
  [[noreturn]] void fail_within(std::size_t offset, const std::string& message) const;

  // Each throws SpecError ("must be a string, not the number 3") when the value is another thing.
  const std::string& as_string() const;
  bool as_bool() const;
  double as_number() const;  // finite by JSON's grammar; integers are numbers
  std::int64_t as_integer() const;
  std::int64_t as_integer(std::int64_t at_least, std::int64_t at_most) const;
  /// "90s", "1.5h"; ms s m h d; in seconds, from 0 to 36500 days.
  double as_seconds() const;
  /// A scalar; REQUIRES-free: throws for arrays and objects.
  Value as_value() const;
  const std::vector<std::shared_ptr<const SpecNode>>& as_array() const;
  const std::vector<SpecMember>& as_object() const;

  const SpecNode* member(std::string_view key) const;  // nullptr when absent or not an object
  bool is(Kind k) const { return kind == k; }
};

using SpecRoot = std::shared_ptr<const SpecNode>;

/// Reads JSON with // and /* */ comments: UTF-8 with or without byte order mark, no duplicate keys,
/// at most 100 levels deep and 64 MB. Throws SpecError.
SpecRoot read_spec(std::string_view text, const std::string& source);

/// The same for a file; a missing or unreadable one is a SpecError without a line
/// ("study.json: cannot be read: No such file or directory; …").
SpecRoot read_spec_file(const std::string& path);

/// `--set KEY=VALUE`: a copy of `root` in which the dotted path KEY (list indices allowed) is
/// VALUE, which is JSON, else a string. Objects on the way are made. Mistakes in it, then and
/// later, are placed at "--set KEY=VALUE".
SpecRoot with_override(const SpecRoot& root, const std::string& assignment);

/// JSON text on one line, comments gone, the order of keys kept.
std::string to_json(const SpecNode& node);

/// 36500 days in seconds: from now, it is a time in nanoseconds still.
inline constexpr double kLongestDuration = 36500.0 * 86400;

/// "90s" -> seconds; nothing when it is not a duration, or one beyond 36500 days.
std::optional<double> parse_duration(std::string_view text);

/// The candidate that was probably meant, if any is near: Damerau-Levenshtein distance 1, or at
/// most a third of the longer's length; not if no letter is the same.
std::optional<std::string> did_you_mean(std::string_view word,
                                        const std::vector<std::string>& candidates);

/// Reads the members of an object, each by its name or an alias; what nobody asked for is an error
/// at the end. Usage: find or require every known key, then finish().
class ObjectReader {
 public:
  /// Throws SpecError unless `object` is one. `object` must outlive the reader. `what` names it in
  /// messages: "the metric", "parameter".
  ObjectReader(const SpecNode& object, std::string what);

  using Aliases = std::initializer_list<std::string_view>;
  /// nullptr when absent. A key and its alias together are an error at the second.
  const SpecNode* find(std::string_view key, Aliases aliases = {});
  /// The same with the place of the key.
  const SpecMember* find_member(std::string_view key, Aliases aliases = {});
  /// Throws SpecError when absent.
  const SpecNode& require(std::string_view key, Aliases aliases = {});
  /// Throws SpecError for a key that is missing: at an unknown key that was probably meant as it,
  /// else at the object with `message`.
  [[noreturn]] void fail_missing(std::string_view key, Aliases aliases,
                                 const std::string& message) const;

  /// Throws SpecError at the first key that was not asked for and does not begin with "x-":
  /// `unknown key "mx"; did you mean "max"?`, else with the list of known keys.
  void finish() const;

 private:
  const SpecNode& object_;
  std::string what_;
  std::vector<std::string> known_{};
  std::vector<std::string> aliases_{};
  std::vector<const SpecMember*> used_{};
};

}  // namespace autoglm
