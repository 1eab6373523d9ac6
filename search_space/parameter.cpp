#include "search_space/parameter.h"

#include <algorithm>
#include <cmath>

#include "search_space/decimal.h"
#include "search_space/portable_math.h"
#include "search_space/spec_document.h"
#include "search_space/utf8.h"

namespace autoglm {
namespace {

// Continuous values have at most this many significant digits (of the greater of value and range).
// Finer than any trial can tell apart, yet so coarse that the rounding of position_of and value_at
// vanishes in it, which makes the way there and back exact.
constexpr int kDigits = 11;

std::uint64_t values_in(const FloatRange& range) {
  return static_cast<std::uint64_t>(std::llround((range.max - range.min) / range.step)) + 1;
}

std::uint64_t values_in(const IntRange& range) {
  return static_cast<std::uint64_t>(range.max - range.min) /
             static_cast<std::uint64_t>(range.step) +
         1;
}

double middle_of_cell(std::uint64_t i, std::uint64_t count) {
  return (static_cast<double>(i) + 0.5) / static_cast<double>(count);
}

std::uint64_t cell_of(double position, std::uint64_t count) {
  const double cell = std::floor(position * static_cast<double>(count));
  return cell <= 0 ? 0 : std::min(static_cast<std::uint64_t>(cell), count - 1);
}

std::int64_t nth_value(const IntRange& range, std::uint64_t i) {
  return range.min + static_cast<std::int64_t>(i) * range.step;
}

double position_in(const FloatRange& range, double given) {
  if (range.min == range.max) {
    return 0.5;
  }
  const double value = std::clamp(given, range.min, range.max);
  if (range.step > 0) {
    const auto i = static_cast<std::uint64_t>(std::llround((value - range.min) / range.step));
    return middle_of_cell(i, values_in(range));
  }
  const double position = range.log ? (portable::log(value) - portable::log(range.min)) /
                                          (portable::log(range.max) - portable::log(range.min))
                                    : (value - range.min) / (range.max - range.min);
  return std::min(position, 1.0);
}

double value_in(const FloatRange& range, double position) {
  if (range.step > 0) {
    return grid_value(range, cell_of(position, values_in(range)));
  }
  if (position <= 0 || position >= 1) {
    return position <= 0 ? range.min : range.max;
  }
  const double from = range.log ? portable::log(range.min) : range.min;
  const double to = range.log ? portable::log(range.max) : range.max;
  const double at = from + position * (to - from);
  const double value = range.log ? portable::exp(at) : at;
  const int last_digit = decimal_exponent(range.log ? value : to - from) - kDigits + 1;
  const double rounded = round_to_decimal(value, last_digit);
  // What is nearer to a bound than values are to each other is the bound.
  const double least = power_of_ten(last_digit);
  if (rounded - range.min < least) {
    return range.min;
  }
  return range.max - rounded < least ? range.max : rounded;
}

double position_in(const IntRange& range, std::int64_t value) {
  if (!range.log) {
    const std::int64_t i = (std::clamp(value, range.min, range.max) - range.min) / range.step;
    return middle_of_cell(static_cast<std::uint64_t>(i), values_in(range));
  }
  const auto edge = [](std::int64_t k) { return portable::log(static_cast<double>(k) - 0.5); };
  const double from = edge(range.min);
  const double to = edge(range.max + 1);
  const std::int64_t k = std::clamp(value, range.min, range.max);
  return ((edge(k) + edge(k + 1)) / 2 - from) / (to - from);
}

std::int64_t value_in(const IntRange& range, double position) {
  if (!range.log) {
    return nth_value(range, cell_of(position, values_in(range)));
  }
  const double from = portable::log(static_cast<double>(range.min) - 0.5);
  const double to = portable::log(static_cast<double>(range.max) + 0.5);
  const double nearest = std::floor(portable::exp(from + position * (to - from)) + 0.5);
  return static_cast<std::int64_t>(
      std::clamp(nearest, static_cast<double>(range.min), static_cast<double>(range.max)));
}

std::optional<std::size_t> index_of(const Choice& choice, const Value& value) {
  for (std::size_t i = 0; i < choice.choices.size(); ++i) {
    if (same_value(choice.choices[i], value)) {
      return i;
    }
  }
  return std::nullopt;
}

bool is_number(const Value& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

std::optional<Value> fit(const FloatRange& range, const Value& value) {
  const double number = value_number(value);
  if (!is_number(value) || !(number >= range.min && number <= range.max)) {
    return std::nullopt;
  }
  if (range.step == 0) {
    return number;
  }
  const double nearest = grid_value(
      range, static_cast<std::uint64_t>(std::llround((number - range.min) / range.step)));
  // Other programs count min + i * step with rounding errors.
  constexpr double kSlack = 1e-9;
  return std::abs(number - nearest) <= kSlack * range.step ? std::optional<Value>(nearest)
                                                           : std::nullopt;
}

std::optional<Value> fit(const IntRange& range, const Value& value) {
  const double number = value_number(value);
  if (!is_number(value) || std::trunc(number) != number ||
      !(number >= static_cast<double>(range.min) && number <= static_cast<double>(range.max))) {
    return std::nullopt;
  }
  const auto integer = static_cast<std::int64_t>(number);
  return (integer - range.min) % range.step == 0 ? std::optional<Value>(integer) : std::nullopt;
}

std::optional<Value> fit(const Choice& choice, const Value& value) {
  const std::optional<std::size_t> i = index_of(choice, value);
  return i ? std::optional(choice.choices[*i]) : std::nullopt;
}

std::pair<double, double> bounds(const Domain& range) {
  if (const auto* floats = std::get_if<FloatRange>(&range)) {
    return {floats->min, floats->max};
  }
  const auto& integers = std::get<IntRange>(range);
  return {static_cast<double>(integers.min), static_cast<double>(integers.max)};
}

/// What lies outside (a range was narrowed, another program wrote it) counts as the nearest end,
/// and what is no number as the middle.
double within(double number, std::pair<double, double> bounds) {
  return std::isnan(number) ? bounds.first + (bounds.second - bounds.first) / 2
                            : std::clamp(number, bounds.first, bounds.second);
}

Value nearest_on_grid(const Domain& range, double number) {
  const auto [min, max] = bounds(range);
  const double cells = static_cast<double>(cardinality(range).value_or(1)) - 1;
  return nth_value(range,
                   static_cast<std::uint64_t>(std::llround((number - min) / (max - min) * cells)));
}

std::string listed(const Choice& choice) {
  constexpr std::size_t kShown = 20;
  std::string text;
  for (std::size_t i = 0; i < choice.choices.size(); ++i) {
    if (i == kShown) {
      return text + ", … " + std::to_string(choice.choices.size()) + " in all";
    }
    text += (i == 0 ? "" : ", ") + value_text(choice.choices[i]);
  }
  return text;
}

}  // namespace

double grid_value(const FloatRange& range, std::uint64_t i) {
  const double value = range.min + static_cast<double>(i) * range.step;
  return round_to_decimal(value, std::min(last_decimal(range.min), last_decimal(range.step)));
}

double position_of(const Domain& domain, const Value& value) {
  if (const auto* range = std::get_if<FloatRange>(&domain)) {
    return position_in(*range, within(value_number(value), bounds(domain)));
  }
  if (const auto* range = std::get_if<IntRange>(&domain)) {
    return position_in(*range,
                       static_cast<std::int64_t>(within(value_number(value), bounds(domain))));
  }
  const auto& choice = std::get<Choice>(domain);
  return middle_of_cell(index_of(choice, value).value_or(0), choice.choices.size());
}

Value value_at(const Domain& domain, double position) {
  const double within = position >= 0 ? std::min(position, 1.0) : 0.0;  // NaN is 0
  if (const auto* range = std::get_if<FloatRange>(&domain)) {
    return value_in(*range, within);
  }
  if (const auto* range = std::get_if<IntRange>(&domain)) {
    return value_in(*range, within);
  }
  const auto& choice = std::get<Choice>(domain);
  return choice.choices[cell_of(within, choice.choices.size())];
}

std::optional<Value> fit_value(const Domain& domain, const Value& value) {
  return std::visit([&value](const auto& d) { return fit(d, value); }, domain);
}

std::optional<std::uint64_t> cardinality(const Domain& domain) {
  if (const auto* range = std::get_if<FloatRange>(&domain)) {
    if (range->min == range->max) {
      return 1;
    }
    return range->step > 0 ? std::optional(values_in(*range)) : std::nullopt;
  }
  if (const auto* range = std::get_if<IntRange>(&domain)) {
    return values_in(*range);
  }
  return std::get<Choice>(domain).choices.size();
}

Value nth_value(const Domain& domain, std::uint64_t i) {
  if (const auto* range = std::get_if<FloatRange>(&domain)) {
    return range->step > 0 ? grid_value(*range, i) : range->min;
  }
  if (const auto* range = std::get_if<IntRange>(&domain)) {
    return nth_value(*range, i);
  }
  return std::get<Choice>(domain).choices[i];
}

std::string misfit(const Domain& domain, const Value& value) {
  const std::string what = shown(value_json(value));
  if (const auto* choice = std::get_if<Choice>(&domain)) {
    std::vector<std::string> texts;
    for (const Value& candidate : choice->choices) {
      texts.push_back(value_json(candidate));
    }
    const auto near = did_you_mean(value_json(value), texts);
    return what + " is no choice of " + describe(domain) +
           (near ? "; did you mean " + shown(*near) + "?" : "");
  }
  if (!is_number(value)) {
    return what + " is no number; " + describe(domain) + " needs one";
  }
  const bool integral = std::holds_alternative<IntRange>(domain);
  const double number = value_number(value);
  if (integral && std::trunc(number) != number) {
    return what + " is no integer; " + describe(domain) + " needs one";
  }
  const auto [min, max] = bounds(domain);
  if (!(number >= min && number <= max)) {
    return what + " is outside " + describe(domain) + "; give a value within the bounds";
  }
  return what + " is not on the grid of " + describe(domain) + "; the nearest value is " +
         value_text(nearest_on_grid(domain, number));
}

std::string describe(const Domain& domain) {
  if (const auto* range = std::get_if<FloatRange>(&domain)) {
    return std::string(range->log ? "log_uniform" : "uniform") + " [" + number_text(range->min) +
           ", " + number_text(range->max) + "]" +
           (range->step > 0 ? " step " + number_text(range->step) : "");
  }
  if (const auto* range = std::get_if<IntRange>(&domain)) {
    return std::string(range->log ? "log_int" : "int") + " [" + std::to_string(range->min) + ", " +
           std::to_string(range->max) + "]" +
           (range->step > 1 ? " step " + std::to_string(range->step) : "");
  }
  const auto& choice = std::get<Choice>(domain);
  if (choice.choices.size() == 1) {
    return "constant " + value_text(choice.choices[0]);
  }
  return std::string(choice.ordered ? "ordinal" : "categorical") + " {" + listed(choice) + "}";
}

}  // namespace autoglm
