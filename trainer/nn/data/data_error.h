// Data that cannot be used.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace autoglm::nn {

/// what() is the line that a user reads: "FILE:LINE: column "x": what is wrong; what to do".
class DataError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// `text` in quotes on one line, cut where it is long: a name or value within a message.
std::string quoted(std::string_view text);

/// Throws DataError "FILE: problem", "FILE:LINE: problem".
[[noreturn]] void fail_with(const std::string& path, const std::string& problem);
[[noreturn]] void fail_with(const std::string& path, std::int64_t line, const std::string& problem);

}  // namespace autoglm::nn
