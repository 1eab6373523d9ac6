#include "cli/color.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace autoglm {
namespace {

ColorMode& color_mode() {
  static ColorMode mode = ColorMode::automatic;
  return mode;
}

bool is_set(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

void set_color_mode(ColorMode mode) { color_mode() = mode; }

bool uses_color(int descriptor) {
  if (color_mode() != ColorMode::automatic) {
    return color_mode() == ColorMode::always;
  }
  const char* const terminal = std::getenv("TERM");
  const bool is_dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  return !is_set("NO_COLOR") && !is_dumb && ::isatty(descriptor) != 0;
}

std::string styled(std::string_view text, Style style, bool on) {
  const char* const code = style == Style::bold ? "1" : style == Style::good ? "32" : "31";
  return on ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

}  // namespace autoglm
