// Batch and layer normalization.
#include <cmath>

#include "tests/nn/contract/arrays.h"
#include "tests/nn/contract/reference.h"
#include "tests/nn/contract/subjects.h"

namespace autoglm::nn::contract {
namespace {

struct Size {
  std::int64_t rows = 1;
  std::int64_t columns = 1;
};
constexpr Size kSizes[] = {{5, 3}, {3, 17},  {67, 16}, {131, 5}, {9, 40},  {1, 33},
                           {4, 1}, {48, 20}, {64, 5},  {14, 40}, {136, 8}, {6, 129}};
constexpr float kEpsilon = 1e-5F;

using Normalized = Doubles (*)(const Doubles&, const Doubles&, const Doubles&, double);

// Numbers whose mean is far from 0: what cancels shows.
struct Case {
  Case(Size s, DType type)
      : size(s),
        shape{s.rows, s.columns},
        x(random_numbers(type, s.rows * s.columns, 20)),
        dy(random_numbers(type, s.rows * s.columns, 21)),
        gamma(random_numbers(DType::f32, s.columns, 22)),
        beta(random_numbers(DType::f32, s.columns, 23)) {
    for (double& number : x) {
      number += 5;
    }
    x = rounded(type, x);
  }

  Size size;
  Shape shape;
  Doubles x, dy, gamma, beta;
};

/// The gradients by x, gamma and beta, by central differences.
struct Gradients {
  Doubles x, gamma, beta;
};

Gradients gradients(const Case& c, Normalized normalized) {
  const double epsilon = static_cast<double>(kEpsilon);
  return {differences(
              c.x,
              [&](const Doubles& x) { return dot(c.dy, normalized(x, c.gamma, c.beta, epsilon)); }),
          differences(c.gamma,
                      [&](const Doubles& gamma) {
                        return dot(c.dy, normalized(c.x, gamma, c.beta, epsilon));
                      }),
          differences(c.beta, [&](const Doubles& beta) {
            return dot(c.dy, normalized(c.x, c.gamma, beta, epsilon));
          })};
}

// Central differences of 5 +- 1 lose some digits themselves.
void check_gradient(const char* operation, DType type, const Doubles& got, const Doubles& wanted) {
  double greatest = 1e-2;  // where all gradients vanish, one of 0 is as good
  for (const double number : wanted) {
    greatest = std::max(greatest, std::fabs(number));
  }
  Doubles a = got;
  Doubles b = wanted;
  a.push_back(greatest);
  b.push_back(greatest);
  check_close(operation, type, a, b);
}

/// A case's numbers on a backend, with as many means and deviations as are said.
struct Arrays {
  Arrays(Backend& backend, DType number_type, const Case& c, std::int64_t statistics)
      : type(number_type),
        x(backend, type, c.shape, c.x),
        dy(backend, type, c.shape, c.dy),
        gamma(backend, DType::f32, {c.size.columns}, c.gamma),
        beta(backend, DType::f32, {c.size.columns}, c.beta),
        mean(backend, DType::f32, {statistics}),
        deviation(backend, DType::f32, {statistics}),
        dgamma(backend, DType::f32, {c.size.columns}, c.beta),
        dbeta(backend, DType::f32, {c.size.columns}, c.gamma),
        y(backend, type, c.shape),
        dx(backend, type, c.shape) {}

  /// A BatchNorm or LayerNorm.
  template <class Norm>
  Norm norm() const {
    Norm norm{.epsilon = kEpsilon};
    norm.gamma = gamma.floats();
    norm.beta = beta.floats();
    norm.mean = mean.floats();
    norm.inverse_deviation = deviation.floats();
    return norm;
  }

  /// Those of gamma and beta are added to what was there.
  void check_gradients(const char* operation, const Case& c, const Array& got,
                       Normalized normalized) const {
    const Gradients wanted = gradients(c, normalized);
    check_gradient(operation, type, got.numbers(), wanted.x);
    check_gradient(operation, DType::f32, dgamma.numbers(), sum(c.beta, wanted.gamma));
    check_gradient(operation, DType::f32, dbeta.numbers(), sum(c.gamma, wanted.beta));
  }

  DType type;
  const Array x, dy, gamma, beta, mean, deviation, dgamma, dbeta, y, dx;
};

/// f(backend, type, case) for all types and sizes.
template <typename F>
void on_all_cases(F f) {
  on_all_types([&f](Backend& backend, DType type) {
    for (const Size size : kSizes) {
      CAPTURE(size.rows);
      CAPTURE(size.columns);
      f(backend, type, Case(size, type));
    }
  });
}

TEST_CASE("batch normalization and its gradients") {
  on_all_cases([](Backend& backend, DType type, const Case& c) {
    const Arrays a(backend, type, c, c.size.columns);
    const auto norm = a.norm<Backend::BatchNorm>();
    REQUIRE(backend.batch_norm_forward(norm, a.x.tensor(), a.y.tensor()) == Status::ok);
    check_close("batch_norm_forward", type, a.y.numbers(),
                batch_normalized(c.x, c.gamma, c.beta, static_cast<double>(kEpsilon)));
    REQUIRE(backend.batch_norm_backward(norm, a.x.tensor(), a.dy.tensor(), a.dx.tensor(),
                                        a.dgamma.floats(), a.dbeta.floats()) == Status::ok);
    a.check_gradients("batch_norm_backward", c, a.dx, batch_normalized);
  });
}

// The ReLU's slope is 0 or 1, so its gradients are those of the norm alone with dy where it is 1.
TEST_CASE("a ReLU behind a batch normalization, and its gradients, in place of dy") {
  on_all_cases([](Backend& backend, DType type, Case c) {
    const Arrays a(backend, type, c, c.size.columns);
    auto norm = a.norm<Backend::BatchNorm>();
    norm.activation = Activation::relu;
    REQUIRE(backend.batch_norm_forward(norm, a.x.tensor(), a.y.tensor()) == Status::ok);
    const Doubles linear = batch_normalized(c.x, c.gamma, c.beta, static_cast<double>(kEpsilon));
    check_close("batch_norm_forward", type, a.y.numbers(), activated(Activation::relu, linear));
    for (std::size_t i = 0; i < linear.size(); ++i) {
      c.dy[i] = linear[i] > 0 ? c.dy[i] : 0;
    }
    REQUIRE(backend.batch_norm_backward(norm, a.x.tensor(), a.dy.tensor(), a.dy.tensor(),
                                        a.dgamma.floats(), a.dbeta.floats()) == Status::ok);
    a.check_gradients("batch_norm_backward", c, a.dy, batch_normalized);
  });
}

/// A batch normalization of two columns in f32 whose running statistics follow by a quarter.
struct RunningNorm {
  RunningNorm(Backend& backend, const Doubles& scale, const Doubles& shift, const Doubles& old_mean,
              const Doubles& old_variance)
      : gamma(backend, DType::f32, {2}, scale),
        beta(backend, DType::f32, {2}, shift),
        mean(backend, DType::f32, {2}),
        deviation(backend, DType::f32, {2}),
        running_mean(backend, DType::f32, {2}, old_mean),
        running_variance(backend, DType::f32, {2}, old_variance) {}

  Backend::BatchNorm norm(float epsilon) const {
    return {.epsilon = epsilon,
            .momentum = 0.25F,
            .gamma = gamma.floats(),
            .beta = beta.floats(),
            .mean = mean.floats(),
            .inverse_deviation = deviation.floats(),
            .running_mean = running_mean.floats(),
            .running_variance = running_variance.floats()};
  }

  const Array gamma, beta, mean, deviation, running_mean, running_variance;
};

TEST_CASE("running statistics follow, the variance unbiased, and are what evaluation uses") {
  on_all([](Backend& backend) {
    const Array x(backend, DType::f32, {3, 2}, {1, 10, 2, 10, 6, 40});
    const Array y(backend, DType::f32, {3, 2});
    const RunningNorm a(backend, {2, 1}, {0, 3}, {0, 100}, {1, 0});
    const Backend::BatchNorm norm = a.norm(0);
    REQUIRE(backend.batch_norm_forward(norm, x.tensor(), y.tensor()) == Status::ok);
    // Means 3 and 20, sums of squares 14 and 600.
    check_close("batch_norm_forward", DType::f32, a.mean.numbers(), {3, 20});
    check_close("batch_norm_forward", DType::f32, a.deviation.numbers(),
                {1 / std::sqrt(14.0 / 3), 1 / std::sqrt(600.0 / 3)});
    check_close("batch_norm_forward", DType::f32, a.running_mean.numbers(), {0.75, 80});
    check_close("batch_norm_forward", DType::f32, a.running_variance.numbers(),
                {0.75 + 7 * 0.25, 300 * 0.25});
    REQUIRE(backend.batch_norm_apply(norm, x.tensor(), y.tensor()) == Status::ok);
    const double first = 2 / std::sqrt(2.5);
    const double second = 1 / std::sqrt(75.0);
    check_close("batch_norm_apply", DType::f32, y.numbers(),
                {0.25 * first, 3 - 70 * second, 1.25 * first, 3 - 70 * second, 5.25 * first,
                 3 - 40 * second});
  });
}

TEST_CASE("what evaluation makes of running statistics, of all sizes") {
  on_all_cases([](Backend& backend, DType type, const Case& c) {
    const Arrays a(backend, type, c, c.size.columns);
    const auto columns = static_cast<std::size_t>(c.size.columns);
    const auto n = static_cast<double>(c.size.rows);
    const Array mean(backend, DType::f32, {c.size.columns}, Doubles(columns, 0.5));
    const Array variance(backend, DType::f32, {c.size.columns}, Doubles(columns, 2));
    auto norm = a.norm<Backend::BatchNorm>();
    norm.momentum = 0.25F;
    norm.running_mean = mean.floats();
    norm.running_variance = variance.floats();
    REQUIRE(backend.batch_norm_forward(norm, a.x.tensor(), a.y.tensor()) == Status::ok);
    Doubles means(columns);
    Doubles variances(columns);
    for (std::size_t i = 0; i < c.x.size(); ++i) {
      means[i % columns] += c.x[i] / n;
    }
    for (std::size_t i = 0; i < c.x.size(); ++i) {
      const double distance = c.x[i] - means[i % columns];
      variances[i % columns] += distance * distance / (n > 1 ? n - 1 : 1);
    }
    for (std::size_t j = 0; j < columns; ++j) {
      means[j] = 0.5 * 0.75 + means[j] * 0.25;
      variances[j] = 2 * 0.75 + variances[j] * 0.25;
    }
    check_close("batch_norm_forward", DType::f32, mean.numbers(), means);
    check_close("batch_norm_forward", DType::f32, variance.numbers(), variances);
    REQUIRE(backend.batch_norm_apply(norm, a.x.tensor(), a.y.tensor()) == Status::ok);
    Doubles wanted(c.x.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const std::size_t j = i % columns;
      const double deviation = std::sqrt(variances[j] + static_cast<double>(kEpsilon));
      wanted[i] = (c.x[i] - means[j]) / deviation * c.gamma[j] + c.beta[j];
    }
    check_close("batch_norm_apply", type, a.y.numbers(), wanted);
  });
}

// Rounded means of parts must not be mistaken for distances between them.
TEST_CASE("variances of columns far from 0 are those of the distances") {
  on_all([](Backend& backend) {
    constexpr std::int64_t kRows = 64;
    constexpr std::int64_t kColumns = 20;
    Doubles x(kRows * kColumns);
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = 1000 + static_cast<double>(i * 7919 % 4096) / 1024;  // exact in f32
    }
    Doubles deviations(kColumns);
    for (std::size_t j = 0; j < kColumns; ++j) {
      double mean = 0;
      double squares = 0;
      for (std::size_t i = j; i < x.size(); i += kColumns) {
        mean += x[i] / kRows;
      }
      for (std::size_t i = j; i < x.size(); i += kColumns) {
        squares += (x[i] - mean) * (x[i] - mean);
      }
      deviations[j] = 1 / std::sqrt(squares / kRows);
    }
    const Array numbers(backend, DType::f32, {kRows, kColumns}, x);
    const Array y(backend, DType::f32, {kRows, kColumns});
    const Array ones(backend, DType::f32, {kColumns}, Doubles(kColumns, 1));
    const Array mean(backend, DType::f32, {kColumns});
    const Array deviation(backend, DType::f32, {kColumns});
    const Backend::BatchNorm norm{.epsilon = 0,
                                  .gamma = ones.floats(),
                                  .beta = ones.floats(),
                                  .mean = mean.floats(),
                                  .inverse_deviation = deviation.floats()};
    REQUIRE(backend.batch_norm_forward(norm, numbers.tensor(), y.tensor()) == Status::ok);
    const Doubles got = deviation.numbers();
    for (std::size_t j = 0; j < kColumns; ++j) {
      CHECK(std::fabs(got[j] / deviations[j] - 1) < 1e-6);
    }
  });
}

// PyTorch refuses such a batch; the last batch of an epoch may be one.
TEST_CASE("of a batch of one row the running variance follows 0, the mean the row") {
  on_all([](Backend& backend) {
    const Array x(backend, DType::f32, {1, 2}, {3, -8});
    const Array y(backend, DType::f32, {1, 2});
    const RunningNorm a(backend, {1, 1}, {0.5, 7}, {1, 4}, {2, 16});
    REQUIRE(backend.batch_norm_forward(a.norm(0.25F), x.tensor(), y.tensor()) == Status::ok);
    check_close("batch_norm_forward", DType::f32, y.numbers(), {0.5, 7});
    check_close("batch_norm_forward", DType::f32, a.mean.numbers(), {3, -8});
    check_close("batch_norm_forward", DType::f32, a.deviation.numbers(), {2, 2});
    check_close("batch_norm_forward", DType::f32, a.running_mean.numbers(), {1.5, 1});
    check_close("batch_norm_forward", DType::f32, a.running_variance.numbers(), {1.5, 12});
  });
}

TEST_CASE("layer normalization and its gradients") {
  on_all_cases([](Backend& backend, DType type, const Case& c) {
    const Arrays a(backend, type, c, c.size.rows);
    const auto norm = a.norm<Backend::LayerNorm>();
    REQUIRE(backend.layer_norm_forward(norm, a.x.tensor(), a.y.tensor()) == Status::ok);
    check_close("layer_norm_forward", type, a.y.numbers(),
                layer_normalized(c.x, c.gamma, c.beta, static_cast<double>(kEpsilon)));
    REQUIRE(backend.layer_norm_backward(norm, a.x.tensor(), a.dy.tensor(), a.dx.tensor(),
                                        a.dgamma.floats(), a.dbeta.floats()) == Status::ok);
    a.check_gradients("layer_norm_backward", c, a.dx, layer_normalized);
  });
}

TEST_CASE("a column with NaN is NaN, and no other") {
  on_all([](Backend& backend) {
    const Array x(backend, DType::f32, {2, 3}, {1, std::nan(""), 3, 4, 5, 9});
    const Array ones(backend, DType::f32, {3}, {1, 1, 1});
    const Array mean(backend, DType::f32, {3});
    const Array deviation(backend, DType::f32, {3});
    const Array y(backend, DType::f32, {2, 3});
    const Backend::BatchNorm norm{.gamma = ones.floats(),
                                  .beta = ones.floats(),
                                  .mean = mean.floats(),
                                  .inverse_deviation = deviation.floats()};
    REQUIRE(backend.batch_norm_forward(norm, x.tensor(), y.tensor()) == Status::ok);
    const Doubles numbers = y.numbers();
    CHECK(std::isnan(numbers[1]));
    CHECK(std::isnan(numbers[4]));
    CHECK(std::isfinite(numbers[0] + numbers[2] + numbers[3] + numbers[5]));
  });
}

}  // namespace
}  // namespace autoglm::nn::contract
