#include "cli/duration_option.h"

#include <fmt/format.h>

#include "cli/commands.h"
#include "search_space/spec_document.h"

namespace autoglm {

double seconds_of_option(const std::string& option, const std::string& text) {
  const auto seconds = parse_duration(text);
  if (!seconds) {
    throw UsageError(fmt::format("{} {}: is not a duration up to 36500d; write 90s, 10m, 2h or 1d",
                                 option, text));
  }
  return *seconds;
}

}  // namespace autoglm
