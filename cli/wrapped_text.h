// Text for people, in lines that a terminal has room for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace autoglm {

/// `text` with its lines broken at blanks, so that they have at most `columns` characters; a word
/// that is longer stays whole. What follows a break stands under the last column of a table's line,
/// or where that leaves little room two blanks further in than the line began. Escape codes take no
/// room. 0 columns: `text` as it is.
std::string wrapped(std::string_view text, std::size_t columns);

/// Columns of the terminal that standard output is; 0 when it is none, and nothing is wrapped.
std::size_t columns_of_stdout();

/// To standard output, wrapped. Not for what is copied or read by programs: commands, documents,
/// JSON.
void write_for_people(std::string_view text);

}  // namespace autoglm
