// A normal distribution over positions that follows the natural gradient: the covariance matrix
// adaptation evolution strategy (Hansen, "The CMA Evolution Strategy: A Tutorial",
// arXiv:1604.00772, whose equation numbers are given), for coordinates of which some are not asked
// for in a sample.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "search_space/random.h"

namespace autoglm {

class PolicyGaussian {
 public:
  /// Mean 1/2 and the same deviation in each coordinate.
  PolicyGaussian(Eigen::Index size, double deviation);

  Eigen::Index size() const { return mean_.size(); }
  const Eigen::VectorXd& mean() const { return mean_; }
  Eigen::VectorXd deviations() const;  // marginal, [size]

  /// Folded back into [0, 1]. Each coordinate deviates by at least `least_deviations`, so that a
  /// number of few values can leave the cell of the mean (Hamano et al., "CMA-ES with margin",
  /// 2022).
  Eigen::VectorXd draw(Rng& rng, const Eigen::VectorXd& least_deviations /* [size] */) const;

  struct Samples {
    Eigen::MatrixXd points{};     // [size, samples], the best first
    Eigen::MatrixXd active{};     // 1 where a coordinate was asked for, else 0
    Eigen::VectorXd discounts{};  // [samples], what of a positive utility still counts, in (0, 1]
    Eigen::VectorXd ranks{};      // [samples], from 0, equal ones share the mean; empty: in order
  };
  /// One iteration. Samples from elsewhere are taken in with their step shortened to what the
  /// distribution itself takes (Hansen, "Injecting external solutions into CMA-ES",
  /// arXiv:1110.4181). Afterwards no direction deviates by less than `least` or more than 1/2.
  /// REQUIRES: at least two samples, not all of one rank.
  void learn(const Samples& samples, double least);

  /// The Kullback-Leibler divergence of this distribution from `other`.
  double divergence_from(const PolicyGaussian& other) const;

  /// Half the way back to `before`.
  void retreat_to(const PolicyGaussian& before);

 private:
  struct Rates;
  void follow_paths(const Eigen::VectorXd& step, const Eigen::VectorXd& shares, const Rates& rates);
  void adapt_scale(const Rates& rates, const Eigen::VectorXd& asked);
  void adapt_covariance(const Eigen::MatrixXd& steps, const Eigen::MatrixXd& active,
                        const Rates& rates);
  void bound_deviations(double least);
  Eigen::VectorXd whitened(const Eigen::VectorXd& step) const;

  Eigen::VectorXd mean_;                 // [size]
  double scale_ = 1;                     // sigma
  Eigen::MatrixXd covariance_;           // [size, size]
  Eigen::MatrixXd axes_;                 // its eigenvectors, [size, size]
  Eigen::VectorXd lengths_;              // roots of its eigenvalues, [size]
  Eigen::VectorXd scale_path_;           // p_sigma
  Eigen::VectorXd scale_path_variance_;  // of its entries under no selection
  Eigen::VectorXd covariance_path_;      // p_c
  bool path_stalled_ = false;            // 1 - h_sigma
  int iterations_ = 0;
};

}  // namespace autoglm
