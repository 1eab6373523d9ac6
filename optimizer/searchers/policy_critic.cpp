#include "optimizer/searchers/policy_critic.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

namespace autoglm {

namespace {

constexpr std::size_t kBatches = 15;
constexpr std::size_t kBatch = 64;
constexpr std::size_t kProposals = 256;
constexpr Eigen::Index kFewTrials = 200;  // beyond which predictions cost enough to be rationed
constexpr std::size_t kJudged = 64;       // proposals whose deviation is looked at then
constexpr std::size_t kStarts = 3;        // proposals that are refined; beyond those trials 1
constexpr double kKappa = 1.8;            // deviations of optimism of the bound that judges

// With many trials a prediction costs more and practice teaches less.
std::size_t batches_with(Eigen::Index trials) {
  constexpr double kLeast = 3;
  const double share = std::min(1.0, static_cast<double>(kFewTrials) / static_cast<double>(trials));
  return static_cast<std::size_t>(std::max(kLeast, static_cast<double>(kBatches) * share * share));
}

// Deviations of optimism in practice: fewer, the more of the budget is spent.
double optimism(const PolicyState& state) { return 1.5 * (1 - state.progress) + 0.3; }

}  // namespace

PolicyCritic::PolicyCritic(const PolicyProcess& process, std::size_t early)
    : process_(process),
      early_(early),
      encoding_(process.space()),
      fitter_(encoding_,
              {OutputWarp::identity, OutputWarp::half_rank, OutputWarp::half_rank_power}),
      refusals_(encoding_) {}

PolicyCritic::Model PolicyCritic::model_of(const Evidence& evidence, Rng& rng) {
  const FittedWarp& fitted = draw_warp(fitter_.fit(evidence), rng);
  const GaussianRegression& finished = fitter_.condition(evidence, fitted).regression;
  Acquisition acquisition = draw_acquisition(finished.fitted_means().minCoeff(), kKappa,
                                             evidence.finished.size() <= early_, rng);
  const GaussianRegression& costs = fitter_.believe(evidence.pending, finished, acquisition);
  return {costs, refusals_.fit(evidence), acquisition};
}

// Logarithms of the chance of a cost at all; see log_chance.
Eigen::VectorXd PolicyCritic::chances(const Model& model, const Eigen::MatrixXd& points) {
  Eigen::VectorXd chances = Eigen::VectorXd::Zero(points.rows());
  if (model.refusals) {
    const Predictions refused = model.refusals->regression.predict(points);
    for (Eigen::Index i = 0; i < chances.size(); ++i) {
      chances[i] = log_chance(*model.refusals, refused.means[i], refused.variances[i]).value;
    }
  }
  return chances;
}

// Imagined trials that earn what the model promises of them, -(mean - kappa * deviation).
std::size_t PolicyCritic::practise(PolicyRule& policy, const PolicyState& state,
                                   const Request& request, const Model& model, Rng& rng) const {
  const std::unique_ptr<PolicyRule> anchor = policy.clone();
  const double kappa = optimism(state);
  std::vector<Configuration> played(kBatch);
  std::vector<Episode> episodes(kBatch);
  const std::size_t batches = batches_with(model.costs.points().rows());
  for (std::size_t batch = 0; batch < batches; ++batch) {
    for (std::size_t i = 0; i < kBatch; ++i) {
      const std::vector<double> positions = policy.draw(state, 1, rng);
      played[i] = process_.play([&](std::size_t head) { return positions[head]; }, request.fixed());
      episodes[i] = process_.episode_of(played[i]);
    }
    const Eigen::MatrixXd points = encoding_.encode(played);
    const Predictions predicted = model.costs.predict(points);
    const Eigen::VectorXd costs =
        predicted.means - kappa * predicted.variances.cwiseSqrt() - chances(model, points);
    std::vector<std::size_t> order(kBatch);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return costs[static_cast<Eigen::Index>(a)] < costs[static_cast<Eigen::Index>(b)];
    });
    std::vector<const Episode*> ranked;
    ranked.reserve(kBatch);
    for (const std::size_t i : order) {
      ranked.push_back(&episodes[i]);
    }
    if (!policy.imagine(ranked, state, *anchor)) {
      return batch;
    }
  }
  return batches;
}

std::vector<Configuration> PolicyCritic::proposals(const PolicyRule& policy,
                                                   const PolicyState& state, const Request& request,
                                                   PolicyGradientOptions::Proposals kind,
                                                   Rng& rng) const {
  constexpr double kWiden = 0.01;  // for each one that cannot be used
  std::vector<Configuration> open;
  open.reserve(kProposals);
  double widening = 1;
  for (std::size_t i = 0; i < kProposals; ++i) {
    std::vector<double> positions;
    if (kind == PolicyGradientOptions::Proposals::policy) {
      positions = policy.draw(state, widening, rng);
    } else {
      positions.resize(process_.heads().size());
      std::generate(positions.begin(), positions.end(), [&] { return rng.uniform(); });
    }
    Configuration proposed =
        process_.play([&](std::size_t head) { return positions[head]; }, request.fixed());
    if (request.is_open(proposed)) {
      open.push_back(std::move(proposed));
    } else {
      widening += kWiden;
    }
  }
  return open;
}

// With many trials deviations are looked at where the means are least.
std::vector<Configuration> PolicyCritic::shortlist(std::vector<Configuration> open,
                                                   const Model& model) const {
  if (open.size() <= kJudged || model.costs.points().rows() <= kFewTrials) {
    return open;
  }
  const Eigen::VectorXd means = model.costs.means(encoding_.encode(open));
  std::vector<std::size_t> order(open.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return means[static_cast<Eigen::Index>(a)] < means[static_cast<Eigen::Index>(b)];
  });
  std::vector<Configuration> judged;
  judged.reserve(kJudged);
  for (std::size_t i = 0; i < kJudged; ++i) {
    judged.push_back(std::move(open[order[i]]));
  }
  return judged;
}

std::optional<PolicyCritic::Choice> PolicyCritic::choose(const Actor& actor,
                                                         const Evidence& evidence,
                                                         const Request& request,
                                                         const PolicyGradientOptions& options,
                                                         Rng& rng) {
  const Model model = model_of(evidence, rng);
  Choice choice{.kind = model.acquisition.kind};
  const std::unique_ptr<PolicyRule> policy = actor.policy.clone();
  if (options.proposals == PolicyGradientOptions::Proposals::policy) {
    choice.batches = practise(*policy, actor.state, request, model, rng);
  }
  std::vector<Configuration> open =
      proposals(*policy, actor.state, request, options.proposals, rng);
  if (open.empty()) {
    return std::nullopt;
  }
  choice.proposals = open.size();
  open = shortlist(std::move(open), model);
  choice.refined = rng.uniform() >= actor.state.epsilon(options.epsilon);
  if (!choice.refined) {
    open = {open[rng.below(open.size())]};
  }
  const std::size_t starts = model.costs.points().rows() > kFewTrials ? 1 : kStarts;
  const std::vector<Configuration> nothing_else;
  std::optional<AcquisitionOptimum> optimum =
      refine_proposals({model.costs, model.acquisition, encoding_, nothing_else,
                        model.refusals ? &*model.refusals : nullptr},
                       request, std::move(open), choice.refined ? starts : 0, rng);
  if (!optimum) {
    return std::nullopt;
  }
  choice.optimum = std::move(*optimum);
  return choice;
}

}  // namespace autoglm
