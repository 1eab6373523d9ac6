// Prints what the Gaussian process computes on the baseline path, every bit of it, for
// numerics_test to compare between processors. With an argument: as on a processor with small
// caches.
#include <Eigen/Core>
#include <cstdio>

#include "optimizer/models/acquisition.h"
#include "optimizer/models/numerics.h"
#include "optimizer/models/portfolio.h"
#include "search_space/parameter.h"

namespace autoglm {
namespace {

void print(const Eigen::MatrixXd& numbers) {
  for (const double number : numbers.reshaped()) {
    std::printf("%a\n", number);
  }
}

void print_models(Eigen::Index points, Eigen::Index features) {
  Rng rng(5, static_cast<std::uint64_t>(points));
  const auto uniform = [&rng] { return rng.uniform(); };
  const Eigen::MatrixXd at = Eigen::MatrixXd::NullaryExpr(points, features, uniform);
  const Eigen::MatrixXd others = Eigen::MatrixXd::NullaryExpr(30, features, uniform);
  Eigen::VectorXd costs = (at.array() - 0.3).square().rowwise().sum();
  ColumnGroups groups{.count = features};
  for (int column = 0; column < features; ++column) {
    costs += 0.1 * column * (at.col(column).array() > 0.6).matrix().cast<double>();
    groups.group_of.push_back(column);
  }
  for (const FittedWarp& fitted :
       fit_warps(at, costs, groups,
                 {OutputWarp::identity, OutputWarp::half_rank, OutputWarp::half_rank_power})) {
    print(fitted.hyperparameters.lengths);
    std::printf("%a %a %a\n", fitted.hyperparameters.signal_variance,
                fitted.hyperparameters.noise_variance, fitted.concordance);
    const Eigen::VectorXd targets = warp_costs(fitted.warp, costs).targets;
    const GaussianRegression model(at, targets, groups, fitted.hyperparameters);
    const Predictions predictions = model.predict(others);
    print(predictions.means);
    print(predictions.variances);
    const PointPrediction prediction = model.predict_with_gradient(others.row(0));
    print(prediction.mean_gradient);
    print(prediction.variance_gradient);
    std::printf("%a\n", model.log_marginal_likelihood());
  }
}

void print_scalars() {
  Rng rng(6, 0);
  const Domain range = FloatRange{.min = 1e-7, .max = 3, .log = true};
  for (int i = 0; i < 20000; ++i) {
    const LogImprovement improvement = log_improvement(8 * rng.normal());
    std::printf("%a %a\n", improvement.value, improvement.derivative);
    const Value value = value_at(range, rng.uniform());
    std::printf("%a %a\n", std::get<double>(value), position_of(range, value));
  }
}

}  // namespace
}  // namespace autoglm

int main(int argc, char** /*argv*/) {
  autoglm::use_numerics_path(autoglm::NumericsPath::baseline);
  if (argc > 1) {
    Eigen::setCpuCacheSizes(8 << 10, 64 << 10, 512 << 10);
  }
  autoglm::print_models(40, 3);
  autoglm::print_models(300, 12);
  autoglm::print_scalars();
  return 0;
}
