#include "search_space/portable_math.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

namespace autoglm::portable {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// The logarithm of 2 in two parts: multiples of the upper one are exact up to 2^20.
constexpr double kLog2Upper = 0x1.62e42feep-1;
constexpr double kLog2Lower = 0x1.a39ef35793c76p-33;

// c[0] + c[1] x + ...
template <std::size_t size>
double polynomial(const std::array<double, size>& coefficients, double x) {
  double sum = 0;
  for (auto c = coefficients.rbegin(); c != coefficients.rend(); ++c) {
    sum = sum * x + *c;
  }
  return sum;
}

// REQUIRES: -1022 <= exponent <= 1023.
double power_of_two(int exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52U);
}

// x 2^exponent, rounded once. REQUIRES: 1/2 <= |x| < 4, -1080 <= exponent <= 1024.
double scale(double x, int exponent) {
  if (exponent > 1000) {
    return x * power_of_two(exponent - 1000) * power_of_two(1000);
  }
  return exponent < -1000 ? x * power_of_two(exponent + 1000) * power_of_two(-1000)
                          : x * power_of_two(exponent);
}

// x = exponent log 2 + rest + correction, |rest| < 0.35.
struct Reduced {
  int exponent;
  double rest;
  double correction;
};

// REQUIRES: |x| <= 1000; |lower| is at most a unit in the last place of x.
Reduced reduce(double x, double lower = 0) {
  const double multiple = std::nearbyint(x * std::numbers::log2e);
  const double upper_rest = x - multiple * kLog2Upper;
  const double subtracted = multiple * kLog2Lower - lower;
  const double rest = upper_rest - subtracted;
  return {static_cast<int>(multiple), rest, (upper_rest - rest) - subtracted};
}

// exp(x) - 1 for |rest| < 0.35, by the power series.
double expm1_of(double rest, double correction) {
  constexpr std::array kCoefficients{
      1.0 / 2,         1.0 / 6,          1.0 / 24,         1.0 / 120,     1.0 / 720,
      1.0 / 5040,      1.0 / 40320,      1.0 / 362880,     1.0 / 3628800, 1.0 / 39916800,
      1.0 / 479001600, 1.0 / 6227020800, 1.0 / 87178291200};
  const double beyond = rest * rest * polynomial(kCoefficients, rest);
  return rest + (beyond + correction * (1 + rest + beyond));
}

// exp(x + lower); |lower| at most a unit in the last place of x.
double exp_of_sum(double x, double lower) {
  if (x > 709.8) {
    return kInfinity;
  }
  if (x < -745.2) {
    return 0;
  }
  const Reduced reduced = reduce(x, lower);
  return scale(1 + expm1_of(reduced.rest, reduced.correction), reduced.exponent);
}

// x = 2^exponent (1 + fraction), 1 + fraction in [sqrt(1/2), sqrt(2)).
struct Split {
  int exponent;
  double fraction;
};

// REQUIRES: x > 0, finite.
Split split(double x) {
  int exponent = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1p54;
    exponent = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  exponent += static_cast<int>(bits >> 52U) - 1023;
  double mantissa = std::bit_cast<double>((bits & 0x000fffffffffffffU) | 0x3ff0000000000000U);
  if (mantissa >= std::numbers::sqrt2) {
    mantissa /= 2;
    ++exponent;
  }
  return {exponent, mantissa - 1};
}

// 2 atanh(s) = 2 s + s (2/3 s^2 + 2/5 s^4 + ...) for s^2 < 0.03: the coefficients from 2/5 on.
constexpr std::array kLogSeries{2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11, 2.0 / 13,
                                2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21, 2.0 / 23};

// A number as an unevaluated sum; |lower| is at most half a unit in the last place of upper.
struct Pair {
  double upper;
  double lower;
};

// T. J. Dekker, "A floating-point technique for extending the available precision", Numerische
// Mathematik 18 (1971), and D. E. Knuth, "The Art of Computer Programming" 2, 4.2.2: exact.
Pair exact_sum(double a, double b) {
  const double sum = a + b;
  const double b_part = sum - a;
  return {sum, (a - (sum - b_part)) + (b - b_part)};
}

Pair exact_product(double a, double b) {
  constexpr double kSplitter = 0x1p27 + 1;
  const double a_shifted = kSplitter * a;
  const double a_upper = a_shifted - (a_shifted - a);
  const double a_lower = a - a_upper;
  const double b_shifted = kSplitter * b;
  const double b_upper = b_shifted - (b_shifted - b);
  const double b_lower = b - b_upper;
  const double product = a * b;
  const double error =
      ((a_upper * b_upper - product) + a_upper * b_lower + a_lower * b_upper) + a_lower * b_lower;
  return {product, error};
}

Pair sum(Pair a, Pair b) {
  const Pair upper = exact_sum(a.upper, b.upper);
  return exact_sum(upper.upper, upper.lower + (a.lower + b.lower));
}

Pair product(Pair a, Pair b) {
  const Pair upper = exact_product(a.upper, b.upper);
  return exact_sum(upper.upper, upper.lower + (a.upper * b.lower + a.lower * b.upper));
}

// log x to about 2^-65 of itself: the series' first terms as pairs. REQUIRES: x > 0, finite.
Pair precise_log(double x) {
  const auto [exponent, fraction] = split(x);
  const Pair divisor = exact_sum(2, fraction);
  const double quotient = fraction / divisor.upper;
  const Pair back = exact_product(quotient, divisor.upper);
  const double remainder = ((fraction - back.upper) - back.lower) - quotient * divisor.lower;
  const Pair s{quotient, remainder / divisor.upper};
  const Pair square = product(s, s);
  constexpr Pair kTwoThirds{2.0 / 3, 0x1.5555555555555p-55};
  const Pair series = sum(kTwoThirds, {square.upper * polynomial(kLogSeries, square.upper), 0});
  const Pair twice{2 * s.upper, 2 * s.lower};
  const Pair of_fraction = sum(twice, product(s, product(square, series)));
  const Pair of_power = exact_sum(exponent * kLog2Upper, exponent * kLog2Lower);
  // kLog2Lower is itself rounded; what follows it matters for pow alone.
  constexpr double kLog2Lowest = 0x1.cc01f97b57a08p-87;
  return sum(sum(of_power, {exponent * kLog2Lowest, 0}), of_fraction);
}

bool is_integer(double x) { return std::trunc(x) == x; }

bool is_odd(double x) { return is_integer(x) && std::abs(x) < 0x1p53 && std::fmod(x, 2) != 0; }

// x^y where the exponential and the logarithm do not help. REQUIRES: y is finite, not 0.
double power_of_special(double x, double y) {
  const double magnitude = (x == 0) == (y < 0) ? kInfinity : 0;  // x is 0 or infinite
  return std::signbit(x) && is_odd(y) ? -magnitude : magnitude;
}

double power_to_infinity(double x, double y) {
  const double size = std::abs(x);
  if (size == 1) {
    return 1;
  }
  return (size > 1) == (y > 0) ? kInfinity : 0;
}

}  // namespace

double exp(double x) { return std::isnan(x) ? x : exp_of_sum(x, 0); }

double expm1(double x) {
  if (std::isnan(x) || x == 0) {
    return x;
  }
  if (x > 709.8) {
    return kInfinity;
  }
  if (x < -40) {
    return -1;
  }
  const Reduced reduced = reduce(x);
  const double of_rest = expm1_of(reduced.rest, reduced.correction);
  if (reduced.exponent == 0) {
    return of_rest;
  }
  if (reduced.exponent > 60) {
    return scale(1 + of_rest, reduced.exponent);
  }
  // 2^k (1 + e) - 1 = (2^k - 1) + 2^k e, of which the first part is exact up to 2^53.
  const double power = power_of_two(reduced.exponent);
  const Pair total = exact_sum(power - 1, power * of_rest);
  return total.upper + total.lower;
}

double log(double x) {
  if (std::isnan(x) || x < 0) {
    return kNan;
  }
  if (x == 0) {
    return -kInfinity;
  }
  if (x == kInfinity) {
    return x;
  }
  const auto [exponent, fraction] = split(x);
  // log(1 + f) = 2 atanh(s), s = f / (2 + f), and 2 s = f - s f = f - (f^2 / 2 - s f^2 / 2).
  const double s = fraction / (2 + fraction);
  const double square = s * s;
  const double series = square * (2.0 / 3 + square * polynomial(kLogSeries, square));
  const double half_square = fraction * fraction / 2;
  const double lower = s * (half_square + series) + exponent * kLog2Lower;
  return exponent * kLog2Upper - ((half_square - lower) - fraction);
}

// W. Kahan's: the rounding of 1 + x is made good.
double log1p(double x) {
  const double sum = 1 + x;
  if (sum == 1 || x == kInfinity) {
    return x;
  }
  return sum > 0 ? log(sum) + (x >= 1 ? 1 - (sum - x) : x - (sum - 1)) / sum : log(sum);
}

double pow(double x, double y) {
  if (y == 0 || x == 1) {
    return 1;
  }
  if (std::isnan(x) || std::isnan(y)) {
    return kNan;
  }
  if (std::isinf(y)) {
    return power_to_infinity(x, y);
  }
  if (x == 0 || std::isinf(x)) {
    return power_of_special(x, y);
  }
  if (x < 0 && !is_integer(y)) {
    return kNan;
  }
  const Pair of_base = precise_log(std::abs(x));
  const double sign = x < 0 && is_odd(y) ? -1 : 1;
  const double estimate = of_base.upper * y;
  if (!(std::abs(estimate) < 800)) {
    return sign * (estimate > 0 ? kInfinity : 0);
  }
  if (std::abs(y) < 0x1p-900) {
    return 1;  // and Dekker's product would underflow
  }
  const Pair exponent = product(of_base, {y, 0});
  return sign * exp_of_sum(exponent.upper, exponent.lower);
}

namespace {

// W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of
// Computation 23 (1969), with the coefficients of his CALERF (1990); the constant first.
constexpr std::array kErfNumerator{3.20937758913846947e03, 3.77485237685302021e02,
                                   1.13864154151050156e02, 3.16112374387056560e00,
                                   1.85777706184603153e-1};
constexpr std::array kErfDenominator{2.84423683343917062e03, 1.28261652607737228e03,
                                     2.44024637934444173e02, 2.36012909523441209e01, 1.0};
constexpr std::array kMiddleNumerator{
    1.23033935479799725e03, 2.05107837782607147e03, 1.71204761263407058e03,
    8.81952221241769090e02, 2.98635138197400131e02, 6.61191906371416295e01,
    8.88314979438837594e00, 5.64188496988670089e-1, 2.15311535474403846e-8};
constexpr std::array kMiddleDenominator{
    1.23033935480374942e03, 3.43936767414372164e03, 4.36261909014324716e03,
    3.29079923573345963e03, 1.62138957456669019e03, 5.37181101862009858e02,
    1.17693950891312499e02, 1.57449261107098347e01, 1.0};
constexpr std::array kFarNumerator{6.58749161529837803e-4, 1.60837851487422766e-2,
                                   1.25781726111229246e-1, 3.60344899949804439e-1,
                                   3.05326634961232344e-1, 1.63153871373020978e-2};
constexpr std::array kFarDenominator{2.33520497626869185e-3, 6.05183413124413191e-2,
                                     5.27905102951428412e-1, 1.87295284992346725e00,
                                     2.56852019228982242e00, 1.0};

constexpr double kNear = 0.46875;

// erf(x), |x| <= kNear.
double erf_near(double x) {
  const double square = x * x;
  return x * polynomial(kErfNumerator, square) / polynomial(kErfDenominator, square);
}

// erfc(x) exp(x^2), x >= kNear.
double scaled_erfc(double x) {
  if (x <= 4) {
    return polynomial(kMiddleNumerator, x) / polynomial(kMiddleDenominator, x);
  }
  constexpr double kInverseRootPi = std::numbers::inv_sqrtpi;
  const double inverse = 1 / (x * x);
  const double rest =
      inverse * polynomial(kFarNumerator, inverse) / polynomial(kFarDenominator, inverse);
  return (kInverseRootPi - rest) / x;
}

}  // namespace

double erfc(double x) {
  if (std::isnan(x)) {
    return x;
  }
  const double size = std::abs(x);
  if (size <= kNear) {
    return 1 - erf_near(x);
  }
  if (size > 28) {
    return x > 0 ? 0 : 2;
  }
  const Pair square = exact_product(size, size);
  const double tail = exp_of_sum(-square.upper, -square.lower) * scaled_erfc(size);
  return x > 0 ? tail : 2 - tail;
}

double erf(double x) {
  if (std::abs(x) <= kNear) {
    return erf_near(x);
  }
  return x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
}

double tanh(double x) {
  const double less = expm1(-2 * std::abs(x));
  return std::copysign(less / (less + 2), x);
}

}  // namespace autoglm::portable
