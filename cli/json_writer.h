// JSON text, written as it comes: no tree is built, so that long reports need little memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "search_space/configuration.h"
#include "search_space/value.h"

namespace autoglm {

/// Appends to a text; commas come by themselves. REQUIRES: calls that make a JSON value: in an
/// object each value follows a key, what begins ends.
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& text(std::string_view value);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& unsigned_integer(std::uint64_t value);
  /// The shortest text that reads back the same; null for what JSON cannot say.
  JsonWriter& number(double value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& scalar(const Value& value);
  JsonWriter& configuration(const Configuration& value);
  /// `json` is JSON text, taken over as it is.
  JsonWriter& raw(std::string_view json);

  const std::string& str() const { return text_; }
  std::string take();
  /// Forgets the text so far, which the caller has written elsewhere, and goes on behind it.
  void drop_written() { text_.clear(); }

 private:
  void separate();

  std::string text_{};
  bool needs_comma_ = false;
};

/// `json` as strict JSON: the tokens NaN, Infinity and -Infinity, which Python writes, become null;
/// what is no JSON at all becomes a JSON string.
std::string strict_json(std::string_view json);

}  // namespace autoglm
