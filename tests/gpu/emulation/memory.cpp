#include "tests/gpu/emulation/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "tests/gpu/emulation/device.h"
#include "tests/gpu/emulation/sanitizer.h"

namespace autoglm::emulation {
namespace {

constexpr std::size_t kSpace = std::size_t{64} << 30U;  // addresses
constexpr std::size_t kPage = 4096;
constexpr std::size_t kAlignment = 256;  // cudaMalloc's, CUDA C++ programming guide, section 5.3.2
constexpr int kPoison = 0xFF;            // NaN in every type, -1 as a whole number
/// Of large arrays only the ends are filled: reading what was never written is found by traces.
constexpr std::size_t kPoisoned = std::size_t{1} << 20U;

char* reserve(std::size_t bytes, int protection) {
  void* found =
      mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return found == MAP_FAILED ? nullptr : static_cast<char*>(found);
}

struct Allocation {
  const char* begin = nullptr;
  std::size_t bytes = 0;
};

struct Space {
  char* begin = reserve(kSpace, PROT_NONE);
  Trace* traces =
      reinterpret_cast<Trace*>(reserve(kSpace / 2 * sizeof(Trace), PROT_READ | PROT_WRITE));
  int key = pkey_alloc(0, PKEY_DISABLE_ACCESS);  // -1: none
  std::size_t next = 0;
  std::vector<Allocation> allocations{};
  // Of each page, the number of its allocation from 1 on; 0: it has none.
  std::uint32_t* owners = reinterpret_cast<std::uint32_t*>(
      reserve(kSpace / kPage * sizeof(std::uint32_t), PROT_READ | PROT_WRITE));
  std::size_t in_use = 0;
  int access = 0;  // DeviceAccess that are alive
};

Space& space() {
  static Space made;
  return made;
}

void set_access(bool allowed) {
  if (space().key >= 0) {
    pkey_set(space().key, allowed ? 0 : PKEY_DISABLE_ACCESS);
  }
}

constexpr std::size_t up(std::size_t n, std::size_t unit) { return (n + unit - 1) / unit * unit; }

/// Bytes of the pages of an allocation; the page behind them stays out of reach.
std::size_t pages_of(std::size_t bytes) { return up(up(bytes, kAlignment), kPage); }

void set_owner(const char* first, std::size_t pages, std::uint32_t owner) {
  std::fill_n(space().owners + (first - space().begin) / static_cast<std::ptrdiff_t>(kPage),
              pages / kPage, owner);
}

/// The allocation that has the page of an address; one of no bytes where there is none.
Allocation owner_of(const void* address) {
  const Space& all = space();
  if (!is_device_address(address)) {
    return {};
  }
  const auto offset = static_cast<std::size_t>(static_cast<const char*>(address) - all.begin);
  const std::uint32_t owner = all.owners[offset / kPage];
  return owner == 0 ? Allocation{} : all.allocations[owner - 1];
}

bool others_have_all() {
  const std::string& file = settings().others;
  return !file.empty() && ::access(file.c_str(), F_OK) == 0;
}

}  // namespace

void* allocate_device(std::size_t bytes) {
  Space& all = space();
  const std::size_t pages = pages_of(bytes);
  if (all.begin == nullptr || all.traces == nullptr || all.owners == nullptr ||
      pages > kSpace - all.next - kPage || bytes > control().memory_bytes - all.in_use ||
      all.in_use > control().memory_bytes || others_have_all()) {
    return nullptr;
  }
  char* first = all.begin + all.next;
  all.next += pages + kPage;
  const int access = PROT_READ | PROT_WRITE;
  const int failed =
      all.key >= 0 ? pkey_mprotect(first, pages, access, all.key) : mprotect(first, pages, access);
  if (failed != 0) {
    return nullptr;
  }
  // It ends where the pages end, as far as its alignment allows.
  char* address = first + pages - up(bytes, kAlignment);
  const DeviceAccess allowed;
  std::memset(first, kPoison, std::min(pages, kPoisoned));
  std::memset(first + pages - std::min(pages, kPoisoned), kPoison, std::min(pages, kPoisoned));
  sanitizer().forbid(first, static_cast<std::size_t>(address - first));
  sanitizer().forbid(address + bytes,
                     static_cast<std::size_t>(first + pages + kPage - (address + bytes)));
  all.allocations.push_back({address, bytes});
  set_owner(first, pages, static_cast<std::uint32_t>(all.allocations.size()));
  all.in_use += bytes;
  count_live(1);
  return address;
}

bool free_device(void* address) {
  const Allocation found = owner_of(address);
  if (found.begin == nullptr || found.begin != address) {
    return false;
  }
  const std::size_t pages = pages_of(found.bytes);
  char* first = static_cast<char*>(address) + up(found.bytes, kAlignment) - pages;
  // The addresses are given back with what lay there; nobody gets them again.
  static_cast<void>(mmap(first, pages, PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0));
  // Of large ones the beginning: what a sanitizer knows takes memory, and no page can be reached.
  sanitizer().forbid(first, std::min(pages, kPoisoned));
  madvise(traces_of(first), pages / 2 * sizeof(Trace), MADV_DONTNEED);
  set_owner(first, pages, 0);
  space().in_use -= found.bytes;
  count_live(-1);
  return true;
}

bool is_device_address(const void* address) {
  const auto offset = static_cast<std::size_t>(static_cast<const char*>(address) - space().begin);
  return space().begin != nullptr && offset < kSpace;
}

bool is_allocated(const void* address, std::size_t bytes) {
  const Allocation found = owner_of(address);
  const auto offset = static_cast<std::size_t>(static_cast<const char*>(address) - found.begin);
  return found.begin != nullptr && offset <= found.bytes && bytes <= found.bytes - offset;
}

Trace* traces_of(const void* address) {
  return space().traces + (static_cast<const char*>(address) - space().begin) / 2;
}

DeviceAccess::DeviceAccess() {
  if (space().access++ == 0) {
    set_access(true);
  }
}
DeviceAccess::~DeviceAccess() {
  if (--space().access == 0) {
    set_access(false);
  }
}

}  // namespace autoglm::emulation
