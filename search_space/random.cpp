#include "search_space/random.h"

#include <cmath>

#include "search_space/portable_math.h"

namespace autoglm {
namespace {

std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32U); }

// Coefficients of a polynomial, the constant first.
using Coefficients = std::array<double, 8>;

double polynomial(const Coefficients& coefficients, double x) {
  double sum = 0;
  for (auto c = coefficients.rbegin(); c != coefficients.rend(); ++c) {
    sum = sum * x + *c;
  }
  return sum;
}

}  // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t first = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t second = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {high(second) ^ counter[1] ^ key[0], low(second), high(first) ^ counter[3] ^ key[1],
               low(first)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

Rng::Rng(std::uint64_t seed, std::uint64_t stream)
    : key_{low(seed), high(seed)}, counter_{0, 0, low(stream), high(stream)} {}

void Rng::refill() {
  block_ = philox4x32(counter_, key_);
  used_ = 0;
  if (++counter_[0] == 0) {
    ++counter_[1];
  }
}

Rng::result_type Rng::operator()() {
  if (used_ == 4) {
    refill();
  }
  const std::uint64_t lower = block_[static_cast<std::size_t>(used_)];
  const std::uint64_t upper = block_[static_cast<std::size_t>(used_) + 1];
  used_ += 2;
  return upper << 32U | lower;
}

double Rng::uniform() { return static_cast<double>((*this)() >> 11U) * 0x1p-53; }

std::uint64_t Rng::below(std::uint64_t bound) {
  // The 2^64 mod bound least numbers would make small results more likely; they are drawn anew.
  const std::uint64_t surplus = (0 - bound) % bound;
  std::uint64_t drawn = (*this)();
  while (drawn < surplus) {
    drawn = (*this)();
  }
  return drawn % bound;
}

double Rng::normal() {
  // The middle of one of 2^52 cells, so never 0 or 1.
  return normal_quantile((static_cast<double>((*this)() >> 12U) + 0.5) * 0x1p-52);
}

// M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied
// Statistics 37 (1988), PPND16: relative accuracy about 1e-16.
double normal_quantile(double p) {
  constexpr Coefficients kA = {3.3871328727963666080e0, 1.3314166789178437745e2,
                               1.9715909503065514427e3, 1.3731693765509461125e4,
                               4.5921953931549871457e4, 6.7265770927008700853e4,
                               3.3430575583588128105e4, 2.5090809287301226727e3};
  constexpr Coefficients kB = {1.0,
                               4.2313330701600911252e1,
                               6.8718700749205790830e2,
                               5.3941960214247511077e3,
                               2.1213794301586595867e4,
                               3.9307895800092710610e4,
                               2.8729085735721942674e4,
                               5.2264952788528545610e3};
  constexpr Coefficients kC = {1.42343711074968357734e0,  4.63033784615654529590e0,
                               5.76949722146069140550e0,  3.64784832476320460504e0,
                               1.27045825245236838258e0,  2.41780725177450611770e-1,
                               2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr Coefficients kD = {1.0,
                               2.05319162663775882187e0,
                               1.67638483018380384940e0,
                               6.89767334985100004550e-1,
                               1.48103976427480074590e-1,
                               1.51986665636164571966e-2,
                               5.47593808499534494600e-4,
                               1.05075007164441684324e-9};
  constexpr Coefficients kE = {6.65790464350110377720e0,  5.46378491116411436990e0,
                               1.78482653991729133580e0,  2.96560571828504891230e-1,
                               2.65321895265761230930e-2, 1.24266094738807843860e-3,
                               2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr Coefficients kF = {1.0,
                               5.99832206555887937690e-1,
                               1.36929880922735805310e-1,
                               1.48753612908506148525e-2,
                               7.86869131145613259100e-4,
                               1.84631831751005468180e-5,
                               1.42151175831644588870e-7,
                               2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(kA, r) / polynomial(kB, r);
  }
  const double r = std::sqrt(-portable::log(q < 0 ? p : 1 - p));
  const double x = r <= 5 ? polynomial(kC, r - 1.6) / polynomial(kD, r - 1.6)
                          : polynomial(kE, r - 5) / polynomial(kF, r - 5);
  return q < 0 ? -x : x;
}

std::uint64_t trial_seed(std::uint64_t study_seed, std::int64_t trial, int repeat) {
  // A counter that no Rng reaches: it would have to draw 2^64 times.
  constexpr std::uint32_t kTag = 0xffffffff;
  const auto stream = static_cast<std::uint64_t>(trial);
  const auto block =
      philox4x32({static_cast<std::uint32_t>(repeat), kTag, low(stream), high(stream)},
                 {low(study_seed), high(study_seed)});
  return block[0] & 0x7fffffffU;
}

}  // namespace autoglm
