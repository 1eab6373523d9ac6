// Which device computes.
#pragma once

#include <cstdint>
#include <functional>
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

/// `device` as a spec names it: cpu, cuda, cuda-emul, auto. What the kept check of a GPU found
/// wrong is computed by the CPU, and that is said; where a GPU was never checked it is now, until
/// `stop` says so, but not the emulated one, which takes minutes. One that other programs fill is
/// waited for, AUTOGLM_CUDA_WAIT seconds at most (600; "auto" does not wait); no backend: `stop`
/// said so meanwhile. Throws DeviceError where the device is not there, stays full or fails.
OpenedDevice open_device(const std::string& device, const std::function<bool()>& stop);

/// Throws DeviceError if open_device() would, but takes nothing of the device. Where "auto" will be
/// the CPU, that is said.
void require_device(const std::string& device);

}  // namespace autoglm
