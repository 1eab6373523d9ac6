// A parameter's value: what a search space draws and a trial receives.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace autoglm {

/// JSON's scalars. monostate is JSON's null, which only a choice may be.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

/// The fewest digits that read back as the same number, with a point or an exponent, so that it
/// also reads back as the same type; as Python writes it: 0.1, 0.0005, 1e-05, 3.0. NaN and
/// infinities as "nan", "inf", "-inf".
std::string number_text(double number);

/// As programs receive it in arguments and the environment: text as it is, numbers in the shortest
/// form that reads back the same, true, false, null.
std::string value_text(const Value& value);

/// As JSON text; strings are escaped, non-ASCII kept as UTF-8. REQUIRES: numbers are finite.
std::string value_json(const Value& value);

/// `text` as a JSON string literal with its quotes; bytes that are no UTF-8 become U+FFFD.
std::string json_quoted(std::string_view text);

/// Equality as Python has it, so that Optuna agrees: 1, 1.0 and true are one value.
bool same_value(const Value& a, const Value& b);

/// A text that is equal exactly for values that are the same_value.
std::string value_key(const Value& value);

/// A number's value as double (bool: 0 or 1); nullptr-free: NaN for text and null.
double value_number(const Value& value);

}  // namespace autoglm
