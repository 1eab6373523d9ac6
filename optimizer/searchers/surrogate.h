// From a history's evidence to the model that gp asks.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "optimizer/models/gaussian_regression.h"
#include "optimizer/models/portfolio.h"
#include "optimizer/searchers/evidence.h"
#include "search_space/encoding.h"

namespace autoglm {

/// Gaussian processes of the costs of a study. Exact up to 500 trials; beyond, on an informative
/// subset of 500. Hyper-parameters are found anew from a cold start each time that the number of
/// finished trials has grown by 5 %, on at most 200 of them: they depend on the evidence alone, and
/// what is kept between calls is a cache of that function.
class SurrogateFitter {
 public:
  /// `encoding` must outlive it.
  explicit SurrogateFitter(const Encoding& encoding);

  /// The fits to the evidence, one a warp. Where all costs are equal: the priors' own, once.
  /// REQUIRES: at least one finished trial; at least one feature.
  const std::vector<FittedWarp>& fit(const Evidence& evidence);

  struct Model {
    GaussianRegression regression;
    WarpedCosts costs;                 // of the trials `subset`
    std::vector<Eigen::Index> subset;  // into evidence.finished
  };
  /// Conditioned on the finished trials, as `fitted` sees them.
  Model condition(const Evidence& evidence, const FittedWarp& fitted) const;

  Eigen::MatrixXd encode(const std::vector<const Trial*>& trials) const;  // [trials, features]

 private:
  const Encoding& encoding_;
  ColumnGroups groups_;
  // The arguments of the last fit, and its result.
  Eigen::MatrixXd points_{};
  Eigen::VectorXd costs_{};
  std::vector<FittedWarp> fitted_{};
};

}  // namespace autoglm
