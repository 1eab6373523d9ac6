// The classes that labels name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace autoglm::nn {

/// Numbers in ascending order, or texts by their bytes. A class is known by the value of its
/// number: 1 and 1.0 are the same.
class ClassList {
 public:
  ClassList() = default;
  explicit ClassList(std::vector<double> numbers);
  explicit ClassList(std::vector<std::string> texts);

  const std::vector<std::string>& names() const { return names_; }
  bool are_numbers() const { return !numbers_.empty(); }
  /// -1 where there is no such class. REQUIRES: `text` is trimmed.
  std::int32_t find(std::string_view text) const;
  std::int32_t find(double number) const;

  /// Without the classes that have no rows: `rows` counts those of each class. Returns the new
  /// number of each class, -1 of those that are gone.
  std::vector<std::int32_t> drop_empty(const std::vector<std::int64_t>& rows);

 private:
  std::vector<std::string> names_{};
  std::vector<double> numbers_{};  // of names_, or empty
};

}  // namespace autoglm::nn
