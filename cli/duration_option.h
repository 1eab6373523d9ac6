// Durations on a command line.
#pragma once

#include <string>

namespace autoglm {

/// "10m" -> seconds, at most 36500 days. `option` names it in the message: "--time". Throws
/// UsageError.
double seconds_of_option(const std::string& option, const std::string& text);

}  // namespace autoglm
