#include "search_space/decimal.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace autoglm {
namespace {

/// A number in scientific notation, such as "-1.25e-07".
class Scientific {
 public:
  explicit Scientific(double number) {
    const auto [end, error] =
        std::to_chars(text_.begin(), text_.end(), number, std::chars_format::scientific);
    finish(end);
  }
  Scientific(double number, int digits) {
    const auto [end, error] = std::to_chars(text_.begin(), text_.end(), number,
                                            std::chars_format::scientific, digits - 1);
    finish(end);
  }

  int last_digit() const { return exponent_ - digits_ + 1; }
  double number() const {
    double result = 0;
    std::from_chars(text_.begin(), end_, result);
    return result;
  }

 private:
  void finish(const char* end) {
    end_ = end;
    const std::string_view text(text_.data(), static_cast<std::size_t>(end - text_.data()));
    const std::size_t e = text.find('e');
    const std::size_t sign = text[0] == '-' ? 1 : 0;
    digits_ = static_cast<int>(e - sign) - (text.find('.') == std::string_view::npos ? 0 : 1);
    exponent_ = std::atoi(text.substr(e + 1).data());
  }

  std::array<char, 64> text_{};
  const char* end_ = nullptr;
  int digits_ = 0;
  int exponent_ = 0;
};

constexpr int kMeaningful = 17;    // digits of a double
constexpr int kLeastPower = -323;  // of ten, that is no 0
constexpr int kGreatestPower = 308;

// The doubles nearest to 10^kLeastPower, ..., 10^kGreatestPower.
using PowersOfTen = std::array<double, kGreatestPower - kLeastPower + 1>;

PowersOfTen read_powers_of_ten() {
  PowersOfTen powers{};
  for (std::size_t i = 0; i < powers.size(); ++i) {
    const std::string text = "1e" + std::to_string(kLeastPower + static_cast<int>(i));
    std::from_chars(text.data(), text.data() + text.size(), powers[i]);
  }
  return powers;
}

// By counting units of 10^exponent instead of writing digits down. Nothing where that could round
// otherwise than text does: the number of units is itself rounded, by less than 1e-3.
std::optional<double> rounded_to_units(double number, int exponent) {
  constexpr int kExact = 22;  // up to here powers of ten are doubles
  constexpr double kMost = 0x1p43;
  if (std::abs(exponent) > kExact) {
    return std::nullopt;
  }
  const double power = power_of_ten(std::abs(exponent));
  const double units = exponent < 0 ? number * power : number / power;
  const double nearest = std::round(units);
  if (!(std::abs(units) < kMost) || std::abs(units - nearest) > 0.499) {
    return std::nullopt;
  }
  return exponent < 0 ? nearest / power : nearest * power;  // of exact numbers: rounded once
}

}  // namespace

int decimal_exponent(double number) {
  if (number == 0) {
    return 0;
  }
  constexpr double kLog2 = 0.30102999566398120;  // to the base of ten
  const double size = std::abs(number);
  const int least = static_cast<int>(std::floor(std::ilogb(size) * kLog2));
  return least < kGreatestPower && size >= power_of_ten(least + 1) ? least + 1 : least;
}

int last_decimal(double number) { return Scientific(number).last_digit(); }

double power_of_ten(int exponent) {
  static const PowersOfTen powers = read_powers_of_ten();
  return exponent < kLeastPower ? 0 : powers.at(static_cast<std::size_t>(exponent - kLeastPower));
}

double round_to_decimal(double number, int exponent) {
  const int digits = decimal_exponent(number) - exponent + 1;
  if (number == 0 || digits >= kMeaningful) {
    return number;
  }
  if (digits <= 0) {
    const double unit = power_of_ten(exponent);
    return std::abs(number) < unit / 2 ? 0.0 : std::copysign(unit, number);
  }
  const std::optional<double> rounded = rounded_to_units(number, exponent);
  return rounded ? *rounded : Scientific(number, digits).number();
}

}  // namespace autoglm
