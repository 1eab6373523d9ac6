#include "cli/trial_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/text.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

/// The gain from cost `before` to `after` as a share of `scale`; as an amount where that is 0 or
/// so small that the share is no number.
std::string much_better(double before, double after, double scale) {
  // Each divided on its own: their difference may overflow.
  const double percent = 100 * (before / scale - after / scale);
  if (!std::isfinite(percent)) {
    return short_number(before - after);
  }
  constexpr double kManyDigits = 1e6;
  return percent < kManyDigits ? fmt::format("{:.1f} %", percent) : short_number(percent) + " %";
}

}  // namespace

std::string counts_text(const TrialCounts& counts) {
  std::int64_t all = 0;
  std::string states;
  for (const TrialState state : kStatesInReports) {
    all += counts[state];
    if (counts[state] > 0) {
      states += fmt::format("{}{} {}", states.empty() ? "" : ", ", counts[state], to_string(state));
    }
  }
  return all == 0 ? "no trials yet"
                  : fmt::format("{} trial{}: {}", all, all == 1 ? "" : "s", states);
}

std::string gain_text(const Trial& best, const std::vector<Trial>& trials,
                      const Objective& objective) {
  const auto first = std::find_if(trials.begin(), trials.end(), [](const Trial& trial) {
    return trial.state == TrialState::complete && !trial.values.empty();
  });
  if (first == trials.end() || first->number == best.number) {
    return "";
  }
  return fmt::format(", {} better than the first one (trial {}: {})",
                     much_better(objective.cost(0, first->values[0]),
                                 objective.cost(0, best.values[0]), std::abs(first->values[0])),
                     first->number, short_number(first->values[0]));
}

std::string parameters_text(const Configuration& configuration) {
  std::size_t width = 0;
  for (const auto& [name, value] : configuration) {
    width = std::max(width, width_of(printable(name)));
  }
  std::string text;
  for (const auto& [name, value] : configuration) {
    text += fmt::format("  {}  {}\n", padded(printable(name), width), printable(value_text(value)));
  }
  return text;
}

std::string short_reason(const std::string& reason, std::size_t columns) {
  const std::size_t head = reason.find(": ");
  const std::size_t last = reason.rfind(" | ");
  if (width_of(reason) <= columns || head == std::string::npos || last == std::string::npos ||
      last < head) {
    return one_line(reason, columns);
  }
  return one_line(fmt::format("{}: …{}", reason.substr(0, head), reason.substr(last)), columns);
}

std::string printable(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      safe += fmt::format("\\x{:02x}", byte);
    } else {
      safe += c;
    }
  }
  return safe;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = width_of(text);
  return std::string(text).append(width - std::min(width, used), ' ');
}

}  // namespace autoglm
