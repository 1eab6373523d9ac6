#include "tests/nn/fallback/memory_only_device.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace autoglm::nn {

MemoryOnlyDevice::~MemoryOnlyDevice() {
  for (const auto& [address, block] : blocks_) {
    ::munmap(const_cast<unsigned char*>(address), std::max<std::size_t>(block.bytes, 1));
  }
}

Status MemoryOnlyDevice::allocate(std::size_t bytes, void** address) noexcept {
  void* made = ::mmap(nullptr, std::max<std::size_t>(bytes, 1), PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (made == MAP_FAILED) {
    return fail(Status::out_of_memory, "allocate: memory only: no room");
  }
  blocks_[static_cast<const unsigned char*>(made)] = {.bytes = bytes,
                                                      .contents = std::vector<unsigned char>(bytes),
                                                      .written = std::vector<unsigned char>(bytes)};
  *address = made;
  return Status::ok;
}

void MemoryOnlyDevice::release(void* address) noexcept {
  const auto found = blocks_.find(static_cast<const unsigned char*>(address));
  if (found != blocks_.end()) {
    ::munmap(address, std::max<std::size_t>(found->second.bytes, 1));
    blocks_.erase(found);
  }
}

MemoryOnlyDevice::Place MemoryOnlyDevice::find(const void* address, std::size_t bytes) {
  const auto* at = static_cast<const unsigned char*>(address);
  auto found = blocks_.upper_bound(at);
  if (found == blocks_.begin()) {
    return {};
  }
  --found;
  const auto offset = static_cast<std::size_t>(at - found->first);
  if (offset + bytes > found->second.bytes) {
    return {};
  }
  return {found->second.contents.data() + offset, found->second.written.data() + offset};
}

Status MemoryOnlyDevice::upload(void* to, const void* from, std::size_t bytes) noexcept {
  const Place place = find(to, bytes);
  if (place.contents == nullptr) {
    return fail(Status::device_failed, "memory only: upload to no array");
  }
  std::memcpy(place.contents, from, bytes);
  std::fill_n(place.written, bytes, 1);
  return Status::ok;
}

Status MemoryOnlyDevice::download(void* to, const void* from, std::size_t bytes) noexcept {
  const Place place = find(from, bytes);
  if (place.contents == nullptr) {
    return fail(Status::device_failed, "memory only: download from no array");
  }
  if (!std::all_of(place.written, place.written + bytes,
                   [](unsigned char was) { return was == 1; })) {
    return fail(Status::device_failed, "memory only: download of what was never written");
  }
  std::memcpy(to, place.contents, bytes);
  return Status::ok;
}

Status MemoryOnlyDevice::copy(void* to, const void* from, std::size_t bytes) noexcept {
  const Place place = find(from, bytes);
  return place.contents == nullptr ? fail(Status::device_failed, "memory only: copy of no array")
                                   : upload(to, place.contents, bytes);
}

Status MemoryOnlyDevice::fill_zero(void* at, std::size_t bytes) noexcept {
  const Place place = find(at, bytes);
  if (place.contents == nullptr) {
    return fail(Status::device_failed, "memory only: no array to fill");
  }
  std::memset(place.contents, 0, bytes);
  std::fill_n(place.written, bytes, 1);
  return Status::ok;
}

}  // namespace autoglm::nn
