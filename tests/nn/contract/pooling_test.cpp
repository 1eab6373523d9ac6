// Pooling of windows and of whole images.
#include <cmath>

#include "tests/nn/contract/arrays.h"
#include "tests/nn/contract/reference.h"
#include "tests/nn/contract/subjects.h"

namespace autoglm::nn::contract {
namespace {

const std::vector<ImageCase>& cases() {
  static const std::vector<ImageCase> all = {
      {1, 1, 1, 1, 1, {1, 1, 0}},   {2, 4, 6, 3, 3, {2, 2, 0}},   {1, 5, 5, 17, 17, {3, 2, 1}},
      {2, 7, 4, 16, 16, {3, 1, 1}}, {1, 6, 6, 33, 33, {3, 3, 2}}, {1, 3, 8, 5, 5, {2, 3, 1}}};
  return all;
}

TEST_CASE("pooling and its gradient: windows that overlap, and padding that does not count") {
  on_all_types([](Backend& backend, DType type) {
    for (const Pooling pooling : {Pooling::max, Pooling::average}) {
      for (const ImageCase& c : cases()) {
        CAPTURE(static_cast<int>(pooling));
        CAPTURE(c.height);
        CAPTURE(c.channels);
        CAPTURE(c.window.kernel);
        const Doubles x = random_numbers(type, c.x().count(), 12);
        const Doubles dy = random_numbers(type, c.y().count(), 13);
        const auto count = static_cast<std::size_t>(c.y().count());
        std::vector<std::int32_t> wanted_indices;
        const Doubles wanted = pooled(pooling, c, x, &wanted_indices);
        const Array from(backend, type, c.x(), x);
        const Array to(backend, type, c.y());
        Records<std::int32_t> indices(backend, std::vector<std::int32_t>(count, -7));
        std::int32_t* const where = pooling == Pooling::max ? indices.data() : nullptr;
        REQUIRE(backend.pool_forward(pooling, c.window, from.tensor(), to.tensor(), where) ==
                Status::ok);
        check_close("pool_forward", type, to.numbers(), wanted);
        if (pooling == Pooling::max) {
          CHECK(indices.get() == wanted_indices);
        }
        const Array gradient(backend, type, c.y(), dy);
        const Array dx(backend, type, c.x());
        REQUIRE(backend.pool_backward(pooling, c.window, gradient.tensor(), where, dx.tensor()) ==
                Status::ok);
        // The greatest stays where it is: a step of central differences must not pass another one.
        Doubles wanted_dx(x.size());
        if (pooling == Pooling::average) {
          wanted_dx = differences(
              x, [&](const Doubles& at) { return dot(dy, pooled(pooling, c, at, nullptr)); });
        } else {
          for (std::size_t i = 0; i < count; ++i) {
            const std::int64_t image =
                static_cast<std::int64_t>(i) / (c.out_height() * c.out_width() * c.channels);
            const std::int64_t pixel = image * c.height * c.width + wanted_indices[i];
            wanted_dx[static_cast<std::size_t>(pixel * c.channels) +
                      i % static_cast<std::size_t>(c.channels)] += dy[i];
          }
        }
        check_close("pool_backward", type, dx.numbers(), wanted_dx);
      }
    }
  });
}

TEST_CASE("the first of equal numbers is the greatest, and NaN before all") {
  on_all_types([](Backend& backend, DType type) {
    const double nan = std::nan("");
    const Array x(backend, type, {1, 2, 4, 1}, {1, 1, 5, nan, 0, 1, nan, 7});
    const Array y(backend, type, {1, 1, 2, 1});
    Records<std::int32_t> indices(backend, {-1, -1});
    REQUIRE(backend.pool_forward(Pooling::max, {2, 2, 0}, x.tensor(), y.tensor(), indices.data()) ==
            Status::ok);
    CHECK(y.numbers()[0] == 1);
    CHECK(std::isnan(y.numbers()[1]));
    CHECK(indices.get() == std::vector<std::int32_t>{0, 3});
  });
}

TEST_CASE("the mean of images, and its gradient") {
  on_all_types([](Backend& backend, DType type) {
    for (const ImageCase& c : cases()) {
      const std::int64_t area = c.height * c.width;
      const Doubles x = random_numbers(type, c.x().count(), 14);
      const Doubles dy = random_numbers(type, c.batch * c.channels, 15);
      Doubles wanted(dy.size());
      Doubles wanted_dx(x.size());
      for (std::size_t i = 0; i < x.size(); ++i) {
        const auto channels = static_cast<std::size_t>(c.channels);
        const std::size_t to =
            i / (static_cast<std::size_t>(area) * channels) * channels + i % channels;
        wanted[to] += x[i] / static_cast<double>(area);
        wanted_dx[i] = dy[to] / static_cast<double>(area);
      }
      const Array from(backend, type, c.x(), x);
      const Array to(backend, type, {c.batch, c.channels});
      const Array gradient(backend, type, {c.batch, c.channels}, dy);
      const Array dx(backend, type, c.x());
      REQUIRE(backend.global_average_forward(from.tensor(), to.tensor()) == Status::ok);
      REQUIRE(backend.global_average_backward(gradient.tensor(), dx.tensor()) == Status::ok);
      check_close("global_average_forward", type, to.numbers(), wanted);
      check_close("global_average_backward", type, dx.numbers(), wanted_dx);
    }
  });
}

}  // namespace
}  // namespace autoglm::nn::contract
