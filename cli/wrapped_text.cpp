#include "cli/wrapped_text.h"

#include <unistd.h>

#include <algorithm>

#include "cli/output.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

constexpr std::size_t kLeastRoom = 20;  // for what follows a break
constexpr std::size_t kFurtherIn = 2;
constexpr char kEscape = '\x1b';

/// Characters that are seen; an escape code ends with its first letter.
std::size_t seen_width(std::string_view text) {
  std::size_t width = 0;
  bool in_code = false;
  for (const char c : text) {
    if (c == kEscape) {
      in_code = true;
    } else if (in_code) {
      in_code = (c < 'a' || c > 'z') && (c < 'A' || c > 'Z');
    } else {
      width += continues_character(c) ? 0U : 1U;
    }
  }
  return width;
}

std::size_t blanks_at(std::string_view line, std::size_t at) {
  return std::min(line.find_first_not_of(' ', at), line.size()) - at;
}

/// Where the last column of a table's line begins, else a little further in than the line itself.
std::size_t indent_after(std::string_view line, std::size_t columns) {
  const std::size_t own = blanks_at(line, 0);
  const std::size_t gap = line.rfind("  ");
  if (gap != std::string_view::npos && gap >= own) {
    const std::size_t column = seen_width(line.substr(0, gap + 2));
    if (column + kLeastRoom <= columns) {
      return column;
    }
  }
  return own + kFurtherIn + kLeastRoom <= columns ? own + kFurtherIn : 0;
}

void append_wrapped(std::string& text, std::string_view line, std::size_t columns) {
  if (seen_width(line) <= columns) {
    text += line;
    return;
  }
  const std::size_t indent = indent_after(line, columns);
  std::size_t used = 0;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t blanks = blanks_at(line, at);
    const std::size_t word = std::min(line.find(' ', at + blanks), line.size());
    const std::string_view piece = line.substr(at, word - at);
    const std::size_t width = seen_width(piece);
    if (at > 0 && used + width > columns) {
      text.append(1, '\n').append(indent, ' ').append(piece.substr(blanks));
      used = indent + width - blanks;
    } else {
      text += piece;
      used += width;
    }
    at = word;
  }
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t columns) {
  if (columns == 0) {
    return std::string(text);
  }
  std::string lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    append_wrapped(lines, text.substr(at, end - at), columns);
    lines += end < text.size() ? "\n" : "";
    at = end + 1;
  }
  return lines;
}

std::size_t columns_of_stdout() {
  return static_cast<std::size_t>(terminal_columns(STDOUT_FILENO));
}

void write_for_people(std::string_view text) { write_stdout(wrapped(text, columns_of_stdout())); }

}  // namespace autoglm
