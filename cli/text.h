// Numbers and times as people and JSON readers get them.
#pragma once

#include <string>
#include <string_view>

#include "optimizer/trial.h"

namespace autoglm {

/// A JSON number, or null for NaN and infinities.
std::string json_number(double number);

/// Four significant digits: "0.03124", "1.2e-05".
std::string short_number(double number);

/// "950ms", "12.3s", "4m07s", "2h05m", "3d04h".
std::string short_duration(double seconds);

/// "2026-11-22T06:57:43.123456Z"; empty for 0.
std::string utc_text(TimeNs time);

/// `text` on one line of at most `columns` characters, control characters replaced by blanks.
std::string one_line(std::string_view text, std::size_t columns);

}  // namespace autoglm
