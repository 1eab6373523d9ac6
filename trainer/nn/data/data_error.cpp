#include "trainer/nn/data/data_error.h"

#include "search_space/utf8.h"
#include "search_space/value.h"

namespace autoglm::nn {

std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 256;  // bytes; what shown() keeps is less
  return shown(json_quoted(text.substr(0, kShown)));
}

void fail_with(const std::string& path, const std::string& problem) {
  throw DataError(escape_controls(path) + ": " + problem);
}

void fail_with(const std::string& path, std::int64_t line, const std::string& problem) {
  throw DataError(escape_controls(path) + ":" + std::to_string(line) + ": " + problem);
}

}  // namespace autoglm::nn
