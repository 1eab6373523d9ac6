#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "trainer/nn/model/network.h"
#include "trainer/nn/model/update_groups.h"

namespace autoglm::nn {
namespace {

std::string names(const Network& network) {
  std::string all;
  for (const ParameterInfo& info : network.layout().parameters()) {
    all += (all.empty() ? "" : " ") + info.name;
    for (std::int32_t i = 0; i < info.shape.rank; ++i) {
      all += (i == 0 ? ":" : "x") + std::to_string(info.shape[i]);
    }
  }
  return all;
}

const ParameterInfo& parameter(const Network& network, const std::string& name) {
  for (const ParameterInfo& info : network.layout().parameters()) {
    if (info.name == name) {
      return info;
    }
  }
  throw ModelError(name);
}

}  // namespace

TEST_CASE("an mlp has a hidden layer for each of its units, and the last one") {
  CHECK(names(build_network({.units = {7, 5}}, {3}, 2)) ==
        "fc1.weight:7x3 fc1.bias:7 fc2.weight:5x7 fc2.bias:5 fc3.weight:2x5 fc3.bias:2");
  CHECK(names(build_network({}, {2, 3, 4}, 2)) == "fc1.weight:2x24 fc1.bias:2");
}

TEST_CASE("a layer before a batch norm has no bias, one before a layer norm has") {
  CHECK(names(build_network({.units = {7}, .norm = Norm::batch}, {3}, 2)) ==
        "fc1.weight:7x3 norm1.gamma:7 norm1.beta:7 fc2.weight:2x7 fc2.bias:2");
  CHECK(names(build_network({.units = {7}, .norm = Norm::layer}, {3}, 2)) ==
        "fc1.weight:7x3 fc1.bias:7 norm1.gamma:7 norm1.beta:7 fc2.weight:2x7 fc2.bias:2");
}

TEST_CASE("a cnn has a stage for each of its channels") {
  const ModelSpec spec{.type = ModelSpec::Type::cnn, .units = {6}, .channels = {4, 8}, .blocks = 2};
  CHECK(names(build_network(spec, {9, 9, 2}, 3)) ==
        "conv1.weight:4x3x3x2 conv1.bias:4 conv2.weight:4x3x3x4 conv2.bias:4 "
        "conv3.weight:8x3x3x4 conv3.bias:8 conv4.weight:8x3x3x8 conv4.bias:8 "
        "fc1.weight:6x8 fc1.bias:6 fc2.weight:3x6 fc2.bias:3");
}

TEST_CASE("a residual block that changes the image's shape has a projection") {
  const ModelSpec spec{.type = ModelSpec::Type::cnn,
                       .channels = {2, 4},
                       .halving = ModelSpec::Halving::stride,
                       .norm = Norm::batch,
                       .residual = true};
  const Network network = build_network(spec, {8, 8, 2}, 3);
  CHECK(names(network) ==
        "conv1.weight:2x3x3x2 norm1.gamma:2 norm1.beta:2 conv2.weight:2x3x3x2 norm2.gamma:2 "
        "norm2.beta:2 conv3.weight:4x3x3x2 norm3.gamma:4 norm3.beta:4 conv4.weight:4x3x3x4 "
        "norm4.gamma:4 norm4.beta:4 project1.weight:4x1x1x2 norm5.gamma:4 norm5.beta:4 "
        "fc1.weight:3x4 fc1.bias:3");
  CHECK(network.layout().statistics().size() == 10);
  CHECK(network.mixes_samples());
}

TEST_CASE("networks that cannot be are told with place, rule and remedy") {
  ModelSpec spec{.type = ModelSpec::Type::cnn, .channels = {2, 2, 2}};
  CHECK_THROWS_WITH_AS(build_network(spec, {5, 3, 1}, 2),
                       "model.channels: 3 stages: before stage 3 an image of 2 x 1 cannot be "
                       "halved; take fewer stages, or set model.halving to \"stride\"",
                       ModelError);
  CHECK_THROWS_WITH_AS(build_network(spec, {16}, 2),
                       "model.type: a cnn needs images, and a sample of this data is a row of 16 "
                       "numbers; set data.image, or model.type to \"mlp\"",
                       ModelError);
  spec.halving = ModelSpec::Halving::stride;
  CHECK(build_network(spec, {5, 3, 1}, 2).output() > 0);
}

TEST_CASE("initial weights are uniform within 1 / sqrt(fan_in)") {
  const Network network = build_network({.units = {500}, .norm = Norm::layer}, {16}, 2);
  const std::vector<float> weights = initial_values(parameter(network, "fc1.weight"), 3);
  double sum = 0;
  double squares = 0;
  float greatest = 0;
  for (const float weight : weights) {
    sum += static_cast<double>(weight);
    squares += static_cast<double>(weight * weight);
    greatest = std::max(greatest, std::abs(weight));
  }
  const auto count = static_cast<double>(weights.size());
  CHECK(greatest <= 0.25F);
  CHECK(greatest > 0.249F);
  // A uniform distribution's variance is bound^2 / 3; of 8000 numbers it is off by about 1 %.
  CHECK(squares / count == doctest::Approx(0.25 * 0.25 / 3).epsilon(0.05));
  CHECK(std::abs(sum / count) < 4 * 0.25 / std::sqrt(3 * count));
  CHECK(initial_values(parameter(network, "norm1.gamma"), 3) == std::vector<float>(500, 1.0F));
  CHECK(initial_values(parameter(network, "norm1.beta"), 3) == std::vector<float>(500, 0.0F));
}

TEST_CASE("initial values depend on seed and name, not on other layers") {
  const Network small = build_network({.units = {8, 4}}, {3}, 2);
  const Network large = build_network({.units = {8, 64}, .norm = Norm::batch}, {3}, 2);
  const std::vector<float> values = initial_values(parameter(small, "fc1.weight"), 3);
  CHECK(values == initial_values(parameter(large, "fc1.weight"), 3));
  CHECK(values != initial_values(parameter(large, "fc1.weight"), 4));
  CHECK(values[0] != initial_values(parameter(small, "fc2.weight"), 3)[0]);
}

TEST_CASE("biases and norms do not decay unless it is wished") {
  const Network network = build_network({.units = {40}, .norm = Norm::layer}, {3}, 2);
  const auto groups = update_groups(network.layout(), {.weight_decay = 0.1});
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].weight_decay == 0.1);
  CHECK(groups[0].offset == 0);
  CHECK(groups[0].count == 128 + 80);  // 40 x 3 up to a multiple of 32, and 2 x 40
  CHECK(groups[1].weight_decay == 0);
  CHECK(groups[1].offset == 128 + 96);
  const auto all = update_groups(network.layout(), {.weight_decay = 0.1, .decay_all = true});
  REQUIRE(all.size() == 2);
  CHECK(all[1].weight_decay == 0.1);
}

TEST_CASE("the longest prefix says how a parameter is updated") {
  const Network network = build_network({.units = {4, 4}}, {3}, 2);
  OptimizerSpec spec{.weight_decay = 0.1};
  spec.groups = {{.prefix = "fc2", .lr_factor = 0.5},
                 {.prefix = "fc2.bias", .lr_factor = 2, .weight_decay = 0.3}};
  const auto groups = update_groups(network.layout(), spec);
  REQUIRE(groups.size() == 6);  // fc1, fc2, fc3: weights, then biases
  CHECK(groups[1].lr_factor == 0.5);
  CHECK(groups[1].weight_decay == 0.1);
  CHECK(groups[4].lr_factor == 2);
  CHECK(groups[4].weight_decay == 0.3);
  CHECK(groups[5].lr_factor == 1);
  CHECK(groups[5].weight_decay == 0);
}

TEST_CASE("a prefix does not end within a number") {
  CHECK(begins_with("fc1.weight", "fc1"));
  CHECK(begins_with("fc10.weight", "fc"));
  CHECK(begins_with("fc1.weight", "fc1.weight"));
  CHECK(begins_with("fc1.weight", ""));
  CHECK_FALSE(begins_with("fc10.weight", "fc1"));
  CHECK_FALSE(begins_with("fc1.bias", "fc1.weight"));
}

TEST_CASE("a group without parameters is a mistake") {
  const Network network = build_network({}, {3}, 2);
  OptimizerSpec spec;
  spec.groups = {{.prefix = "fc"}, {.prefix = "conv1"}};
  CHECK_THROWS_WITH_AS(update_groups(network.layout(), spec),
                       "training.groups[1].prefix: no parameter begins with \"conv1\"; "
                       "there are fc1.weight, fc1.bias",
                       ModelError);
}

}  // namespace autoglm::nn
