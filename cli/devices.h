// Which device computes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "trainer/nn/backend.h"

namespace autoglm {

/// A backend, and the memory that it shares with other processes.
struct OpenedDevice {
  std::unique_ptr<nn::Backend> backend{};
  std::string identity{};          // the same in all processes; empty: the memory is the machine's
  std::uint64_t memory_bytes = 0;  // of the device
  std::uint64_t own_bytes = 0;     // what a process takes beside what it allocates
};

/// `device` as a spec names it: cpu, cuda, cuda-emul, auto. Throws DeviceError where it is not
/// there.
OpenedDevice open_device(const std::string& device);

/// Throws DeviceError if open_device() would, but takes nothing of the device.
void require_device(const std::string& device);

}  // namespace autoglm
