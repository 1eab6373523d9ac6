// A table in a text file: its layout, and the names of its columns.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "trainer/nn/data/cells.h"
#include "trainer/nn/data/data_file.h"
#include "trainer/nn/data/record_scanner.h"

namespace autoglm::nn {

struct TableLayout {
  std::optional<char> separator{};  // of fields; none: JSON, one object a line
  bool header = true;               // the first record names the columns
};

/// Lets a map of strings be asked for a string_view.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

/// Names of columns, numbered in the order in which they were added.
class ColumnNames {
 public:
  std::size_t size() const { return names_.size(); }
  const std::string& operator[](std::size_t column) const { return names_[column]; }
  const std::vector<std::string>& all() const { return names_; }
  /// kNoColumn where there is none of that name.
  std::uint32_t find(std::string_view name) const;
  /// Its number; new where there is none of that name yet.
  std::uint32_t add(std::string_view name);

 private:
  std::vector<std::string> names_{};
  std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> numbers_{};
};

class TableFile {
 public:
  static constexpr std::size_t kMostColumns = std::size_t{1} << 20U;

  /// Reads the header. Throws DataError, also for a file without rows, a name that stands twice,
  /// and a first line of numbers where a header should be.
  TableFile(const std::string& path, const TableLayout& layout);

  const DataFile& file() const { return file_; }
  /// CSV: of the header, or numbers from 0. JSON: none, since each record brings its own.
  const ColumnNames& names() const { return names_; }
  bool is_csv() const { return layout_.separator.has_value(); }

  /// From the first row on.
  RecordScanner rows() const { return {file_, layout_.separator, first_row_}; }

  /// Splits a record; what is wrong with it, or nothing. The column of a CSV cell is its place,
  /// that of a JSON cell is not set.
  std::string split(std::string_view record, Cells& cells) const;

  /// "FILE:LINE: problem" as an error.
  [[noreturn]] void fail(std::int64_t line, const std::string& problem) const;
  [[noreturn]] void fail(const std::string& problem) const;

 private:
  void read_header();
  void check_header(const Record& header, const Cells& cells) const;

  DataFile file_;
  TableLayout layout_;
  ColumnNames names_{};
  RecordScanner::Position first_row_{};
};

}  // namespace autoglm::nn
