#include "cli/devices.h"

#include <fmt/format.h>

#include "trainer/launch/device_error.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm {

std::unique_ptr<nn::Backend> make_backend(const std::string& device) {
  if (device == "cpu" || device == "auto") {
    return nn::make_cpu_backend();
  }
  throw DeviceError(
      fmt::format("device {}: this autoglm trains on the CPU alone; write \"device\": \"cpu\" or "
                  "\"auto\"",
                  device));
}

}  // namespace autoglm
