#include "optimizer/failure_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace autoglm {
namespace {

constexpr std::size_t kLinesInReason = 3;
constexpr std::string_view kBlanks = " \t\r\v\f";

/// As the C library of Linux calls them; the numbers are those of Linux too.
constexpr std::array<std::pair<int, std::string_view>, 16> kSignals = {
    {{1, "Hangup"},
     {2, "Interrupt"},
     {3, "Quit"},
     {4, "Illegal instruction"},
     {5, "Trace/breakpoint trap"},
     {6, "Aborted"},
     {7, "Bus error"},
     {8, "Floating point exception"},
     {9, "Killed"},
     {11, "Segmentation fault"},
     {13, "Broken pipe"},
     {14, "Alarm clock"},
     {15, "Terminated"},
     {24, "CPU time limit exceeded"},
     {25, "File size limit exceeded"},
     {31, "Bad system call"}}};

std::string signal_text(int number) {
  const auto* const found =
      std::find_if(kSignals.begin(), kSignals.end(),
                   [number](const auto& signal) { return signal.first == number; });
  return found == kSignals.end() ? fmt::format("signal {}", number)
                                 : fmt::format("signal {} ({})", number, found->second);
}

std::string_view trimmed(std::string_view line) {
  const std::size_t first = line.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) {
    return {};
  }
  line = line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
  // What a progress bar overwrote is gone from a terminal, and here.
  return line.substr(line.rfind('\r') + 1);
}

/// The last lines that are not blank, in their order.
std::vector<std::string_view> last_lines(std::string_view text, std::size_t count) {
  std::vector<std::string_view> lines;
  while (!text.empty() && lines.size() < count) {
    const std::size_t newline = text.rfind('\n');
    const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
    const std::string_view line = trimmed(text.substr(begin));
    if (!line.empty()) {
      lines.push_back(line);
    }
    text = text.substr(0, begin == 0 ? 0 : newline);
  }
  std::reverse(lines.begin(), lines.end());
  return lines;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_hexadecimal(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Where the number that begins at `i` ends: 12, 0.5, 1e-05, 0x7ffe; `text[i]` is a digit.
std::size_t end_of_number(std::string_view text, std::size_t i) {
  const auto digits_from = [text](std::size_t at) {
    while (at < text.size() && is_digit(text[at])) {
      ++at;
    }
    return at;
  };
  if (text.substr(i).starts_with("0x")) {
    i += 2;
    while (i < text.size() && is_hexadecimal(text[i])) {
      ++i;
    }
    return i;
  }
  i = digits_from(i);
  if (i + 1 < text.size() && text[i] == '.' && is_digit(text[i + 1])) {
    i = digits_from(i + 1);
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    const bool sign = i + 1 < text.size() && (text[i + 1] == '-' || text[i + 1] == '+');
    const std::size_t exponent = i + (sign ? 2 : 1);
    i = digits_from(exponent) > exponent ? digits_from(exponent) : i;
  }
  return i;
}

std::string without_numbers(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const bool negative = text[i] == '-' && i + 1 < text.size() && is_digit(text[i + 1]);
    if (negative || is_digit(text[i])) {
      result += '#';
      i = end_of_number(text, negative ? i + 1 : i);
    } else {
      result += text[i++];
    }
  }
  return result;
}

}  // namespace

std::string ending_text(const Finished& finished) {
  switch (finished.ending) {
    case Ending::exited:
      return fmt::format("exit status {}", finished.code);
    case Ending::signaled:
      return signal_text(finished.code);
    case Ending::timed_out:
      return fmt::format("timeout: longer than {}", finished.detail);
    case Ending::stopped:
      return finished.code < 0 ? signal_text(-finished.code)
                               : fmt::format("exit status {}", finished.code);
    case Ending::not_started:
      break;
  }
  return finished.code > 0 ? fmt::format("exit status {}: {}", finished.code, finished.detail)
                           : finished.detail;
}

std::string failure_reason(const Finished& finished) {
  std::string reason = ending_text(finished);
  if (finished.ending != Ending::exited && finished.ending != Ending::signaled) {
    return reason;
  }
  std::string_view separator = ": ";
  if (finished.ending == Ending::signaled && !finished.detail.empty()) {
    reason.append(separator).append(finished.detail);
  }
  for (const std::string_view line : last_lines(finished.stderr_tail, kLinesInReason)) {
    reason.append(separator).append(line);
    separator = " | ";
  }
  return reason;
}

std::string failure_likeness(const Finished& finished) {
  std::string likeness = ending_text(finished);
  for (const std::string_view line : last_lines(finished.stderr_tail, 1)) {
    likeness.append("\n").append(without_numbers(line));
  }
  return likeness;
}

std::string early_end_reason(const Finished& finished) {
  const std::vector<std::string_view> last = last_lines(finished.stderr_tail, 1);
  return !last.empty() && last[0].starts_with(kEndedEarly)
             ? std::string(last[0].substr(kEndedEarly.size()))
             : std::string();
}

std::string likeness_when_told(TrialState state, const std::string& reason) {
  return state == TrialState::failed ? "told: " + reason : "";
}

}  // namespace autoglm
