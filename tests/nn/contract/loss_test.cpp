// Losses, softmax, and the statistics of gradients.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/nn/contract/arrays.h"
#include "tests/nn/contract/reference.h"
#include "tests/nn/contract/subjects.h"

namespace autoglm::nn::contract {
namespace {

constexpr float kScale = 0.125F;
constexpr float kLossScale = 64;

std::vector<ClassLoss> class_losses_to_check() {
  return {{},
          {.smoothing = 0.1F},
          {.focal = true, .focal_alpha = 0.25F, .focal_gamma = 2},
          {.focal = true, .focal_alpha = 1, .focal_gamma = 0},
          {.focal = true, .focal_alpha = 2, .focal_gamma = 0.5F}};
}

Doubles scaled(Doubles numbers) {
  for (double& x : numbers) {
    x *= static_cast<double>(kScale) * static_cast<double>(kLossScale);
  }
  return numbers;
}

double total(const Doubles& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0);
}

TEST_CASE(
    "losses of classes and their gradients, also in place, and negative labels teach nothing") {
  on_all_types([](Backend& backend, DType type) {
    for (const std::int64_t classes : {1, 2, 10, 17, 100}) {
      const std::int64_t rows = 7;
      const Doubles logits = random_numbers(type, rows * classes, 30, 2);
      std::vector<std::int32_t> labels;
      labels.reserve(static_cast<std::size_t>(rows));
      for (std::int32_t i = 0; i < rows; ++i) {
        labels.push_back(i == 2 ? -1 : i * 5 % static_cast<std::int32_t>(classes));
      }
      for (const ClassLoss& loss : class_losses_to_check()) {
        CAPTURE(classes);
        CAPTURE(loss.smoothing);
        CAPTURE(loss.focal);
        CAPTURE(loss.focal_gamma);
        const Array z(backend, type, {rows, classes}, logits);
        const Array dz(backend, type, {rows, classes});
        const Array losses(backend, DType::f32, {rows});
        const Records<std::int32_t> targets(backend, labels);
        const Records<StepState> state(backend, {StepState{.loss_scale = kLossScale}});
        REQUIRE(backend.class_loss(loss, z.tensor(), targets.data(), kScale, state.data(),
                                   losses.floats(), dz.tensor()) == Status::ok);
        check_close("class_loss", DType::f32, losses.numbers(),
                    class_losses(loss, logits, labels, classes));
        if (classes == 1) {
          continue;  // (1 - p)^gamma has no derivative where p is always 1
        }
        const auto loss_at = [&](const Doubles& at) {
          return total(class_losses(loss, at, labels, classes));
        };
        check_close("class_loss", type, dz.numbers(), scaled(differences(logits, loss_at)));
        const Array evaluated(backend, DType::f32, {rows});
        REQUIRE(backend.class_loss(loss, z.tensor(), targets.data(), kScale, state.data(),
                                   evaluated.floats(), Tensor{}) == Status::ok);
        CHECK(evaluated.bits() == losses.bits());
        REQUIRE(backend.class_loss(loss, z.tensor(), targets.data(), kScale, state.data(),
                                   losses.floats(), z.tensor()) == Status::ok);
        CHECK(z.bits() == dz.bits());
      }
    }
  });
}

TEST_CASE("losses of logits far apart are finite, and those of NaN are NaN") {
  on_all([](Backend& backend) {
    const Array z(backend, DType::f32, {2, 3}, {0, 2e4, -2e4, 1, std::nan(""), 0});
    const Array losses(backend, DType::f32, {2});
    const Array dz(backend, DType::f32, {2, 3});
    const Records<std::int32_t> labels(backend, {0, 2});
    REQUIRE(backend.class_loss({}, z.tensor(), labels.data(), 1, nullptr, losses.floats(),
                               dz.tensor()) == Status::ok);
    CHECK(losses.numbers()[0] == 2e4);
    CHECK(std::isnan(losses.numbers()[1]));
    const Doubles d = dz.numbers();
    CHECK(Doubles(d.begin(), d.begin() + 3) == Doubles{-1, 1, 0});
    CHECK(std::isnan(d[3]));
  });
}

TEST_CASE("the squared loss and its gradient, also in place") {
  on_all_types([](Backend& backend, DType type) {
    for (const std::int64_t columns : {1, 3, 20}) {
      const std::int64_t rows = 5;
      const Doubles at = random_numbers(type, rows * columns, 31);
      const Doubles wanted = random_numbers(DType::f32, rows * columns, 32);
      const Array y(backend, type, {rows, columns}, at);
      const Array target(backend, DType::f32, {rows, columns}, wanted);
      const Array losses(backend, DType::f32, {rows});
      const Array dy(backend, type, {rows, columns});
      const Records<StepState> state(backend, {StepState{.loss_scale = kLossScale}});
      REQUIRE(backend.squared_loss(y.tensor(), target.floats(), kScale, state.data(),
                                   losses.floats(), dy.tensor()) == Status::ok);
      check_close("squared_loss", DType::f32, losses.numbers(),
                  squared_losses(at, wanted, columns));
      const auto loss_at = [&](const Doubles& x) {
        return total(squared_losses(x, wanted, columns));
      };
      check_close("squared_loss", type, dy.numbers(), scaled(differences(at, loss_at)));
      REQUIRE(backend.squared_loss(y.tensor(), target.floats(), kScale, state.data(),
                                   losses.floats(), y.tensor()) == Status::ok);
      CHECK(y.bits() == dy.bits());
    }
  });
}

TEST_CASE("softmax of rows") {
  on_all_types([](Backend& backend, DType type) {
    for (const std::int64_t classes : {1, 10, 33}) {
      const Doubles logits = random_numbers(type, 4 * classes, 33, 5);
      const Array z(backend, type, {4, classes}, logits);
      const Array p(backend, DType::f32, {4, classes});
      REQUIRE(backend.softmax(z.tensor(), p.floats()) == Status::ok);
      check_close("softmax", DType::f32, p.numbers(), softmax(logits, classes));
    }
  });
}

// In f32 numbers of this size are 8 apart, and the sum is 3 beyond one of them.
TEST_CASE("sums are those of doubles: a million of 0.1 next to 1e8") {
  on_all([](Backend& backend) {
    constexpr std::int64_t kCount = 1000031;
    Doubles numbers(kCount, 0.1);
    numbers[500] = 1e8;
    numbers = rounded(DType::f32, numbers);
    const Array x(backend, DType::f32, {kCount}, numbers);
    const Records<double> result(backend, {2.0});
    REQUIRE(backend.add_sum(x.floats(), kCount, result.data()) == Status::ok);
    CHECK(std::fabs(result.get()[0] - (2 + total(numbers))) < 0.1);
  });
}

TEST_CASE("mean and variance of gradients are those of what the update will see") {
  on_all([](Backend& backend) {
    const Array x(backend, DType::f32, {5}, {1, 2, 3, 4, 10});
    const Array result(backend, DType::f32, {2});
    REQUIRE(backend.mean_and_variance(x.floats(), 5, nullptr, result.floats()) == Status::ok);
    check_close("mean_and_variance", DType::f32, result.numbers(), {4, 10});
    const Records<StepState> state(backend, {StepState{.factor = 0.5F}});
    REQUIRE(backend.mean_and_variance(x.floats(), 5, state.data(), result.floats()) == Status::ok);
    check_close("mean_and_variance", DType::f32, result.numbers(), {2, 2.5});
  });
}

}  // namespace
}  // namespace autoglm::nn::contract
