// Expected numbers are scikit-learn's, for the same kernels (reference.py).
#include "optimizer/models/gaussian_regression.h"

#include <doctest/doctest.h>

#include <cmath>

namespace autoglm {

namespace {

const ColumnGroups kTwo{{0, 1}, 2, {}};

GaussianRegression reference_model() {
  return {Eigen::MatrixXd({{0.1, 0.2}, {0.4, 0.9}, {0.8, 0.5}, {0.7, 0.1}, {0.3, 0.6}}),
          Eigen::VectorXd({{0.5, -1.2, 0.3, 1.4, -1.0}}),
          kTwo,
          {Eigen::Vector2d(0.4, 0.7), 1.3, 0.05, {}}};
}

// Two numbers and a choice of three, with a trend.
const ColumnGroups kMixed{{0, 1, 2, 2, 2}, 3, {false, false, true}};
constexpr double kHot = 0.70710678118654752;

GaussianRegression mixed_model() {
  const Hyperparameters hyperparameters{Eigen::Vector3d(0.4, 0.7, 0.5), 1.3, 0.05, {0.2, 0.1, 0.3}};
  return {Eigen::MatrixXd({{0.1, 0.2, kHot, 0, 0},
                           {0.4, 0.9, 0, kHot, 0},
                           {0.8, 0.5, 0, 0, kHot},
                           {0.7, 0.1, 0, kHot, 0},
                           {0.3, 0.6, kHot, 0, 0}}),
          Eigen::VectorXd({{0.5, -1.2, 0.3, 1.4, -1.0}}), kMixed, hyperparameters};
}

void check_near(const Eigen::VectorXd& result, const Eigen::VectorXd& expected) {
  REQUIRE(result.size() == expected.size());
  CHECK((result - expected).cwiseAbs().maxCoeff() < 1e-12);
}

void check_sane(const GaussianRegression& model, const Eigen::MatrixXd& at) {
  const Predictions predictions = model.predict(at);
  CHECK(predictions.means.allFinite());
  CHECK(predictions.variances.allFinite());
  CHECK(predictions.variances.minCoeff() >= 0);
  CHECK(model.leave_one_out_means().allFinite());
  CHECK(std::isfinite(model.log_marginal_likelihood()));
}

}  // namespace

TEST_CASE("likelihood, predictions and leave-one-out agree with scikit-learn") {
  const GaussianRegression model = reference_model();
  CHECK(model.log_marginal_likelihood() == doctest::Approx(-7.075412460339324).epsilon(1e-13));
  const Eigen::MatrixXd at({{0.1, 0.2}, {0.5, 0.5}, {1, 1}});
  const Predictions predictions = model.predict(at);
  check_near(predictions.means,
             Eigen::Vector3d(0.44239613928376625, -0.319741052996987, -0.07162466921414962));
  check_near(predictions.variances,
             Eigen::Vector3d(0.04684971066251345, 0.22380331643948792, 0.8783422985162541));
  check_near(model.means(at), predictions.means);
  check_near(model.fitted_means(), model.means(model.points()));
  check_near(model.leave_one_out_means(),
             Eigen::VectorXd({{-0.41426301753900757, -1.0698783097362559, 0.6989358093575054,
                               0.24762038669562952, -0.4498618281191264}}));
}

TEST_CASE("a trend in numbers and choices agrees with scikit-learn") {
  const GaussianRegression model = mixed_model();
  CHECK(model.log_marginal_likelihood() == doctest::Approx(-8.567802544743644).epsilon(1e-13));
  const Eigen::MatrixXd at({{0.1, 0.2, kHot, 0, 0}, {0.5, 0.5, 0, 0, kHot}, {1, 1, 0, kHot, 0}});
  const Predictions predictions = model.predict(at);
  check_near(predictions.means,
             Eigen::Vector3d(0.4597222415123152, 0.030139857006841072, -0.11047627472432922));
  check_near(predictions.variances,
             Eigen::Vector3d(0.04797921218820925, 0.9178459418981733, 2.351316578263208));
  check_near(model.leave_one_out_means(),
             Eigen::VectorXd({{-0.49658554581239445, 0.40782527353492876, -0.03836112473628535,
                               -0.33458674093956753, 0.059487475554925444}}));
}

TEST_CASE("the gradients of mean and variance are those of their values") {
  const GaussianRegression model = mixed_model();
  constexpr double kStep = 1e-6;
  for (const Eigen::VectorXd& at :
       {Eigen::VectorXd({{0.5, 0.5, 0, 0, kHot}}), Eigen::VectorXd({{0.0, 1.0, 0.2, 0.1, 0.0}}),
        Eigen::VectorXd({{0.41, 0.9, 0, kHot, 0}})}) {
    const PointPrediction result = model.predict_with_gradient(at);
    CHECK(result.mean == doctest::Approx(model.means(at.transpose())[0]));
    for (Eigen::Index i = 0; i < at.size(); ++i) {
      const Eigen::VectorXd step = Eigen::VectorXd::Unit(at.size(), i) * kStep;
      const Predictions above = model.predict((at + step).transpose());
      const Predictions below = model.predict((at - step).transpose());
      CHECK(result.mean_gradient[i] ==
            doctest::Approx((above.means[0] - below.means[0]) / (2 * kStep)).epsilon(1e-5));
      CHECK(result.variance_gradient[i] ==
            doctest::Approx((above.variances[0] - below.variances[0]) / (2 * kStep)).epsilon(1e-5));
    }
  }
}

TEST_CASE("a model that grew is the model of all its points, to the bit") {
  const GaussianRegression whole = mixed_model();
  const Eigen::MatrixXd at = whole.points().array() + 0.1;
  GaussianRegression grown(whole.points().topRows(2), whole.targets().head(2), kMixed,
                           whole.hyperparameters());
  for (const Eigen::Index size : {3, 5}) {
    const Eigen::Index more = size - grown.points().rows();
    grown.grow(whole.points().middleRows(size - more, more), whole.targets().head(size));
  }
  CHECK(grown.predict(at).means == whole.predict(at).means);
  CHECK(grown.predict(at).variances == whole.predict(at).variances);
}

TEST_CASE("believing in pending points keeps the mean and takes away uncertainty there") {
  const GaussianRegression model = reference_model();
  const Eigen::MatrixXd pending({{0.9, 0.9}});
  const Eigen::MatrixXd at({{0.9, 0.9}, {0.2, 0.3}});
  const Predictions before = model.predict(at);
  const Predictions after = model.believing(pending).predict(at);
  check_near(after.means, before.means);
  CHECK(after.variances[0] < 1e-5);
  CHECK(before.variances[0] > 0.1);
  CHECK(after.variances[1] < before.variances[1]);
}

TEST_CASE("a thousand copies of one point are no trouble") {
  const Eigen::MatrixXd points = Eigen::MatrixXd::Constant(1000, 2, 0.3);
  const Eigen::VectorXd targets = Eigen::VectorXd::LinSpaced(1000, -1, 1);
  const GaussianRegression model(points, targets, kTwo, {Eigen::Vector2d(0.5, 0.5), 1, 1e-12, {}});
  check_sane(model, Eigen::MatrixXd({{0.3, 0.3}, {0.9, 0.9}}));
  CHECK(std::abs(model.means(points.topRows(1))[0]) < 1e-3);
}

TEST_CASE("one point, and coordinates as close as doubles can be, are no trouble") {
  check_sane({Eigen::MatrixXd({{0.5, 0.5}}),
              Eigen::VectorXd::Zero(1),
              kTwo,
              {Eigen::Vector2d(0.5, 0.5), 1, 1e-6, {}}},
             Eigen::MatrixXd({{0.5, 0.5}, {0, 1}}));
  check_sane({Eigen::MatrixXd({{0.5, 0}, {0.5, 1e-300}, {std::nextafter(0.5, 1), 0}}),
              Eigen::Vector3d(-1, 0, 1),
              kTwo,
              {Eigen::Vector2d(0.02, 60), 1e3, 1e-6, {}}},
             Eigen::MatrixXd({{0.5, 0}, {1, 1}}));
}

}  // namespace autoglm
