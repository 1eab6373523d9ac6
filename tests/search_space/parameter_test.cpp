#include "search_space/parameter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "search_space/decimal.h"
#include "search_space/random.h"

using namespace autoglm;

namespace {

Value text(const char* t) { return std::string(t); }

Value integer(std::int64_t i) { return i; }

const Domain kLrRange = FloatRange{.min = 1e-5, .max = 0.1, .log = true};
const Domain kDropoutGrid = FloatRange{.min = 0, .max = 0.5, .step = 0.05};
const Domain kLayersRange = IntRange{.min = 1, .max = 8};
const Domain kUnitsRange = IntRange{.min = 16, .max = 1024, .log = true};
const Domain kOptChoice = Choice{.choices = {text("adam"), text("sgd")}};
const Domain kBatchChoice =
    Choice{.choices = {integer(16), integer(32), integer(64)}, .ordered = true};

// A positive number of any size up to 1e300 either way.
double any_size(Rng& rng) { return std::pow(10.0, 600 * rng.uniform() - 300); }

double either_sign(Rng& rng) { return (rng.below(2) == 0 ? 1 : -1) * any_size(rng); }

// Ranges as people write them and as nobody would.
FloatRange random_range(Rng& rng) {
  FloatRange range{.log = rng.below(2) == 0};
  if (range.log) {
    range.min = any_size(rng);
    range.max = rng.below(10) == 0 ? range.min : std::max(range.min, any_size(rng));
  } else {
    const double a = rng.below(3) == 0 ? 0 : either_sign(rng) / 4;
    const double b = rng.below(10) == 0 ? a : either_sign(rng) / 4;
    range.min = std::min(a, b);
    range.max = std::max(a, b);
  }
  return range;
}

void check_there_and_back(const Domain& domain, double position) {
  const Value value = value_at(domain, position);
  CAPTURE(describe(domain));
  CAPTURE(position);
  CAPTURE(value_text(value));
  const double back = position_of(domain, value);
  CHECK(back >= 0);
  CHECK(back <= 1);
  CHECK(value_at(domain, back) == value);
  CHECK(fit_value(domain, value) == value);
}

// As text has it: the number written with so many digits, and read.
double rounded_by_text(double number, int digits) {
  std::array<char, 400> text{};
  const auto [end, error] =
      std::to_chars(text.begin(), text.end(), number, std::chars_format::scientific, digits - 1);
  double rounded = 0;
  std::from_chars(text.begin(), end, rounded);
  return rounded;
}

int exponent_by_text(double number) {
  std::array<char, 400> text{};
  const auto [end, error] =
      std::to_chars(text.begin(), text.end(), number, std::chars_format::scientific);
  return std::atoi(std::find(text.begin(), end, 'e') + 1);
}

}  // namespace

TEST_CASE("a continuous value comes back from its position, in every range, within its bounds") {
  Rng rng(1, 0);
  for (int i = 0; i < 3000; ++i) {
    const FloatRange range = random_range(rng);
    for (const double position : {0.0, 1.0, 1e-12, rng.uniform(), rng.uniform(), rng.uniform()}) {
      check_there_and_back(range, position);
      const double value = value_number(value_at(range, position));
      CHECK(value >= range.min);
      CHECK(value <= range.max);
    }
    CAPTURE(describe(range));
    CHECK(value_at(range, 0) == Value(range.min));
    CHECK(value_at(range, 1) == Value(range.max));
    check_there_and_back(range, position_of(range, range.min));
    CHECK(value_at(range, position_of(range, range.max)) == Value(range.max));
  }
}

TEST_CASE("a number that a user writes comes back from its position") {
  for (const double lr : {0.001, 0.01, 3e-4, 0.000123456789, 1e-5, 0.1}) {
    CHECK(value_at(kLrRange, position_of(kLrRange, lr)) == Value(lr));
  }
  const Domain wide = FloatRange{.min = 1e-300, .max = 1e300, .log = true};
  for (const double value : {9.9999999999e-300, 1.0, 0.3, 9.87654321e299}) {
    CHECK(value_at(wide, position_of(wide, value)) == Value(value));
  }
  const Domain momentum = FloatRange{.min = -1, .max = 0.99};
  for (const double value : {-0.123456789, 0.0, 0.1, 0.3, 0.9}) {
    CHECK(value_at(momentum, position_of(momentum, value)) == Value(value));
  }
}

TEST_CASE("positions are linear, or linear in the logarithm") {
  CHECK(position_of(kLrRange, 1e-3) == doctest::Approx(0.5));
  CHECK(value_at(kLrRange, 0.25) == Value(1e-4));
  const Domain linear = FloatRange{.min = -1, .max = 3};
  CHECK(position_of(linear, 0.0) == 0.25);
  CHECK(value_at(linear, 0.75) == Value(2.0));
}

TEST_CASE("values on a grid are short where the grid is") {
  const std::vector<std::string> expected = {"0.0", "0.05", "0.1", "0.15", "0.2", "0.25",
                                             "0.3", "0.35", "0.4", "0.45", "0.5"};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(value_text(nth_value(kDropoutGrid, i)) == expected[i]);
  }
  const Domain offset = FloatRange{.min = 1e-5, .max = 1e-3, .step = 1e-6};
  CHECK(value_text(nth_value(offset, 3)) == "1.3e-05");
  CHECK(value_text(nth_value(FloatRange{.min = 0.1, .max = 1e6, .step = 0.3}, 3'000'000)) ==
        "900000.1");
  // A step that is no short decimal is left as it is.
  CHECK(nth_value(FloatRange{.min = 0, .max = 1, .step = 1.0 / 3}, 2) == Value(2.0 / 3));
}

TEST_CASE("every value of a grid and of integers comes back from its position") {
  Rng rng(2, 0);
  for (int i = 0; i < 500; ++i) {
    const auto cells = 1 + rng.below(rng.below(2) == 0 ? 20 : 1'000'000);
    FloatRange grid{.min = std::round(200 * rng.uniform() - 100) / 100,
                    .step = static_cast<double>(1 + rng.below(500)) / 1000};
    grid.max = grid_value(grid, cells);
    REQUIRE(cardinality(grid) == cells + 1);
    IntRange integers{.min = static_cast<std::int64_t>(rng.below(1000)) - 500,
                      .step = static_cast<std::int64_t>(1 + rng.below(9))};
    integers.max = integers.min + static_cast<std::int64_t>(cells) * integers.step;
    REQUIRE(cardinality(integers) == cells + 1);
    for (const Domain& domain : {Domain(grid), Domain(integers)}) {
      const std::uint64_t nth = rng.below(cells + 1);
      CHECK(position_of(domain, nth_value(domain, nth)) ==
            doctest::Approx((static_cast<double>(nth) + 0.5) / static_cast<double>(cells + 1)));
      CHECK(value_at(domain, position_of(domain, nth_value(domain, nth))) ==
            nth_value(domain, nth));
      check_there_and_back(domain, rng.uniform());
      check_there_and_back(domain, 0);
      check_there_and_back(domain, 1);
    }
  }
}

TEST_CASE("integers on a logarithmic scale have cells from a half below to a half above") {
  const Domain domain = IntRange{.min = 1, .max = 3, .log = true};
  const double width = std::log(3.5) - std::log(0.5);
  CHECK(position_of(domain, integer(1)) == doctest::Approx(std::log(3.0) / 2 / width));
  CHECK(value_at(domain, 0.99 * std::log(3.0) / width) == integer(1));
  CHECK(value_at(domain, 1.01 * std::log(3.0) / width) == integer(2));
  CHECK(value_at(domain, 0) == integer(1));
  CHECK(value_at(domain, 1) == integer(3));
}

TEST_CASE("every integer of a logarithmic scale comes back from its position") {
  for (std::int64_t k = 1; k <= 5000; ++k) {
    const Domain domain = IntRange{.min = 1, .max = 5000, .log = true};
    CHECK(value_at(domain, position_of(domain, integer(k))) == integer(k));
  }
  Rng rng(3, 0);
  const std::int64_t most = std::int64_t{1} << 40;
  const Domain wide = IntRange{.min = 1, .max = most, .log = true};
  for (int i = 0; i < 5000; ++i) {
    const Value k = static_cast<std::int64_t>(1 + rng.below(static_cast<std::uint64_t>(most)));
    CHECK(value_at(wide, position_of(wide, k)) == k);
  }
}

TEST_CASE("the widest integers stay within their bounds") {
  const std::int64_t most = std::int64_t{1} << 53;
  for (const Domain& domain : {Domain(IntRange{.min = -most, .max = most}),
                               Domain(IntRange{.min = 1, .max = most, .log = true})}) {
    const IntRange& range = std::get<IntRange>(domain);
    for (const double position : {0.0, 1e-300, 0.3, 1 - 0x1p-53, 1.0}) {
      const std::int64_t value = std::get<std::int64_t>(value_at(domain, position));
      CHECK(value >= range.min);
      CHECK(value <= range.max);
    }
    CHECK(value_at(domain, 0) == Value(range.min));
  }
}

TEST_CASE("a position outside [0, 1], or none, is the nearest end") {
  for (const Domain& domain :
       {kLrRange, kDropoutGrid, kLayersRange, kUnitsRange, kOptChoice, kBatchChoice}) {
    CHECK(value_at(domain, -0.5) == value_at(domain, 0));
    CHECK(value_at(domain, 1.5) == value_at(domain, 1));
    CHECK(value_at(domain, std::nan("")) == value_at(domain, 0));
  }
}

TEST_CASE("a number outside its bounds has the position of the nearest end") {
  for (const Domain& domain : {kLrRange, kDropoutGrid, kLayersRange, kUnitsRange}) {
    const double first = position_of(domain, value_at(domain, 0));
    const double last = position_of(domain, value_at(domain, 1));
    CHECK(position_of(domain, -1e9) == first);
    CHECK(position_of(domain, 1e9) == last);
  }
}

TEST_CASE("choices lie in the middle of their cells") {
  CHECK(position_of(kBatchChoice, integer(16)) == doctest::Approx(1.0 / 6));
  CHECK(position_of(kBatchChoice, integer(64)) == doctest::Approx(5.0 / 6));
  CHECK(value_at(kBatchChoice, 0.34) == integer(32));
  CHECK(value_at(kOptChoice, 0.5) == text("sgd"));
}

TEST_CASE("a value is fitted to its domain's type, or refused") {
  CHECK(fit_value(kLrRange, integer(1)) == std::nullopt);
  CHECK(fit_value(FloatRange{.min = 0, .max = 1}, integer(1)) == Value(1.0));
  CHECK(fit_value(kLrRange, std::nan("")) == std::nullopt);
  CHECK(fit_value(kLrRange, text("0.1")) == std::nullopt);
  CHECK(fit_value(FloatRange{.min = 0, .max = 1}, true) == std::nullopt);
  CHECK(fit_value(kLayersRange, 3.0) == integer(3));
  CHECK(fit_value(kLayersRange, 3.5) == std::nullopt);
  CHECK(fit_value(kLayersRange, integer(9)) == std::nullopt);
  CHECK(fit_value(kLayersRange, 1e300) == std::nullopt);
  CHECK(fit_value(IntRange{.min = 1, .max = 9, .step = 4}, integer(5)) == integer(5));
  CHECK(fit_value(IntRange{.min = 1, .max = 9, .step = 4}, integer(4)) == std::nullopt);
  CHECK(fit_value(kBatchChoice, 32.0) == integer(32));
  CHECK(fit_value(kBatchChoice, integer(33)) == std::nullopt);
  CHECK(fit_value(Choice{.choices = {true, false}}, integer(1)) == Value(true));
}

TEST_CASE("a value between grid points is not in the domain, one beside them by rounding is") {
  CHECK(fit_value(kDropoutGrid, 0.15000000000000002) == Value(0.15));
  CHECK(fit_value(kDropoutGrid, integer(0)) == Value(0.0));
  CHECK(fit_value(kDropoutGrid, 0.12) == std::nullopt);
  CHECK(fit_value(kDropoutGrid, 0.55) == std::nullopt);
}

TEST_CASE("why a value is refused is said with the remedy") {
  CHECK(misfit(kLrRange, 0.5) ==
        "0.5 is outside log_uniform [1e-05, 0.1]; give a value within the bounds");
  CHECK(misfit(kLrRange, text("0.01")) ==
        "\"0.01\" is no number; log_uniform [1e-05, 0.1] needs one");
  CHECK(misfit(kLayersRange, 2.5) == "2.5 is no integer; int [1, 8] needs one");
  CHECK(misfit(kDropoutGrid, 0.12) ==
        "0.12 is not on the grid of uniform [0.0, 0.5] step 0.05; the nearest value is 0.1");
  CHECK(misfit(IntRange{.min = 1, .max = 9, .step = 4}, integer(8)) ==
        "8 is not on the grid of int [1, 9] step 4; the nearest value is 9");
  CHECK(misfit(kOptChoice, text("adma")) ==
        "\"adma\" is no choice of categorical {adam, sgd}; did you mean \"adam\"?");
  CHECK(misfit(kOptChoice, Value()) == "null is no choice of categorical {adam, sgd}");
}

TEST_CASE("finite domains have a cardinality and continuous ranges have none") {
  CHECK(cardinality(kLrRange) == std::nullopt);
  CHECK(cardinality(FloatRange{.min = 2, .max = 2}) == 1);
  CHECK(cardinality(FloatRange{.min = 2, .max = 2, .log = true}) == 1);
  CHECK(nth_value(FloatRange{.min = 2, .max = 2}, 0) == Value(2.0));
  CHECK(cardinality(kDropoutGrid) == 11);
  CHECK(cardinality(kLayersRange) == 8);
  CHECK(cardinality(kUnitsRange) == 1009);
  CHECK(nth_value(kUnitsRange, 1008) == integer(1024));
  CHECK(cardinality(kBatchChoice) == 3);
}

TEST_CASE("domains are described in one line") {
  CHECK(describe(kLrRange) == "log_uniform [1e-05, 0.1]");
  CHECK(describe(FloatRange{.min = -1, .max = 2.5}) == "uniform [-1.0, 2.5]");
  CHECK(describe(kDropoutGrid) == "uniform [0.0, 0.5] step 0.05");
  CHECK(describe(kLayersRange) == "int [1, 8]");
  CHECK(describe(IntRange{.min = 0, .max = 8, .step = 2}) == "int [0, 8] step 2");
  CHECK(describe(kUnitsRange) == "log_int [16, 1024]");
  CHECK(describe(kOptChoice) == "categorical {adam, sgd}");
  CHECK(describe(kBatchChoice) == "ordinal {16, 32, 64}");
  CHECK(describe(Choice{.choices = {integer(3)}}) == "constant 3");
  Choice many;
  for (std::int64_t i = 0; i < 25; ++i) {
    many.choices.emplace_back(i);
  }
  CHECK(describe(many) ==
        "categorical {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, … 25 "
        "in all}");
}

TEST_CASE("numbers are rounded to decimal places") {
  CHECK(round_to_decimal(0.15000000000000002, -2) == 0.15);
  CHECK(round_to_decimal(1234.5, 2) == 1200.0);
  CHECK(round_to_decimal(-1250.1, 2) == -1300.0);
  CHECK(round_to_decimal(0.04, 0) == 0.0);
  CHECK(round_to_decimal(0.6, 0) == 1.0);
  CHECK(round_to_decimal(-0.6, 0) == -1.0);
  CHECK(round_to_decimal(0.1 + 0.2, -20) == 0.1 + 0.2);
  CHECK(round_to_decimal(0.0, -3) == 0.0);
  CHECK(decimal_exponent(345.6) == 2);
  CHECK(decimal_exponent(0.001) == -3);
  CHECK(decimal_exponent(0.0) == 0);
  CHECK(last_decimal(0.25) == -2);
  CHECK(last_decimal(7000.0) == 3);
  CHECK(last_decimal(1e-300) == -300);
}

TEST_CASE("decimal exponents and roundings are those of the number's text, whatever its size") {
  Rng rng(1, 0);
  for (int i = 0; i < 20'000; ++i) {
    constexpr std::uint64_t kExponent = std::uint64_t{0x7ff} << 52U;
    const double any = std::bit_cast<double>((rng() & ~kExponent) | (1 + rng.below(2046)) << 52U);
    for (const double number : {any, rng.uniform(), std::floor(rng.uniform() * 1e4) / 2000}) {
      const int exponent = decimal_exponent(number);
      REQUIRE(exponent == exponent_by_text(number));
      const int digits = 1 + static_cast<int>(rng.below(16));
      REQUIRE(round_to_decimal(number, exponent - digits + 1) == rounded_by_text(number, digits));
    }
  }
}

TEST_CASE("a power of ten has its exponent, and the number below it the one below") {
  for (int exponent = -307; exponent <= 308; ++exponent) {
    const double power = std::strtod(("1e" + std::to_string(exponent)).c_str(), nullptr);
    REQUIRE(power_of_ten(exponent) == power);
    REQUIRE(decimal_exponent(power) == exponent);
    REQUIRE(decimal_exponent(std::nextafter(power, 0)) == exponent - 1);
  }
  CHECK(power_of_ten(-324) == 0);
  CHECK(decimal_exponent(5e-324) == -324);
  CHECK(decimal_exponent(std::numeric_limits<double>::max()) == 308);
}
