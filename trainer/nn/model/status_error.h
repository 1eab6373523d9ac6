// A status that is not ok, as an exception.
#pragma once

#include <cstddef>

#include "trainer/launch/device_error.h"
#include "trainer/nn/backend.h"

namespace autoglm::nn {

/// The device's memory does not suffice: the configuration is infeasible there, others may not be.
class DeviceMemoryError : public DeviceError {
 public:
  using DeviceError::DeviceError;
};

/// Throws where `status` is not ok: DeviceMemoryError for out_of_memory, std::logic_error for
/// bad_argument (a mistake of ours), DeviceError for the others. The text names the device, `call`,
/// the cause and the remedy.
void require_ok(Status status, const Backend& backend, const char* call);

/// As above, of an allocation of `bytes` for `what`.
void require_allocated(Status status, const Backend& backend, const char* what, std::size_t bytes);

}  // namespace autoglm::nn
