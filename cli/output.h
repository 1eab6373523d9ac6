// Standard output, as scripts need it: complete or an error.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace autoglm {

/// What was asked for cannot be written; what() is the line that the user reads. Exit status 1.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Writes all of `text`, unbuffered. A reader that went away (`| head -1`) is no error: the rest is
/// dropped quietly. Throws OutputError for everything else, a full disk, say.
void write_stdout(std::string_view text);

/// Writes a file whole or not at all: beside it first, then renamed. Throws OutputError.
void write_file(const std::string& path, std::string_view content);

/// Columns of the terminal behind `descriptor`; 0 when it is none.
int terminal_columns(int descriptor);

}  // namespace autoglm
