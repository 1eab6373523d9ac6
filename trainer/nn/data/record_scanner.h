// Finds the records of a text file: its lines, where a quoted field of CSV may hold line ends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trainer/nn/data/data_file.h"

namespace autoglm::nn {

struct Record {
  std::uint64_t offset = 0;  // of its first byte in the file
  std::int64_t line = 0;     // from 1
  std::string_view bytes{};  // without the line's end; until the next record is asked for
  std::string problem{};     // why it cannot be read; then `bytes` means nothing
};

/// One pass over a file with a buffer no larger than about twice the longest record. Blank lines
/// (without a separator) are passed over. After a record that cannot be read it goes on with the
/// line after the first of that record.
class RecordScanner {
 public:
  static constexpr std::size_t kLongest = std::size_t{64} << 20U;  // bytes of a record

  struct Position {
    std::uint64_t offset = 0;
    std::int64_t line = 1;
  };

  /// `separator`: that of CSV, whose quotes are heeded then. `file` must outlive the scanner.
  RecordScanner(const DataFile& file, std::optional<char> separator, Position start);

  /// False at the end of the file. Throws DataError where the file cannot be read, or quotes are
  /// such that going on would mean to read it over and over.
  bool next(Record& record);

  /// Where the next record is looked for.
  Position position() const { return {.offset = offset_, .line = line_}; }

 private:
  std::size_t available() const { return end_ - begin_; }
  std::string_view view(std::size_t length) const { return {buffer_.data() + begin_, length}; }
  bool refill();
  std::size_t line_end(std::size_t from);
  void advance(std::size_t end, std::int64_t lines);
  void skip_line();
  void finish(Record& record, std::size_t end, std::int64_t lines);
  void give_up(Record& record, std::size_t first_end, std::size_t scanned, std::string problem);
  void find_quoted(Record& record, std::size_t first_end);

  const DataFile* file_;
  std::optional<char> separator_;
  std::string buffer_{};
  std::size_t begin_ = 0;  // of what is not consumed, in the buffer
  std::size_t end_ = 0;    // of what was read
  std::uint64_t offset_;   // of begin_ in the file
  std::int64_t line_;
  std::uint64_t rescanned_ = 0;  // bytes that were looked at in vain, all in all
};

}  // namespace autoglm::nn
