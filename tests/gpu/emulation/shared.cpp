#include "tests/gpu/emulation/shared.h"

#include <cuda_runtime.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "tests/gpu/emulation/device.h"

namespace autoglm::emulation {
namespace {

constexpr std::size_t kMost = std::size_t{48} << 10U;  // bytes of a block without asking for more
constexpr std::size_t kGap = 64;                       // between arrays

struct Variable {
  const void* key = nullptr;
  std::size_t begin = 0;
  std::size_t bytes = 0;
};

struct SharedMemory {
  alignas(kGap) std::array<char, 4 * kMost> bytes{};
  std::array<Trace, 2 * kMost> traces{};
  std::vector<Variable> variables{};
  std::size_t end = 0;

  std::size_t offset(const void* address) const {
    return static_cast<std::size_t>(static_cast<const char*>(address) - bytes.data());
  }
};
SharedMemory all;

}  // namespace

void clear_shared_memory() {
  std::fill_n(all.traces.begin(), all.end / 2, Trace{});
  all.variables.clear();
  all.end = 0;
}

void* shared_memory(const void* key, std::size_t bytes, const char* name) {
  std::size_t used = bytes;
  for (const Variable& variable : all.variables) {
    if (variable.key == key) {
      return all.bytes.data() + variable.begin;
    }
    used += variable.bytes;
  }
  if (used > kMost) {
    complain("the shared array " + std::string(name) + " does not fit: a block has 48 KiB");
  }
  const std::size_t begin = used > kMost ? 0 : all.end;
  all.variables.push_back({key, begin, bytes});
  all.end = std::min(begin + (bytes + 2 * kGap - 1) / kGap * kGap, all.bytes.size());
  std::memset(all.bytes.data() + begin, 0xFF, all.end - begin);
  return all.bytes.data() + begin;
}

bool is_shared_address(const void* address) { return all.offset(address) < all.bytes.size(); }

Trace* shared_traces(const void* address, std::size_t bytes) {
  const std::size_t offset = all.offset(address);
  for (const Variable& variable : all.variables) {
    if (offset >= variable.begin && offset + bytes <= variable.begin + variable.bytes) {
      return all.traces.data() + offset / 2;
    }
  }
  return nullptr;
}

}  // namespace autoglm::emulation
