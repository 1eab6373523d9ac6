// Colours for terminals.
#pragma once

#include <string>
#include <string_view>

namespace autoglm {

/// --color: `always` beats NO_COLOR, which beats `automatic`; TERM=dumb means never.
enum class ColorMode { automatic, always, never };
void set_color_mode(ColorMode mode);

/// Whether escape codes go to the stream behind `descriptor`.
bool uses_color(int descriptor);

enum class Style { bold, good, bad };
/// `text` in that style if `on`, else as it is.
std::string styled(std::string_view text, Style style, bool on);

}  // namespace autoglm
