#include "trainer/nn/data/class_list.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "trainer/nn/data/cell.h"

namespace autoglm::nn {
namespace {

template <typename T>
void sort_unique(std::vector<T>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

template <typename T, typename Value>
std::int32_t place_of(const std::vector<T>& list, const Value& value) {
  const auto found = std::lower_bound(list.begin(), list.end(), value);
  return found == list.end() || *found != value ? -1
                                                : static_cast<std::int32_t>(found - list.begin());
}

template <typename T>
void keep(std::vector<T>& list, const std::vector<std::int32_t>& places) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (places[i] >= 0) {
      std::swap(list[kept++], list[i]);
    }
  }
  list.resize(kept);
}

std::string shortest(double number) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), end};
}

}  // namespace

ClassList::ClassList(std::vector<double> numbers) : numbers_(std::move(numbers)) {
  sort_unique(numbers_);
  names_.reserve(numbers_.size());
  for (double& number : numbers_) {
    number += 0.0;  // -0 is written 0
    names_.push_back(shortest(number));
  }
}

ClassList::ClassList(std::vector<std::string> texts) : names_(std::move(texts)) {
  sort_unique(names_);
}

std::int32_t ClassList::find(std::string_view text) const {
  if (!are_numbers()) {
    return place_of(names_, text);
  }
  const CellValue value = read_cell(text);
  return value.kind == CellValue::Kind::number && !value.word ? find(value.number) : -1;
}

std::int32_t ClassList::find(double number) const { return place_of(numbers_, number); }

std::vector<std::int32_t> ClassList::drop_empty(const std::vector<std::int64_t>& rows) {
  std::vector<std::int32_t> places;
  places.reserve(rows.size());
  std::int32_t kept = 0;
  for (const std::int64_t count : rows) {
    places.push_back(count > 0 ? kept++ : -1);
  }
  keep(names_, places);
  if (are_numbers()) {
    keep(numbers_, places);
  }
  return places;
}

}  // namespace autoglm::nn
