#include "optimizer/models/policy_gaussian.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "search_space/portable_math.h"

namespace autoglm {

namespace {

constexpr double kGreatestDeviation = 0.5;

// Equation 49; `ranks` from 0.
Eigen::VectorXd rank_utilities(const Eigen::VectorXd& ranks) {
  const double middle = portable::log((static_cast<double>(ranks.size()) + 1) / 2);
  return ranks.unaryExpr([middle](double rank) { return middle - portable::log(rank + 1); });
}

// The expected length of a standard normal vector of `size` dimensions.
double expected_length(double size) {
  return std::sqrt(size) * (1 - 1 / (4 * size) + 1 / (21 * size * size));
}

double folded(double position) {
  const double period = std::fmod(std::abs(position), 2.0);
  return period > 1 ? 2 - period : period;
}

}  // namespace

// Table 1 of the tutorial.
struct PolicyGaussian::Rates {
  Eigen::VectorXd weights{};  // [samples], descending, the positive ones sum to 1
  double effective = 1;       // mu_eff
  double scale_path = 0;      // c_sigma
  double scale_damping = 1;   // d_sigma
  double covariance_path = 0;
  double rank_one = 0;
  double rank_mu = 0;

  Rates(const Eigen::VectorXd& ranks, const Eigen::VectorXd& discounts, double n) {
    weights = rank_utilities(ranks);
    const Eigen::VectorXd good = weights.cwiseMax(0).cwiseProduct(discounts);
    const Eigen::VectorXd bad = weights.cwiseMin(0);
    effective = good.sum() * good.sum() / good.squaredNorm();
    const double bad_effective = bad.sum() * bad.sum() / bad.squaredNorm();
    scale_path = (effective + 2) / (n + effective + 5);
    scale_damping = 1 + 2 * std::max(0.0, std::sqrt((effective - 1) / (n + 1)) - 1) + scale_path;
    covariance_path = (4 + effective / n) / (n + 4 + 2 * effective / n);
    rank_one = 2 / ((n + 1.3) * (n + 1.3) + effective);
    rank_mu = std::min(
        1 - rank_one, 2 * (0.25 + effective + 1 / effective - 2) / ((n + 2) * (n + 2) + effective));
    const double least = std::min({1 + rank_one / rank_mu, 1 + 2 * bad_effective / (effective + 2),
                                   (1 - rank_one - rank_mu) / (n * rank_mu)});
    weights = good / good.sum() + bad * (std::max(least, 0.0) / -bad.sum());
  }
};

PolicyGaussian::PolicyGaussian(Eigen::Index size, double deviation)
    : mean_(Eigen::VectorXd::Constant(size, 0.5)),
      scale_(deviation),
      covariance_(Eigen::MatrixXd::Identity(size, size)),
      axes_(covariance_),
      lengths_(Eigen::VectorXd::Ones(size)),
      scale_path_(Eigen::VectorXd::Zero(size)),
      scale_path_variance_(Eigen::VectorXd::Ones(size)),
      covariance_path_(Eigen::VectorXd::Zero(size)) {}

Eigen::VectorXd PolicyGaussian::deviations() const {
  return scale_ * covariance_.diagonal().cwiseSqrt();
}

Eigen::VectorXd PolicyGaussian::draw(Rng& rng, const Eigen::VectorXd& least_deviations) const {
  Eigen::VectorXd normal(size());
  for (double& one : normal) {
    one = rng.normal();
  }
  Eigen::VectorXd step = scale_ * (axes_ * lengths_.cwiseProduct(normal));
  step.array() *= (least_deviations.array() / deviations().array()).max(1.0);
  return (mean_ + step).unaryExpr(&folded);
}

Eigen::VectorXd PolicyGaussian::whitened(const Eigen::VectorXd& step) const {
  return axes_ * (axes_.transpose() * step).cwiseQuotient(lengths_);
}

void PolicyGaussian::learn(const Samples& samples, double least) {
  const Eigen::Index count = samples.points.cols();
  if (samples.active.sum() == 0) {
    return;
  }
  const auto n = static_cast<double>(size());
  const auto n_samples = static_cast<double>(count);
  const Rates rates(samples.ranks.size() > 0 ? samples.ranks
                                             : Eigen::VectorXd::LinSpaced(count, 0, n_samples - 1),
                    samples.discounts, n);
  Eigen::MatrixXd steps = (samples.points.colwise() - mean_) / scale_;
  steps.array() *= samples.active.array();
  const double longest = std::sqrt(n) + 2 * n / (n + 2);
  for (Eigen::Index k = 0; k < count; ++k) {
    const double length = whitened(steps.col(k)).norm();
    steps.col(k) *= length > longest ? longest / length : 1;
  }
  // Of the natural gradient's mean of a coordinate only the samples that asked for it know; where
  // they are few, less than all is made up for.
  constexpr double kLeastShare = 1.0 / 3;
  const Eigen::VectorXd good = rates.weights.cwiseMax(0);
  const Eigen::VectorXd asked =
      (samples.active.rowwise().sum() / static_cast<double>(count)).cwiseMax(kLeastShare);
  const Eigen::VectorXd step = (steps * good).cwiseQuotient(asked);
  const Eigen::VectorXd shares =
      (samples.active * good.cwiseAbs2() * rates.effective).cwiseQuotient(asked.cwiseAbs2());
  follow_paths(step, shares, rates);
  adapt_covariance(steps, samples.active, rates);
  mean_ = (mean_ + scale_ * step).cwiseMax(0).cwiseMin(1);
  adapt_scale(rates, samples.active.rowwise().mean());
  bound_deviations(least);
  ++iterations_;
}

// Equation 44; the deviation of a coordinate follows by as much as the batch asked for it.
void PolicyGaussian::adapt_scale(const Rates& rates, const Eigen::VectorXd& asked) {
  constexpr double kLeastVariance = 0.5;  // of the path, below which its length tells nothing
  const double variance = scale_path_variance_.sum();
  if (variance < kLeastVariance) {
    return;
  }
  const double excess = scale_path_.norm() / expected_length(variance) - 1;
  const double growth = std::min(1.0, rates.scale_path / rates.scale_damping * excess);
  scale_ *= portable::exp(growth);
  const Eigen::VectorXd kept =
      asked.unaryExpr([growth](double share) { return portable::exp((share - 1) * growth); });
  covariance_ = kept.asDiagonal() * covariance_ * kept.asDiagonal();
}

// Equations 43, 45 and h_sigma. What coordinates that were seldom asked for add to the length of a
// path is not expected of it either.
void PolicyGaussian::follow_paths(const Eigen::VectorXd& step, const Eigen::VectorXd& shares,
                                  const Rates& rates) {
  const auto n = static_cast<double>(size());
  const double keep = 1 - rates.scale_path;
  const double take = rates.scale_path * (2 - rates.scale_path);
  scale_path_ = keep * scale_path_ + std::sqrt(take * rates.effective) * whitened(step);
  scale_path_variance_ = keep * keep * scale_path_variance_ + take * shares;
  const double begun = std::sqrt(1 - portable::pow(keep, 2 * (iterations_ + 1)));
  const double variance = std::max(scale_path_variance_.sum(), 1.0);
  path_stalled_ = scale_path_.norm() / begun >= (1.4 + 2 / (n + 1)) * expected_length(variance);
  const double turn = rates.covariance_path * (2 - rates.covariance_path) * rates.effective;
  covariance_path_ = (1 - rates.covariance_path) * covariance_path_;
  if (!path_stalled_) {
    covariance_path_ += std::sqrt(turn) * step;
  }
}

// Equation 47, each entry by the samples that asked for both of its coordinates.
void PolicyGaussian::adapt_covariance(const Eigen::MatrixXd& steps, const Eigen::MatrixXd& active,
                                      const Rates& rates) {
  const double stalled = path_stalled_ ? rates.covariance_path * (2 - rates.covariance_path) : 0;
  const Eigen::MatrixXd asked = active * active.transpose() / static_cast<double>(active.cols());
  Eigen::MatrixXd change =
      rates.rank_one * asked.cwiseProduct(covariance_path_ * covariance_path_.transpose() -
                                          (1 - stalled) * covariance_);
  for (Eigen::Index k = 0; k < steps.cols(); ++k) {
    double weight = rates.weights[k];
    if (weight < 0) {
      const double length = whitened(steps.col(k)).squaredNorm();
      weight *= length > 0 ? active.col(k).sum() / length : 0;
    }
    const Eigen::MatrixXd both = active.col(k) * active.col(k).transpose();
    change += rates.rank_mu * (weight * steps.col(k) * steps.col(k).transpose() -
                               rates.weights[k] * both.cwiseProduct(covariance_));
  }
  covariance_ += change;
}

void PolicyGaussian::bound_deviations(double least) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance_);
  axes_ = solver.eigenvectors();
  lengths_ = (solver.eigenvalues().cwiseMax(0).cwiseSqrt() * scale_)
                 .cwiseMax(least)
                 .cwiseMin(kGreatestDeviation) /
             scale_;
  // What the scale lost or gained over many batches belongs to the lengths.
  constexpr double kLeastScale = 1e-3;
  if (scale_ < kLeastScale || scale_ > 1 / kLeastScale) {
    const double unit = lengths_.mean();
    scale_ *= unit;
    lengths_ /= unit;
    covariance_path_ /= unit;
  }
  covariance_ = axes_ * lengths_.cwiseAbs2().asDiagonal() * axes_.transpose();
}

double PolicyGaussian::divergence_from(const PolicyGaussian& other) const {
  const auto n = static_cast<double>(size());
  const Eigen::MatrixXd mixed =
      (scale_ / other.scale_) * (other.lengths_.cwiseInverse().asDiagonal() *
                                 (other.axes_.transpose() * axes_) * lengths_.asDiagonal());
  const double moved =
      other.whitened(mean_ - other.mean_).squaredNorm() / (other.scale_ * other.scale_);
  const double log_ratio =
      2 * (n * portable::log(scale_ / other.scale_) + lengths_.unaryExpr(&portable::log).sum() -
           other.lengths_.unaryExpr(&portable::log).sum());
  return (mixed.squaredNorm() + moved - n - log_ratio) / 2;
}

void PolicyGaussian::retreat_to(const PolicyGaussian& before) {
  mean_ = (mean_ + before.mean_) / 2;
  const Eigen::MatrixXd both =
      scale_ * scale_ * covariance_ + before.scale_ * before.scale_ * before.covariance_;
  scale_ = std::sqrt(scale_ * before.scale_);
  covariance_ = both / (2 * scale_ * scale_);
  bound_deviations(0);
}

}  // namespace autoglm
