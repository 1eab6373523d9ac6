#include "optimizer/searchers/recommendation.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace autoglm {

bool is_noisy(const Hyperparameters& hyperparameters) {
  constexpr double kNoisy = 0.01;
  return hyperparameters.noise_variance >=
         kNoisy * (hyperparameters.signal_variance + hyperparameters.noise_variance);
}

namespace {

// The last values of pruned trials are no values of their configurations: beside them a function
// without noise would look noisy.
void keep_complete(Evidence& evidence) {
  std::erase_if(evidence.finished,
                [](const Trial* trial) { return trial->state != TrialState::complete; });
  evidence.costs = evidence.costs_of_first(evidence.finished.size());
}

}  // namespace

std::optional<std::vector<Planner::Recommendation>> recommend_under_noise(SurrogateFitter& fitter,
                                                                          std::size_t n,
                                                                          const History& history) {
  if (history.objective().size() > 1) {
    return std::nullopt;
  }
  Evidence evidence = gather_evidence(history, -1, Eigen::VectorXd::Ones(1));
  keep_complete(evidence);
  if (evidence.complete < 3 || fitter.features() == 0) {
    return std::nullopt;
  }
  // Not the power transform: the other two are affine where it matters.
  std::vector<FittedWarp> fitted = fitter.fit(evidence);
  fitted.resize(std::min<std::size_t>(2, fitted.size()));
  const FittedWarp& best = best_warp(fitted);
  if (!is_noisy(best.hyperparameters)) {
    return std::nullopt;
  }
  const SurrogateFitter::Model model = fitter.condition(evidence, best);
  const Predictions predictions = model.regression.predict(model.regression.points());
  const Eigen::VectorXd costs = evidence.costs(model.subset);
  std::vector<Planner::Recommendation> all;
  all.reserve(model.subset.size());
  for (std::size_t i = 0; i < model.subset.size(); ++i) {
    const Trial& trial = *evidence.finished[static_cast<std::size_t>(model.subset[i])];
    const auto row = static_cast<Eigen::Index>(i);
    const UnwarpedCost expected = unwarp(model.costs, costs, predictions.means[row]);
    all.push_back(
        {trial.number, expected.cost, expected.slope * std::sqrt(predictions.variances[row])});
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a.expected, a.trial) < std::tie(b.expected, b.trial);
  });
  all.resize(std::min(n, all.size()));
  for (Planner::Recommendation& one : all) {
    one.expected = history.objective().cost(0, one.expected);  // back to a value: its own inverse
  }
  return all;
}

}  // namespace autoglm
