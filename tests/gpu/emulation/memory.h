// The memory of the emulated device: allocations whose ends are known to the byte, filled with NaN,
// never used twice; beside each pair of bytes, who wrote and who read it last.
#pragma once

#include <cstddef>
#include <cstdint>

namespace autoglm::emulation {

/// Who touched a pair of bytes last; 0: nobody. race.cpp says what the bits mean.
struct Trace {
  std::uint64_t writer = 0;
  std::uint64_t reader = 0;
};

/// Null: there is not so much left.
void* allocate_device(std::size_t bytes);
/// False: nothing of that address was allocated, or it was freed before.
bool free_device(void* address);

/// Whether the address is of the device, allocated or not.
bool is_device_address(const void* address);
/// Whether all of it lies in one allocation.
bool is_allocated(const void* address, std::size_t bytes);
/// REQUIRES: is_device_address().
Trace* traces_of(const void* address);

/// Lets this thread follow device addresses; elsewhere the host may not, where the processor has
/// protection keys.
class DeviceAccess {
 public:
  DeviceAccess();
  ~DeviceAccess();
  DeviceAccess(const DeviceAccess&) = delete;
  DeviceAccess& operator=(const DeviceAccess&) = delete;
};

}  // namespace autoglm::emulation
