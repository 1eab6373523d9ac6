#include "gpu/build_id.h"

#include <link.h>

#include <cstdint>
#include <cstring>

namespace autoglm {
namespace {

struct Search {
  std::uintptr_t address = 0;
  std::string found{};
};

std::string hexadecimal(const unsigned char* bytes, std::size_t count) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += kDigits[bytes[i] >> 4U];
    text += kDigits[bytes[i] & 0xFU];
  }
  return text;
}

constexpr std::size_t padded(std::size_t bytes) { return (bytes + 3) / 4 * 4; }

/// Notes follow each other, each a header, a name and a description, padded to 4 bytes (elf(5)).
std::string build_id_in(const unsigned char* notes, std::size_t bytes) {
  ElfW(Nhdr) header{};
  while (bytes >= sizeof header) {
    std::memcpy(&header, notes, sizeof header);
    const std::size_t size = sizeof header + padded(header.n_namesz) + padded(header.n_descsz);
    if (size > bytes) {
      break;
    }
    const unsigned char* const name = notes + sizeof header;
    if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == 4 &&
        std::memcmp(name, "GNU", 4) == 0) {
      return hexadecimal(name + padded(header.n_namesz), header.n_descsz);
    }
    notes += size;
    bytes -= size;
  }
  return "";
}

bool holds(const dl_phdr_info& file, std::uintptr_t address) {
  for (int i = 0; i < file.dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = file.dlpi_phdr[i];
    const std::uintptr_t begin = file.dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_LOAD && address >= begin && address - begin < segment.p_memsz) {
      return true;
    }
  }
  return false;
}

/// 1 ends the search.
int look(dl_phdr_info* file, std::size_t /*size*/, void* data) {
  auto& search = *static_cast<Search*>(data);
  if (!holds(*file, search.address)) {
    return 0;
  }
  for (int i = 0; i < file->dlpi_phnum && search.found.empty(); ++i) {
    const ElfW(Phdr)& segment = file->dlpi_phdr[i];
    if (segment.p_type == PT_NOTE) {
      // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader tells addresses as numbers
      const auto* begin = reinterpret_cast<const unsigned char*>(file->dlpi_addr + segment.p_vaddr);
      search.found = build_id_in(begin, segment.p_memsz);
    }
  }
  return 1;
}

}  // namespace

std::string build_id_of(const void* address) {
  Search search{.address = reinterpret_cast<std::uintptr_t>(address)};
  dl_iterate_phdr(look, &search);
  return search.found;
}

}  // namespace autoglm
