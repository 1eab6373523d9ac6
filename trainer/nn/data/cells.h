// Splits a record of a table into its cells.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace autoglm::nn {

constexpr std::uint32_t kNoColumn = 0xffffffff;

struct Cell {
  std::string_view key{};  // JSON: the name of its column
  std::uint32_t column = kNoColumn;
  std::string_view text{};
  bool nested = false;  // JSON: an object or an array, `text` as it is written
};

/// The cells of one record; texts lie in the record or in `unescaped`. Kept from record to record,
/// it allocates nothing once it has seen the largest.
struct Cells {
  std::vector<Cell> list{};
  std::string unescaped{};
  std::vector<std::uint64_t> last_seen{};  // of each column, the serial of a record
  std::uint64_t serial = 0;

  /// For a record of so many bytes.
  void start(std::size_t bytes) {
    list.clear();
    unescaped.clear();
    unescaped.reserve(bytes);
    ++serial;
  }
};

/// CSV; each cell's column is its place. Of text that RecordScanner gave a record for; any other is
/// split somehow.
void split_csv(std::string_view record, char separator, Cells& cells);

/// A JSON object (RFC 8259; NaN and Infinity are let pass as texts, since Python writes them); null
/// is empty. Returns what is wrong with it, or nothing.
std::string split_json(std::string_view record, Cells& cells);

}  // namespace autoglm::nn
