// Which device computes.
#pragma once

#include <memory>
#include <string>

#include "trainer/nn/backend.h"

namespace autoglm {

/// `device` as a spec names it: cpu, cuda, cuda-emul, auto. Throws DeviceError where it is not
/// there.
std::unique_ptr<nn::Backend> make_backend(const std::string& device);

/// Throws DeviceError if make_backend() would, but takes nothing of the device.
void require_device(const std::string& device);

}  // namespace autoglm
