// What to say about text that is not JSON: the mistake by its name, and what to write instead.
#pragma once

#include <string>
#include <string_view>

namespace autoglm {

// `rest` is the text from the first character that does not fit.

std::string complaint_about_value(std::string_view rest);
std::string complaint_about_number(std::string_view token);
std::string complaint_about_key(std::string_view rest);
/// `closing` is the bracket that ends what is being read: '}' or ']'.
std::string complaint_about_separator(std::string_view rest, char closing);
std::string complaint_about_colon(std::string_view rest, std::string_view key);
std::string complaint_about_escape(std::string_view rest);

/// Whether `token` is a number by JSON's grammar (RFC 8259).
bool is_json_number(std::string_view token);

/// How many bytes at the beginning of `text` look like a word or number, whatever its mistakes.
std::size_t word_length(std::string_view text);

}  // namespace autoglm
