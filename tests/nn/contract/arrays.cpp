#include "tests/nn/contract/arrays.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>

#include "search_space/random.h"
#include "trainer/nn/check/fence.h"

namespace autoglm::nn::contract {
namespace {

constexpr std::size_t kMargin = 256;  // bytes
constexpr unsigned char kPoison = 0xff;

struct Format {
  int mantissa_bits = 0;
  int least_exponent = 0;  // of normal numbers
  int greatest_exponent = 0;
};

Format format_of(DType type) {
  switch (type) {
    case DType::f32:
      return {23, -126, 127};
    case DType::bf16:
      return {7, -126, 127};
    case DType::f16:
      return {10, -14, 15};
  }
  return {};
}

int exponent_bits(DType type) { return type == DType::f16 ? 5 : 8; }

std::map<std::pair<std::string, DType>, double> errors;

}  // namespace

std::uint32_t encoded(DType type, double x) {
  const Format format = format_of(type);
  const int sign_at = format.mantissa_bits + exponent_bits(type);
  const std::uint32_t sign = std::signbit(x) ? 1U << static_cast<unsigned>(sign_at) : 0;
  const std::uint32_t infinity = ((1U << static_cast<unsigned>(exponent_bits(type))) - 1U)
                                 << static_cast<unsigned>(format.mantissa_bits);
  if (std::isnan(x)) {
    return infinity | 1U << static_cast<unsigned>(format.mantissa_bits - 1);
  }
  const double size = std::fabs(x);
  if (std::isinf(x)) {
    return sign | infinity;
  }
  // In units of the last place; nearbyint rounds to nearest even.
  const int exponent =
      size == 0 ? format.least_exponent : std::max(std::ilogb(size), format.least_exponent);
  const double units = std::nearbyint(std::ldexp(size, format.mantissa_bits - exponent));
  // A carry into the next power of two, and from the subnormal to the normal, is in the addition.
  const auto biased = static_cast<std::uint32_t>(exponent - format.least_exponent)
                      << static_cast<unsigned>(format.mantissa_bits);
  const std::uint32_t magnitude = biased + static_cast<std::uint32_t>(units);
  return sign | std::min(magnitude, infinity);
}

double decoded(DType type, std::uint32_t bits) {
  const Format format = format_of(type);
  const auto mantissa_bits = static_cast<unsigned>(format.mantissa_bits);
  const std::uint32_t fraction = bits & ((1U << mantissa_bits) - 1U);
  const std::uint32_t exponent_mask = (1U << static_cast<unsigned>(exponent_bits(type))) - 1U;
  const std::uint32_t biased = bits >> mantissa_bits & exponent_mask;
  const bool negative =
      (bits >> (mantissa_bits + static_cast<unsigned>(exponent_bits(type))) & 1U) != 0;
  double size = 0;
  if (biased == exponent_mask) {
    size = fraction == 0 ? std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
  } else if (biased == 0) {
    size = std::ldexp(fraction, format.least_exponent - format.mantissa_bits);
  } else {
    size = std::ldexp(static_cast<double>(fraction + (1U << mantissa_bits)),
                      static_cast<int>(biased) - 1 + format.least_exponent - format.mantissa_bits);
  }
  return negative ? -size : size;
}

Doubles rounded(DType type, Doubles numbers) {
  for (double& x : numbers) {
    x = decoded(type, encoded(type, x));
  }
  return numbers;
}

Doubles random_numbers(DType type, std::int64_t count, std::uint64_t seed, double scale) {
  Rng rng(seed, 0);
  Doubles result(static_cast<std::size_t>(count));
  for (double& x : result) {
    x = scale * rng.normal();
  }
  return rounded(type, std::move(result));
}

Array::Array(Backend& backend, DType type, Shape shape) : backend_(backend) {
  tensor_.type = type;
  tensor_.shape = shape;
  if (backend.allocate(tensor_.bytes() + kMargin, &tensor_.data) != Status::ok) {
    throw std::bad_alloc();
  }
  const std::vector<unsigned char> poison(tensor_.bytes() + kMargin, kPoison);
  REQUIRE(backend.upload(tensor_.data, poison.data(), poison.size()) == Status::ok);
  if (fences_are_watched()) {
    REQUIRE(backend.synchronize() == Status::ok);
    put_fence(margin(), kMargin);
  }
}

Array::Array(Backend& backend, DType type, Shape shape, const Doubles& numbers)
    : Array(backend, type, shape) {
  set(numbers);
}

const char* Array::margin() const {
  return static_cast<const char*>(tensor_.data) + tensor_.bytes();
}

Array::~Array() {
  if (fences_are_watched()) {
    CHECK(backend_.synchronize() == Status::ok);
    take_fence(margin(), kMargin);
  }
  std::vector<unsigned char> all(tensor_.bytes() + kMargin);
  CHECK(backend_.download(all.data(), tensor_.data, all.size()) == Status::ok);
  const auto behind = all.begin() + static_cast<std::ptrdiff_t>(tensor_.bytes());
  CHECK(std::all_of(behind, all.end(), [](unsigned char byte) { return byte == kPoison; }));
  backend_.release(tensor_.data);
}

void Array::set(const Doubles& numbers) {
  REQUIRE(numbers.size() == static_cast<std::size_t>(tensor_.count()));
  const std::size_t size = size_of(tensor_.type);
  std::vector<unsigned char> bytes(tensor_.bytes());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::uint32_t element = encoded(tensor_.type, numbers[i]);
    std::memcpy(bytes.data() + i * size, &element, size);  // little-endian, as all devices are
  }
  REQUIRE(backend_.upload(tensor_.data, bytes.data(), bytes.size()) == Status::ok);
}

std::vector<std::uint32_t> Array::bits() const {
  const std::size_t size = size_of(tensor_.type);
  std::vector<unsigned char> bytes(tensor_.bytes());
  REQUIRE(backend_.download(bytes.data(), tensor_.data, bytes.size()) == Status::ok);
  std::vector<std::uint32_t> result(static_cast<std::size_t>(tensor_.count()));
  for (std::size_t i = 0; i < result.size(); ++i) {
    std::memcpy(&result[i], bytes.data() + i * size, size);
  }
  return result;
}

Doubles Array::numbers() const {
  Doubles result;
  for (const std::uint32_t element : bits()) {
    result.push_back(decoded(tensor_.type, element));
  }
  return result;
}

const std::map<std::pair<std::string, DType>, double>& greatest_errors() { return errors; }

void check_close(const char* operation, DType type, const Doubles& a, const Doubles& b) {
  REQUIRE(a.size() == b.size());
  double greatest = 0;
  double difference = 0;
  bool same_kind = true;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isfinite(a[i]) && std::isfinite(b[i])) {
      greatest = std::max(greatest, std::fabs(b[i]));
      difference = std::max(difference, std::fabs(a[i] - b[i]));
    } else {
      same_kind = same_kind && (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i])));
    }
  }
  const double tolerance = type == DType::f32 ? 1e-5 : type == DType::bf16 ? 0x1p-8 : 0x1p-11;
  CHECK(same_kind);
  CHECK(difference <= tolerance * greatest);
  double& error = errors[{operation, type}];
  error = std::max(error, difference == 0 ? 0 : difference / (tolerance * greatest));
}

double dot(const Doubles& a, const Doubles& b) {
  double result = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    result += a[i] * b[i];
  }
  return result;
}

Doubles sum(Doubles a, const Doubles& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] += b[i];
  }
  return a;
}

}  // namespace autoglm::nn::contract
