#include "tests/gpu/emulation/shared.h"

#include <cuda_runtime.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "tests/gpu/emulation/device.h"
#include "tests/gpu/emulation/sanitizer.h"

namespace autoglm::emulation {
namespace {

constexpr std::size_t kMost = std::size_t{48} << 10U;  // bytes of a block without asking for more
constexpr std::size_t kGap = 64;                       // between arrays
constexpr std::size_t kMostArrays = 16;                // of a block
constexpr int kPoison = 0xFF;

struct Variable {
  const void* key = nullptr;
  std::size_t begin = 0;
  std::size_t bytes = 0;
};

/// Threads find it as it is: what is done to it is done by the host, between blocks.
struct SharedMemory {
  alignas(kGap) std::array<char, 4 * kMost> bytes{};
  std::array<Trace, 2 * kMost> traces{};
  std::array<Variable, kMostArrays> variables{};
  std::size_t count = 0;  // of variables
  std::size_t end = 0;

  SharedMemory() { std::memset(bytes.data(), kPoison, bytes.size()); }

  std::size_t offset(const void* address) const {
    return static_cast<std::size_t>(static_cast<const char*>(address) - bytes.data());
  }
  const Variable* variables_end() const { return variables.data() + count; }
};

SharedMemory* all = nullptr;  // of the block that runs

}  // namespace

void clear_shared_memory(unsigned place) {
  static auto& places = *new std::vector<SharedMemory>(sanitizer().places());
  all = &places.at(place);
  sanitizer().allow(all->bytes.data(), all->bytes.size());
  std::memset(all->bytes.data(), kPoison, all->end);
  std::fill_n(all->traces.begin(), all->end / 2, Trace{});
  sanitizer().forbid(all->bytes.data(), all->bytes.size());
  all->count = 0;
  all->end = 0;
}

void* shared_memory(const void* key, std::size_t bytes, const char* name) {
  std::size_t used = bytes;
  for (const Variable* one = all->variables.data(); one != all->variables_end(); ++one) {
    if (one->key == key) {
      return all->bytes.data() + one->begin;
    }
    used += one->bytes;
  }
  const bool fits = used <= kMost && all->count < kMostArrays;
  if (!fits) {
    complain("the shared array " + std::string(name) + " does not fit: a block has 48 KiB, and " +
             std::to_string(kMostArrays) + " arrays");
  }
  const std::size_t begin = fits ? all->end : 0;
  all->variables[fits ? all->count++ : 0] = {key, begin, bytes};
  all->end = std::min(begin + (bytes + 2 * kGap - 1) / kGap * kGap, all->bytes.size());
  sanitizer().allow(all->bytes.data() + begin, bytes);
  return all->bytes.data() + begin;
}

bool is_shared_address(const void* address) { return all->offset(address) < all->bytes.size(); }

Trace* shared_traces(const void* address, std::size_t bytes) {
  const std::size_t offset = all->offset(address);
  for (const Variable* one = all->variables.data(); one != all->variables_end(); ++one) {
    if (offset >= one->begin && offset + bytes <= one->begin + one->bytes) {
      return all->traces.data() + offset / 2;
    }
  }
  return nullptr;
}

}  // namespace autoglm::emulation
