// A few numbers from all over a column, for its middle.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace autoglm::nn {

/// Keeps every number at first, then every second, fourth, eighth …, so that those that are kept
/// are 8 to 15 of all once there are so many, evenly apart.
class NumberSample {
 public:
  void add(double number);
  /// Of those that are kept, of two middle ones the lesser; none: there was no number.
  std::optional<double> median() const;

 private:
  std::vector<double> kept_{};
  std::int64_t stride_ = 1;
  std::int64_t seen_ = 0;
};

}  // namespace autoglm::nn
