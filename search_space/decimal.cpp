#include "search_space/decimal.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
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

  int exponent() const { return exponent_; }
  int digits() const { return digits_; }
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

constexpr int kMeaningful = 17;  // digits of a double

}  // namespace

int decimal_exponent(double number) { return Scientific(number).exponent(); }

int last_decimal(double number) {
  const Scientific text(number);
  return text.exponent() - text.digits() + 1;
}

double power_of_ten(int exponent) {
  const std::string text = "1e" + std::to_string(exponent);
  double result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
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
  return Scientific(number, digits).number();
}

}  // namespace autoglm
