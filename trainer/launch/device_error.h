// A device that was asked for is not there, or does not work.
#pragma once

#include <stdexcept>

namespace autoglm {

/// what() is the line that a user reads; exit code 9.
class DeviceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace autoglm
