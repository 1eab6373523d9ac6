// What checks have found of a device's operations, to be kept from one process to the next.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "trainer/nn/check/comparison.h"

namespace autoglm::nn {

/// All that the results of operations depend on; equal: what was found before holds.
struct CheckedDevice {
  std::string identity{};   // of the GPU, or of a part of it
  std::string driver{};     // version; empty: it has none
  std::string libraries{};  // versions of those that compute
  std::string build{};      // of our own library
  std::string program{};    // version of autoglm, whose CPU is the reference

  friend bool operator==(const CheckedDevice&, const CheckedDevice&) = default;
};

struct CheckRecord {
  CheckedDevice of{};
  std::string device{};  // its name, for people
  std::string date{};    // of the last check, UTC
  std::map<Comparison::Key, OperationCheck> operations{};

  /// Operations and types that have faults.
  std::set<Comparison::Key> wrong() const;
  /// Of them all; empty: there is none.
  std::string first_fault() const;
};

std::string to_json(const CheckRecord& record);

/// Throws std::runtime_error, a line that says what is wrong with the text.
CheckRecord parse_check_record(std::string_view text);

}  // namespace autoglm::nn
