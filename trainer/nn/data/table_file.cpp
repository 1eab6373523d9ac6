#include "trainer/nn/data/table_file.h"

#include <algorithm>
#include <array>

#include "trainer/nn/data/cell.h"
#include "trainer/nn/data/data_error.h"

namespace autoglm::nn {

std::uint32_t ColumnNames::find(std::string_view name) const {
  const auto found = numbers_.find(name);
  return found == numbers_.end() ? kNoColumn : found->second;
}

std::uint32_t ColumnNames::add(std::string_view name) {
  if (const std::uint32_t known = find(name); known != kNoColumn) {
    return known;
  }
  const auto number = static_cast<std::uint32_t>(names_.size());
  names_.emplace_back(name);
  numbers_.emplace(name, number);
  return number;
}

TableFile::TableFile(const std::string& path, const TableLayout& layout)
    : file_(path), layout_(layout) {
  file_.refuse_what_is_no_text();
  std::array<char, 3> mark{};
  if (file_.read(0, mark.data(), mark.size()) == 3 &&
      std::string_view(mark.data(), 3) == "\xef\xbb\xbf") {
    first_row_.offset = 3;
  }
  if (is_csv()) {
    read_header();
  }
  Record record;
  if (!rows().next(record)) {
    fail(is_csv() && layout_.header ? "holds a header, but no rows" : "is empty");
  }
}

void TableFile::read_header() {
  RecordScanner scanner = rows();
  Record record;
  if (!scanner.next(record)) {
    fail("is empty");
  }
  if (!record.problem.empty()) {
    fail(record.line, record.problem);
  }
  Cells cells;
  split_csv(record.bytes, *layout_.separator, cells);
  if (cells.list.size() > kMostColumns) {
    fail(record.line, "there are " + std::to_string(cells.list.size()) +
                          " columns; at most 1048576 can be used");
  }
  if (layout_.header) {
    check_header(record, cells);
    first_row_ = scanner.position();
  }
  for (const Cell& cell : cells.list) {
    const std::string_view name = trimmed(cell.text);
    const bool named = layout_.header && !name.empty();
    const std::string key = named ? std::string(name) : std::to_string(cell.column);
    if (names_.add(key) != cell.column) {
      fail(record.line, "two columns are called " + quoted(key) + "; rename one");
    }
  }
}

void TableFile::check_header(const Record& header, const Cells& cells) const {
  const auto is_number = [](const Cell& cell) {
    return read_cell(trimmed(cell.text)).kind == CellValue::Kind::number;
  };
  if (std::all_of(cells.list.begin(), cells.list.end(), is_number)) {
    fail(header.line,
         "the names of the columns are all numbers; if this is a row already, say that the file "
         "has no header");
  }
}

std::string TableFile::split(std::string_view record, Cells& cells) const {
  if (!is_csv()) {
    return split_json(record, cells);
  }
  split_csv(record, *layout_.separator, cells);
  const std::size_t fields = cells.list.size();
  if (fields == names_.size()) {
    return {};
  }
  return "there are " + std::to_string(fields) + " fields, where the " +
         (layout_.header ? "header" : "first row") + " has " + std::to_string(names_.size()) +
         "; put a field that holds the separator in quotes";
}

void TableFile::fail(std::int64_t line, const std::string& problem) const {
  fail_with(file_.path(), line, problem);
}

void TableFile::fail(const std::string& problem) const { fail_with(file_.path(), problem); }

}  // namespace autoglm::nn
