// Each layer behind one that learns, so that its gradients by parameters and by its input are both
// seen. Outputs are f32: slopes by steps of 0.01 are right to about 1e-4 of the greatest one, those
// by steps of 0.001, which kinks ask for, to 1e-3.
#include <doctest/doctest.h>

#include <array>
#include <string>

#include "network_run.h"
#include "trainer/nn/model/layers.h"

namespace autoglm::nn {
namespace {

constexpr std::int64_t kBatch = 3;
constexpr float kSmooth = 0.01F;
constexpr float kKinked = 0.001F;

// [5, 6, 2] -> [5, 6, 4] by a 1 x 1 convolution.
Network image_network() {
  Network network({5, 6, 2});
  network.add(make_convolution(network.layout(), "stem",
                               {.input = {5, 6, 2}, .channels = 4, .window = {.kernel = 1}}),
              0);
  return network;
}

// [5] -> [8]
Network row_network() {
  Network network({5});
  network.add(make_linear(network.layout(), "stem", {.in = 5, .out = 8}), 0);
  return network;
}

void check_network(Network network, float step) {
  const std::vector<float> inputs = normal_numbers(kBatch * network.shape(0).count(), 3);
  NetworkRun run(std::move(network), kBatch);
  if (step == kSmooth) {
    CHECK(check_gradients(run, inputs, step).error < 1e-3);
    return;
  }
  const GradientCheck check = check_gradients(run, inputs, step, 5e-3);
  CHECK(check.error < 4e-3);
  CHECK(check.compared > 0.7);
}

// Of a layer that `make` makes for the input's shape.
template <typename Make>
void check_behind(Network network, Make make, float step) {
  const ValueId stem = network.output();
  network.add(make(network.layout(), network.shape(stem)), stem);
  check_network(std::move(network), step);
}

}  // namespace

TEST_CASE("the gradients of a linear layer are its slopes") {
  const auto make = [](ParameterLayout& layout, const Shape&) {
    return make_linear(layout, "fc", {.in = 8, .out = 3});
  };
  check_behind(row_network(), make, kSmooth);
}

TEST_CASE("the gradients of a linear layer with a ReLU are its slopes") {
  const auto make = [](ParameterLayout& layout, const Shape&) {
    return make_linear(layout, "fc", {.in = 8, .out = 3, .activation = Activation::relu});
  };
  check_behind(row_network(), make, kKinked);
}

TEST_CASE("the gradients of convolutions are their slopes") {
  for (const Window window : {Window{3, 1, 1}, Window{3, 2, 1}, Window{1, 2, 0}, Window{5, 1, 2}}) {
    CAPTURE(window.kernel);
    CAPTURE(window.stride);
    const auto make = [window](ParameterLayout& layout, const Shape& shape) {
      return make_convolution(layout, "conv", {.input = shape, .channels = 3, .window = window});
    };
    check_behind(image_network(), make, kSmooth);
  }
}

TEST_CASE("the gradients of a convolution with a ReLU are its slopes") {
  const auto make = [](ParameterLayout& layout, const Shape& shape) {
    return make_convolution(layout, "conv",
                            {.input = shape,
                             .channels = 3,
                             .window = {.kernel = 3, .padding = 1},
                             .activation = Activation::relu});
  };
  check_behind(image_network(), make, kKinked);
}

TEST_CASE("the gradients of norms are their slopes") {
  const auto batch = [](ParameterLayout& layout, const Shape& shape) {
    return make_batch_norm(layout, "norm", shape);
  };
  const auto layer = [](ParameterLayout& layout, const Shape& shape) {
    return make_layer_norm(layout, "norm", shape);
  };
  const auto batch_relu = [](ParameterLayout& layout, const Shape& shape) {
    return make_batch_norm(layout, "norm", shape, Activation::relu);
  };
  check_behind(image_network(), batch, kSmooth);
  check_behind(image_network(), batch_relu, kKinked);
  check_behind(image_network(), layer, kSmooth);
  check_behind(row_network(), layer, kSmooth);
}

TEST_CASE("the gradients of poolings are their slopes") {
  for (const Pooling pooling : {Pooling::max, Pooling::average}) {
    const auto make = [pooling](ParameterLayout&, const Shape& shape) {
      return make_pooling(pooling, {.kernel = 2, .stride = 2}, shape);
    };
    check_behind(image_network(), make, kKinked);
  }
  const auto average = [](ParameterLayout&, const Shape& shape) {
    return make_global_average(shape);
  };
  check_behind(image_network(), average, kSmooth);
}

TEST_CASE("the gradients of activations are their slopes") {
  for (const Activation activation :
       {Activation::relu, Activation::tanh, Activation::gelu, Activation::silu}) {
    const auto make = [activation](ParameterLayout&, const Shape& shape) {
      return make_activation(activation, shape);
    };
    check_behind(row_network(), make, kKinked);
  }
}

TEST_CASE("the gradients of a dropout are its slopes, and its numbers those of its key") {
  const auto make = [](ParameterLayout&, const Shape& shape) { return make_dropout(0.4F, shape); };
  check_behind(row_network(), make, kSmooth);
}

TEST_CASE("a flattened image has the gradients of the image") {
  Network network = image_network();
  const ValueId flat = network.add(make_flatten({5, 6, 4}), network.output());
  network.add(make_linear(network.layout(), "fc", {.in = 120, .out = 2}), flat);
  check_network(std::move(network), kSmooth);
}

TEST_CASE("the gradients through residual sums are their slopes") {
  for (const Activation activation : {Activation::identity, Activation::relu}) {
    Network network = row_network();
    ValueId at = network.output();
    for (const char* name : {"a", "b"}) {
      const ValueId skip = at;
      at = network.add(
          make_linear(network.layout(), name, {.in = 8, .out = 8, .activation = Activation::relu}),
          at);
      at = network.add(make_residual_sum(activation, {8}), at, skip);
    }
    check_network(std::move(network), kKinked);
  }
}

TEST_CASE("a value that three nodes read gets the sum of their gradients") {
  Network network = row_network();
  const ValueId stem = network.output();
  const ValueId a = network.add(make_activation(Activation::tanh, {8}), stem);
  const ValueId b = network.add(make_residual_sum(Activation::identity, {8}), a, stem);
  const ValueId c = network.add(make_activation(Activation::gelu, {8}), stem);
  network.add(make_residual_sum(Activation::identity, {8}), b, c);
  check_network(std::move(network), kSmooth);
}

}  // namespace autoglm::nn
