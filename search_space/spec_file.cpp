#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "search_space/spec_document.h"

namespace autoglm {

SpecRoot read_spec_file(const std::string& path) {
  const auto fail = [&path] {
    throw SpecError(SpecPlace{.source = path},
                    "cannot be read: " + std::string(std::strerror(errno)) + "; check the path");
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (!file) {
    fail();
  }
  constexpr std::size_t kBeyondAnySpec = 65'000'000;  // read_spec refuses it
  std::string text;
  std::array<char, 1U << 16U> buffer{};
  std::size_t count = 1;
  while (count > 0 && text.size() <= kBeyondAnySpec) {
    count = std::fread(buffer.data(), 1, buffer.size(), file.get());
    text.append(buffer.data(), count);
  }
  if (std::ferror(file.get()) != 0) {
    fail();
  }
  return read_spec(text, path);
}

}  // namespace autoglm
