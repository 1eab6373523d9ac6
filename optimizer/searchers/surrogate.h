// From a history's evidence to the model that gp asks.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "optimizer/models/acquisition.h"
#include "optimizer/models/gaussian_regression.h"
#include "optimizer/models/portfolio.h"
#include "optimizer/searchers/evidence.h"
#include "search_space/encoding.h"

namespace autoglm {

/// Gaussian processes of the costs of a study. Hyper-parameters are found anew from a cold start
/// each time that the number of finished trials has grown by 5 % (but at most by 50), on at most
/// 200 of them. A model is exact up to 500 trials; beyond, it is of an informative subset of those
/// at the last fit and of all since. Both depend on the evidence alone: what is kept between calls
/// is a cache of that function.
class SurrogateFitter {
 public:
  /// `encoding` must outlive it.
  SurrogateFitter(const Encoding& encoding, std::vector<OutputWarp> warps);

  /// The fits to the evidence, one a warp. Where all costs are equal nothing can be fitted: once,
  /// with lengths that a fit would start from (at least 0.5), and hardly any noise.
  /// REQUIRES: at least one finished trial; at least one feature.
  const std::vector<FittedWarp>& fit(const Evidence& evidence);

  struct Model {
    const GaussianRegression& regression;  // kept here until the next call to fit or condition
    WarpedCosts costs;                     // of the trials `subset`
    std::vector<Eigen::Index> subset;      // into evidence.finished
  };
  /// Conditioned on the finished trials, as `fitted` sees them. REQUIRES: fit(evidence) was the
  /// last call to fit, and `fitted` is one of its result.
  Model condition(const Evidence& evidence, const FittedWarp& fitted);

  /// What is known once the `pending` trials end as `model` expects: `model` where there are none,
  /// else another one, kept here until the next call.
  const GaussianRegression& believe(const std::vector<const Trial*>& pending,
                                    const GaussianRegression& model, Acquisition& acquisition);

  Eigen::Index features() const { return encoding_.features(); }

 private:
  Eigen::MatrixXd encode(const std::vector<const Trial*>& trials) const;  // [trials, features]

  /// A model as far as it has grown, and the numbers of its trials.
  struct Grown {
    std::optional<GaussianRegression> model{};
    std::vector<std::int64_t> trials{};
  };

  /// What was found at the last fit.
  struct Fit {
    std::vector<std::int64_t> trials{};  // the numbers of those finished by then
    Eigen::VectorXd costs{};             // theirs, then
    std::vector<FittedWarp> warps{};
    std::vector<Eigen::Index> subset{};  // that models begin with
    std::vector<Grown> models{};         // a warp
  };

  const Encoding& encoding_;
  std::vector<OutputWarp> warps_;
  ColumnGroups groups_;
  Fit fit_{};
  std::optional<GaussianRegression> believed_{};
};

}  // namespace autoglm
