// Activations, addition and dropout, number by number.
#include <cmath>
#include <limits>

#include "search_space/random.h"
#include "tests/nn/contract/arrays.h"
#include "tests/nn/contract/reference.h"
#include "tests/nn/contract/subjects.h"

namespace autoglm::nn::contract {
namespace {

constexpr Activation kActivations[] = {Activation::identity, Activation::relu, Activation::tanh,
                                       Activation::gelu, Activation::silu};
constexpr std::int64_t kCounts[] = {1, 3, 17, 64, 2055};

bool saves_output(Activation activation) {
  return activation == Activation::relu || activation == Activation::tanh;
}

// By central differences; but what was saved of tanh may have been rounded to another x.
Doubles derivatives(Activation activation, DType type, const Doubles& x, const Doubles& saved,
                    Doubles dy) {
  for (std::size_t i = 0; i < dy.size(); ++i) {
    dy[i] *= activation == Activation::tanh && type != DType::f32
                 ? 1 - saved[i] * saved[i]
                 : differences({x[i]},
                               [&](const Doubles& at) { return activated(activation, at[0]); })[0];
  }
  return dy;
}

TEST_CASE("activations and their derivatives are right for numbers of all sizes") {
  on_all_types([](Backend& backend, DType type) {
    for (const Activation activation : kActivations) {
      for (const std::int64_t count : kCounts) {
        CAPTURE(static_cast<int>(activation));
        CAPTURE(count);
        const Doubles x = random_numbers(type, count, 7, 3);
        const Doubles dy = random_numbers(type, count, 8);
        const Doubles y = activated(activation, x);
        const Doubles saved = rounded(type, saves_output(activation) ? y : x);
        const Array from(backend, type, {count}, x);
        const Array to(backend, type, {count});
        REQUIRE(backend.activation_forward(activation, from.tensor(), to.tensor()) == Status::ok);
        check_close("activation_forward", type, to.numbers(), y);

        const Array kept(backend, type, {count}, saved);
        const Array gradient(backend, type, {count}, dy);
        const Array dx(backend, type, {count});
        REQUIRE(backend.activation_backward(activation, kept.tensor(), gradient.tensor(),
                                            dx.tensor()) == Status::ok);
        check_close("activation_backward", type, dx.numbers(),
                    derivatives(activation, type, x, saved, dy));
        // In place of dy.
        REQUIRE(backend.activation_backward(activation, kept.tensor(), gradient.tensor(),
                                            gradient.tensor()) == Status::ok);
        CHECK(gradient.bits() == dx.bits());
      }
    }
  });
}

TEST_CASE("activations keep their precision near 0 and their limits far from it") {
  on_all([](Backend& backend) {
    const Doubles x = {1e-30, -1e-30, 1e-6, -1e-6, 0.0, 20, -20, 95, -95, 3e38, -3e38};
    for (const Activation activation : kActivations) {
      CAPTURE(static_cast<int>(activation));
      const Array from(backend, DType::f32, {11}, x);
      const Array to(backend, DType::f32, {11});
      REQUIRE(backend.activation_forward(activation, from.tensor(), to.tensor()) == Status::ok);
      const Doubles y = to.numbers();
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double rounded_x = rounded(DType::f32, {x[i]})[0];
        const double wanted = activated(activation, rounded_x);
        CAPTURE(x[i]);
        CHECK(std::fabs(y[i] - wanted) <= 1e-5 * std::fabs(wanted) + 1e-30);
      }
    }
  });
}

TEST_CASE("NaN passes through every activation, and infinity to where it goes") {
  on_all_types([](Backend& backend, DType type) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    for (const Activation activation : kActivations) {
      const Array x(backend, type, {2}, {std::nan(""), kInfinity});
      const Array y(backend, type, {2});
      REQUIRE(backend.activation_forward(activation, x.tensor(), y.tensor()) == Status::ok);
      CHECK(std::isnan(y.numbers()[0]));
      CHECK(y.numbers()[1] == (activation == Activation::tanh ? 1 : kInfinity));
    }
  });
}

TEST_CASE("addition, with relu, also in place of either") {
  on_all_types([](Backend& backend, DType type) {
    for (const std::int64_t count : kCounts) {
      const Doubles a = random_numbers(type, count, 9);
      const Doubles b = random_numbers(type, count, 10);
      for (const Activation activation : {Activation::identity, Activation::relu}) {
        Array left(backend, type, {count}, a);
        const Array right(backend, type, {count}, b);
        const Array y(backend, type, {count});
        REQUIRE(backend.add(left.tensor(), right.tensor(), y.tensor(), activation) == Status::ok);
        const Doubles wanted = activated(activation, sum(a, b));
        CHECK(y.numbers() == rounded(type, wanted));
        REQUIRE(backend.add(left.tensor(), right.tensor(), left.tensor(), activation) ==
                Status::ok);
        CHECK(left.bits() == y.bits());
        left.set(a);
        REQUIRE(backend.add(left.tensor(), right.tensor(), right.tensor(), activation) ==
                Status::ok);
        CHECK(right.bits() == y.bits());
      }
    }
  });
}

TEST_CASE("dropout keeps what Philox says, times 1 / (1 - rate)") {
  on_all_types([](Backend& backend, DType type) {
    const RandomKey key{.seed = 0x123456789abcdef0U, .stream = 3, .step = 0xfffffff0U};
    for (const float rate : {0.0F, 0.25F, 0.5F, 0.9F}) {
      for (const std::int64_t count : kCounts) {
        const Doubles x = random_numbers(type, count, 11);
        Doubles wanted;
        for (std::int64_t e = 0; e < count; ++e) {
          const auto block = static_cast<std::uint64_t>(e / 4);
          const std::uint32_t word =
              philox4x32({static_cast<std::uint32_t>(block),
                          static_cast<std::uint32_t>(block >> 32U), key.stream, key.step},
                         {0x9abcdef0U, 0x12345678U})[static_cast<std::size_t>(e % 4)];
          const bool kept =
              static_cast<double>(word) >= std::nearbyint(static_cast<double>(rate) * 0x1p32);
          wanted.push_back(kept ? x[static_cast<std::size_t>(e)] / (1 - static_cast<double>(rate))
                                : 0);
        }
        const Array from(backend, type, {count}, x);
        const Array to(backend, type, {count});
        REQUIRE(backend.dropout(rate, key, from.tensor(), to.tensor()) == Status::ok);
        const Doubles y = to.numbers();
        check_close("dropout", type, y, wanted);
        for (std::size_t i = 0; i < y.size(); ++i) {
          CHECK((y[i] == 0) == (wanted[i] == 0));
        }
        REQUIRE(backend.dropout(rate, key, from.tensor(), from.tensor()) == Status::ok);
        CHECK(from.bits() == to.bits());
      }
    }
  });
}

}  // namespace
}  // namespace autoglm::nn::contract
