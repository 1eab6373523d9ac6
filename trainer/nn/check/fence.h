// Memory that no operation may touch, not even to read: found by the address sanitizer, where the
// program is built with it, on devices whose memory it knows: the CPU's and the emulated one.
#pragma once

#include <cstddef>

namespace autoglm::nn {

/// Whether fences are seen at all; else the others do nothing.
bool fences_are_watched();
void put_fence(const void* at, std::size_t bytes);
void take_fence(const void* at, std::size_t bytes);

}  // namespace autoglm::nn
