// Whether the operations of a backend compute what those of another one do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "trainer/nn/check/cases.h"

namespace autoglm::nn {

const char* name_of(DType type);

/// What was found of an operation in a type.
struct OperationCheck {
  int cases = 0;
  // Of the output that is nearest to its limit, or most beyond: the greatest difference, as a part
  // of the number plus a typical one, and what rounding may do.
  double error = 0;
  double limit = 0;
  double part_of_limit = 0;           // at most 1 where all is well
  bool repeatable = true;             // two runs had the same bits
  std::vector<std::string> faults{};  // a line each, the case first
};

/// Each case runs twice, on arrays that are NaN where nothing was written yet, and must give the
/// same bits; and once more at addresses that are aligned to single numbers: from case to case of
/// an operation and type other arrays are.
class Comparison {
 public:
  using Key = std::pair<std::string, DType>;  // the operation, its type

  /// Neither is owned; both must outlive this.
  Comparison(Backend& subject, Backend& reference) : subject_(subject), reference_(reference) {}

  void compare(const Case& one, std::uint64_t seed);

  const std::map<Key, OperationCheck>& operations() const { return operations_; }
  bool ok() const;
  /// The first fault that was the device's as a whole, which fails or is full: what it computed
  /// since says nothing. Empty: there was none.
  const std::string& device_failure() const { return device_failure_; }

 private:
  std::vector<Output> outputs(const Case& one, OperationCheck& check, std::uint64_t seed,
                              Misalignment misalignment);

  Backend& subject_;
  Backend& reference_;
  std::map<Key, OperationCheck> operations_{};
  std::string device_failure_{};
};

}  // namespace autoglm::nn
