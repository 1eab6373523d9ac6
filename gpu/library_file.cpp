#include "gpu/library_file.h"

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace autoglm {

// The table of sections is what linkers write last (System V ABI, "ELF Header": e_shoff, e_shnum).
bool is_cut_short(const std::string& path) {
  Elf64_Ehdr header{};
  std::ifstream file(path, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(&header), sizeof header) ||
      std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64) {
    return false;
  }
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  return !error && header.e_shoff + std::uint64_t{header.e_shentsize} * header.e_shnum > size;
}

}  // namespace autoglm
