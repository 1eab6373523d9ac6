#include "cli/text.h"

#include <fmt/format.h>

#include <cmath>
#include <ctime>

#include "search_space/utf8.h"
#include "search_space/value.h"

namespace autoglm {

std::string json_number(double number) {
  return std::isfinite(number) ? number_text(number) : "null";
}

std::string short_number(double number) { return fmt::format("{:.4g}", number); }

std::string short_duration(double seconds) {
  if (seconds < 1) {
    return fmt::format("{:.0f}ms", seconds * 1000);
  }
  if (seconds < 59.95) {
    return fmt::format("{:.1f}s", seconds);
  }
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 3600) {
    return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  }
  if (whole < 86400) {
    return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
  }
  return fmt::format("{}d{:02}h", whole / 86400, whole / 3600 % 24);
}

std::string utc_text(TimeNs time) {
  if (time == 0) {
    return "";
  }
  const auto seconds = static_cast<std::time_t>(time / 1'000'000'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     time % 1'000'000'000 / 1000);
}

std::string one_line(std::string_view text, std::size_t columns) {
  std::string line;
  std::size_t used = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool begins_character = !continues_character(c);
    if (begins_character && used == columns) {
      return line;
    }
    used += begins_character ? 1 : 0;
    line += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return line;
}

}  // namespace autoglm
