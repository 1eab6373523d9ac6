#include "cli/named_spec.h"

#include <fmt/format.h>

#include "search_space/spec_document.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The byte at a place, whose line and column count from 1, the column in characters.
std::size_t offset_of(std::string_view text, const SpecPlace& place) {
  std::size_t at = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  for (int line = 1; line < place.line; ++line) {
    at = text.find('\n', at) + 1;
  }
  for (int column = 1; column < place.column; ++column) {
    do {
      ++at;
    } while (continues_character(text[at]));
  }
  return at;
}

/// Of the string that begins at `at`, with its quotes, escapes as they are written.
std::size_t length_of_string(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (text[end] != '"') {
    end += text[end] == '\\' ? 2U : 1U;
  }
  return end + 1 - at;
}

}  // namespace

std::string named_spec(const std::string& text, const std::string& name) {
  const SpecRoot root = read_spec(text, name);
  std::string named = text;
  if (const SpecNode* const present = root->member("name")) {
    if (present->as_string() != name) {
      const std::size_t at = offset_of(text, present->place);
      named.replace(at, length_of_string(text, at), json_quoted(name));
    }
    return named;
  }
  return named.insert(offset_of(text, root->place) + 1,
                      fmt::format("\"name\": {},", json_quoted(name)));
}

}  // namespace autoglm
