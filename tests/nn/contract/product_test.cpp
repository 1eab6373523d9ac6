// Linear layers and convolutions, against sums of doubles.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "tests/nn/contract/arrays.h"
#include "tests/nn/contract/reference.h"
#include "tests/nn/contract/subjects.h"

namespace autoglm::nn::contract {
namespace {

// Sizes of 1, odd ones, tails of vectors and of tiles, more than a block of the depth.
const std::vector<ImageCase>& linear_cases() {
  static const std::vector<ImageCase> cases = {
      linear_case(1, 1, 1),    linear_case(1, 10, 3),    linear_case(3, 1, 17),
      linear_case(8, 33, 16),  linear_case(17, 15, 257), linear_case(5, 70, 31),
      linear_case(32, 64, 64), linear_case(65, 47, 300), linear_case(2, 530, 600),
      linear_case(270, 20, 9), linear_case(300, 3, 40)};
  return cases;
}

const std::vector<ImageCase>& image_cases() {
  static const std::vector<ImageCase> cases = {
      {1, 1, 1, 1, 1, {1, 1, 0}},     {2, 5, 4, 3, 7, {3, 1, 1}},     {1, 7, 6, 5, 2, {3, 2, 1}},
      {3, 4, 4, 16, 33, {1, 1, 0}},   {2, 6, 5, 17, 4, {1, 2, 0}},    {1, 9, 8, 1, 6, {5, 1, 2}},
      {2, 6, 6, 2, 3, {2, 2, 0}},     {1, 5, 5, 4, 18, {3, 3, 2}},    {1, 3, 3, 40, 20, {3, 1, 1}},
      {2, 12, 11, 8, 16, {3, 1, 1}},  {1, 20, 3, 3, 5, {3, 1, 0}},    {1, 4, 4, 2, 2, {4, 4, 3}},
      {1, 8, 8, 32, 32, {3, 2, 1}},   {1, 10, 10, 36, 48, {3, 1, 1}}, {3, 7, 9, 20, 40, {3, 1, 1}},
      {9, 5, 6, 70, 65, {3, 1, 0}},   {1, 5, 9, 264, 130, {3, 1, 2}}, {2, 6, 7, 90, 530, {3, 1, 1}},
      {3, 18, 16, 400, 2, {3, 1, 1}}, {3, 25, 37, 4, 6, {3, 1, 1}},   {1, 50, 48, 2, 3, {5, 1, 1}}};
  return cases;
}

// All numbers of a layer, on the host.
struct Layer {
  Layer(const ImageCase& shape, DType type)
      : c(shape),
        x(random_numbers(type, c.x().count(), 1)),
        w(random_numbers(type, c.w().count(), 2)),
        bias(random_numbers(DType::f32, c.out_channels, 3)),
        dy(random_numbers(type, c.y().count(), 4)),
        dw(random_numbers(DType::f32, c.w().count(), 5)),
        dbias(random_numbers(DType::f32, c.out_channels, 6)) {}

  ImageCase c;
  Doubles x, w, bias, dy, dw, dbias;
};

// What a backend makes of it; as a linear layer, or as a convolution.
struct Products {
  Doubles y, relu, dx, dw, dbias;
};

bool is_linear(const ImageCase& c) { return c.height * c.width * c.window.kernel == 1; }

Shape flat(const Shape& shape) { return {shape[0], shape.count() / shape[0]}; }

Products products(Backend& backend, DType type, const Layer& layer, bool linear) {
  const ImageCase& c = layer.c;
  const Shape x_shape = linear ? flat(c.x()) : c.x();
  const Shape y_shape = linear ? flat(c.y()) : c.y();
  const Shape w_shape = linear ? flat(c.w()) : c.w();
  const Array x(backend, type, x_shape, layer.x);
  const Array w(backend, type, w_shape, layer.w);
  const Array dy(backend, type, y_shape, layer.dy);
  const Array bias(backend, DType::f32, {c.out_channels}, layer.bias);
  const Array y(backend, type, y_shape);
  const Array relu(backend, type, y_shape);
  const Array dx(backend, type, x_shape);
  const Array dw(backend, DType::f32, w_shape, layer.dw);
  const Array dbias(backend, DType::f32, {c.out_channels}, layer.dbias);
  const auto forward = [&](const float* b, const Array& to, Activation activation) {
    return linear
               ? backend.linear_forward(x.tensor(), w.tensor(), b, to.tensor(), activation)
               : backend.conv_forward(c.window, x.tensor(), w.tensor(), b, to.tensor(), activation);
  };
  REQUIRE(forward(nullptr, y, Activation::identity) == Status::ok);
  REQUIRE(forward(bias.floats(), relu, Activation::relu) == Status::ok);
  REQUIRE((linear ? backend.linear_backward_data(dy.tensor(), w.tensor(), dx.tensor())
                  : backend.conv_backward_data(c.window, dy.tensor(), w.tensor(), dx.tensor())) ==
          Status::ok);
  REQUIRE(
      (linear ? backend.linear_backward_weight(dy.tensor(), x.tensor(), dw.floats(), dbias.floats())
              : backend.conv_backward_weight(c.window, dy.tensor(), x.tensor(), dw.floats(),
                                             dbias.floats())) == Status::ok);
  return {y.numbers(), relu.numbers(), dx.numbers(), dw.numbers(), dbias.numbers()};
}

void check_products(Backend& backend, DType type, const ImageCase& c) {
  CAPTURE(c.x()[0]);
  CAPTURE(c.height);
  CAPTURE(c.channels);
  CAPTURE(c.out_channels);
  CAPTURE(c.window.kernel);
  CAPTURE(c.window.stride);
  const Layer layer(c, type);
  std::optional<Products> first;
  for (const bool linear : {false, true}) {
    if (linear && !is_linear(c)) {
      continue;
    }
    const Products got = products(backend, type, layer, linear);
    const char* const forward = linear ? "linear_forward" : "conv_forward";
    const char* const weight = linear ? "linear_backward_weight" : "conv_backward_weight";
    check_close(forward, type, got.y, convolution(c, layer.x, layer.w, {}));
    check_close(forward, type, got.relu,
                activated(Activation::relu, convolution(c, layer.x, layer.w, layer.bias)));
    check_close(linear ? "linear_backward_data" : "conv_backward_data", type, got.dx,
                convolution_dx(c, layer.dy, layer.w));
    check_close(weight, DType::f32, got.dw, sum(layer.dw, convolution_dw(c, layer.dy, layer.x)));
    check_close(weight, DType::f32, got.dbias,
                sum(layer.dbias, column_sums(layer.dy, c.out_channels)));
    const Products again = products(backend, type, layer, linear);
    CHECK(again.y == got.y);
    CHECK(again.dx == got.dx);
    CHECK(again.dw == got.dw);
    CHECK(again.dbias == got.dbias);
  }
}

TEST_CASE("the reference's gradients of products are its central differences") {
  for (const ImageCase& c : {linear_case(3, 4, 5), image_cases()[1], image_cases()[2]}) {
    const Layer layer(c, DType::f32);
    const auto of_x = [&](const Doubles& x) {
      return dot(layer.dy, convolution(c, x, layer.w, layer.bias));
    };
    const auto of_w = [&](const Doubles& w) {
      return dot(layer.dy, convolution(c, layer.x, w, layer.bias));
    };
    check_close("(reference)", DType::f32, convolution_dx(c, layer.dy, layer.w),
                differences(layer.x, of_x));
    check_close("(reference)", DType::f32, convolution_dw(c, layer.dy, layer.x),
                differences(layer.w, of_w));
  }
}

TEST_CASE("linear layers are products, and the same in every run") {
  on_all_types([](Backend& backend, DType type) {
    for (const ImageCase& c : linear_cases()) {
      check_products(backend, type, c);
    }
  });
}

TEST_CASE("convolutions are products, and the same in every run") {
  on_all_types([](Backend& backend, DType type) {
    for (const ImageCase& c : image_cases()) {
      check_products(backend, type, c);
    }
  });
}

// 1 + 1 d and 1 + 3 d, of half the distance d of numbers above 1, lie in the middle between two.
TEST_CASE("results of products are rounded to nearest, ties to even; NaN stays NaN") {
  on_all_types([](Backend& backend, DType type) {
    const double d = type == DType::bf16 ? 0x1p-8 : type == DType::f16 ? 0x1p-11 : 0x1p-24;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const Doubles x{1, d, 1, d, -1, d, nan, d};
    const Doubles w{1, 1, 1, 3};
    const Doubles wanted{1, 1 + 4 * d, 1, 1 + 4 * d, -1 + d, -1 + 3 * d, nan, nan};
    const Array images(backend, type, {1, 2, 2, 2}, x);
    const Array rows(backend, type, {4, 2}, x);
    const Array kernels(backend, type, {2, 1, 1, 2}, w);
    const Array weights(backend, type, {2, 2}, w);
    const Array convolved(backend, type, {1, 2, 2, 2});
    const Array multiplied(backend, type, {4, 2});
    REQUIRE(backend.conv_forward({1, 1, 0}, images.tensor(), kernels.tensor(), nullptr,
                                 convolved.tensor(), Activation::identity) == Status::ok);
    REQUIRE(backend.linear_forward(rows.tensor(), weights.tensor(), nullptr, multiplied.tensor(),
                                   Activation::identity) == Status::ok);
    for (const Array* got : {&convolved, &multiplied}) {
      const Doubles numbers = got->numbers();
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        CAPTURE(i);
        CHECK((numbers[i] == wanted[i] || (std::isnan(numbers[i]) && std::isnan(wanted[i]))));
      }
    }
  });
}

TEST_CASE("NaN and infinity pass through products, to where they belong") {
  on_all_types([](Backend& backend, DType type) {
    const ImageCase c = linear_case(20, 35, 40);
    Layer layer(c, type);
    layer.x[std::size_t{3} * 40 + 7] = std::numeric_limits<double>::quiet_NaN();
    layer.x[std::size_t{5} * 40 + 1] = std::numeric_limits<double>::infinity();
    const Products got = products(backend, type, layer, true);
    const Doubles wanted = convolution(c, layer.x, layer.w, {});
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      CHECK(std::isnan(got.y[i]) == std::isnan(wanted[i]));
      CHECK(std::isinf(got.y[i]) == std::isinf(wanted[i]));
    }
    CHECK(std::isnan(got.relu[std::size_t{3} * 35]));
  });
}

}  // namespace
}  // namespace autoglm::nn::contract
