// Standard output, as scripts need it: complete or an error.
#pragma once

#include <functional>
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

/// The same; false: the reader went away, and may not have got it.
bool deliver_to_stdout(std::string_view text);

/// What cannot be written is lost: a closed terminal or a full disk behind standard error ends no
/// study.
void write_stderr(std::string_view text);

/// A file that is written whole or not at all: beside it first, then renamed. What is no regular
/// file (/dev/null, a pipe) is written at once. Every method throws OutputError.
class WholeFile {
 public:
  explicit WholeFile(const std::string& path);
  ~WholeFile();  // without commit(): no trace is left
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  void write(std::string_view text);
  void commit();

  /// Where it is written until then: for what writes files by itself. REQUIRES: a regular file.
  const std::string& path() const { return beside_; }

 private:
  std::string path_;
  std::string target_;    // where a symbolic link leads
  std::string beside_{};  // empty: written at once, or committed
  unsigned mode_ = 0;
  int descriptor_ = -1;
};

/// Takes text in pieces.
using TextSink = std::function<void(std::string_view)>;

/// A whole file of what `write` gives. A database is not replaced by text: OutputError.
void write_whole(const std::string& path, const std::function<void(const TextSink&)>& write);

/// Columns of the terminal behind `descriptor`; 0 when it is none.
int terminal_columns(int descriptor);

}  // namespace autoglm
