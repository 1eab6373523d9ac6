#include <algorithm>

#include "trainer/nn/data/cells.h"

namespace autoglm::nn {
namespace {

// The field that begins with a quote at `at`; `at` moves to the separator behind it, or the end.
std::string_view take_quoted(std::string_view record, char separator, std::size_t& at,
                             std::string& unescaped) {
  const std::size_t begin = at + 1;
  const std::size_t copy = unescaped.size();
  std::size_t from = begin;
  const auto is_twice = [record](std::size_t at_quote) {
    return at_quote < record.size() && record.substr(at_quote).starts_with("\"\"");
  };
  std::size_t close = record.find('"', from);
  while (is_twice(close)) {
    unescaped.append(record, from, close + 1 - from);
    from = close + 2;
    close = record.find('"', from);
  }
  const std::size_t end = std::min(close, record.size());
  at = std::min(record.find(separator, end), record.size());
  if (from == begin) {
    return record.substr(begin, end - begin);
  }
  unescaped.append(record, from, end - from);
  return std::string_view(unescaped).substr(copy);
}

}  // namespace

void split_csv(std::string_view record, char separator, Cells& cells) {
  cells.start(record.size());
  for (std::size_t at = 0;; ++at) {
    Cell& cell = cells.list.emplace_back();
    cell.column = static_cast<std::uint32_t>(cells.list.size() - 1);
    if (at < record.size() && record[at] == '"') {
      cell.text = take_quoted(record, separator, at, cells.unescaped);
    } else {
      const std::size_t end = std::min(record.find(separator, at), record.size());
      cell.text = record.substr(at, end - at);
      at = end;
    }
    if (at == record.size()) {
      return;
    }
  }
}

}  // namespace autoglm::nn
