#include "optimizer/searchers/gaussian_process.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "optimizer/searchers/acquisition_search.h"
#include "optimizer/searchers/duration_model.h"
#include "optimizer/searchers/initial_design.h"
#include "optimizer/searchers/recommendation.h"
#include "optimizer/searchers/refusal_model.h"
#include "optimizer/searchers/surrogate.h"

namespace autoglm {

namespace {

using Rule = GaussianProcessOptions::Rule;

constexpr std::uint64_t kListed = 2000;  // configurations that are all asked about

// The few that the model thinks best, the best first.
std::vector<Configuration> good_configurations(const SurrogateFitter::Model& model,
                                               const Evidence& evidence) {
  constexpr std::size_t kGood = 5;
  const Eigen::VectorXd means = model.regression.fitted_means();
  std::vector<std::pair<double, Eigen::Index>> ranked;
  ranked.reserve(model.subset.size());
  for (Eigen::Index i = 0; i < means.size(); ++i) {
    ranked.emplace_back(means[i], model.subset[static_cast<std::size_t>(i)]);
  }
  std::sort(ranked.begin(), ranked.end());
  ranked.resize(std::min(kGood, ranked.size()));
  std::vector<Configuration> good;
  good.reserve(ranked.size());
  for (const auto& [mean, index] : ranked) {
    good.push_back(evidence.finished[static_cast<std::size_t>(index)]->configuration);
  }
  return good;
}

class GaussianProcessSearcher final : public Searcher {
 public:
  GaussianProcessSearcher(const SearchSpace& space, const GaussianProcessOptions& options,
                          const GaussianProcessContext& context)
      : options_(options),
        context_(context),
        encoding_(space),
        design_(space, context.seed, options.startup),
        fitter_(encoding_,
                {OutputWarp::identity, OutputWarp::half_rank, OutputWarp::half_rank_power}),
        refusals_(encoding_),
        durations_(encoding_) {
    if (space.count(kListed).value_or(kListed + 1) <= kListed) {
      space.enumerate([&](const Configuration& configuration) {
        listed_.push_back(configuration);
        return true;
      });
    }
  }

  std::optional<Suggestion> suggest(std::int64_t number, const Configuration& fixed,
                                    const History& history) override;

  std::vector<Planner::Recommendation> recommend(std::size_t n, const History& history) override;

 private:
  std::optional<Suggestion> by_model(const Request& request, const Evidence& evidence, Rng& rng);
  Acquisition choose_acquisition(const GaussianRegression& model, const Evidence& evidence,
                                 Rng& rng) const;

  GaussianProcessOptions options_;
  GaussianProcessContext context_;
  Encoding encoding_;
  InitialDesign design_;
  SurrogateFitter fitter_;
  RefusalFitter refusals_;
  DurationFitter durations_;
  std::vector<Configuration> listed_{};  // the whole of a small space
};

std::optional<Suggestion> GaussianProcessSearcher::suggest(std::int64_t number,
                                                           const Configuration& fixed,
                                                           const History& history) {
  const Request request(number, fixed, history);
  Rng rng(context_.seed, static_cast<std::uint64_t>(number));
  const Evidence evidence =
      gather_evidence(history, number, draw_weights(context_.objectives, rng));
  const bool nothing_known = evidence.finished.empty();
  if (nothing_known || design_.is_wanted(request)) {
    if (std::optional<Configuration> designed = design_.next(request)) {
      return Suggestion{std::move(*designed), "initial design: an even cover of the space"};
    }
  } else if (encoding_.features() > 0) {
    if (std::optional<Suggestion> suggestion = by_model(request, evidence, rng)) {
      return suggestion;
    }
  }
  if (std::optional<Configuration> drawn = draw_unvisited(request, rng)) {
    return Suggestion{std::move(*drawn),
                      "drawn at random: no candidate of the model was untried and feasible"};
  }
  return std::nullopt;
}

// One trial at a time improves on the best cost seen, which spurs it on. Beside others, whose costs
// are believed, improvement is on what is believed.
Acquisition GaussianProcessSearcher::choose_acquisition(const GaussianRegression& model,
                                                        const Evidence& evidence, Rng& rng) const {
  const double best =
      evidence.pending.empty() ? model.targets().minCoeff() : model.fitted_means().minCoeff();
  if (options_.acquisition == Rule::mixture) {
    const bool early = evidence.finished.size() <= 3 * static_cast<std::size_t>(design_.size());
    return draw_acquisition(best, options_.kappa, early, rng);
  }
  return {options_.acquisition == Rule::ucb ? Acquisition::Kind::confidence_bound
                                            : Acquisition::Kind::expected_improvement,
          best, options_.kappa};
}

std::optional<Suggestion> GaussianProcessSearcher::by_model(const Request& request,
                                                            const Evidence& evidence, Rng& rng) {
  const FittedWarp& fitted = draw_warp(fitter_.fit(evidence), rng);
  const SurrogateFitter::Model model = fitter_.condition(evidence, fitted);
  Acquisition acquisition = choose_acquisition(model.regression, evidence, rng);
  const std::vector<Configuration> good = good_configurations(model, evidence);
  const GaussianRegression& believed =
      fitter_.believe(evidence.pending, model.regression, acquisition);
  const std::optional<RefusalModel> refusals = refusals_.fit(evidence);
  const bool flat = model.costs.targets.isZero(0);
  const std::optional<DurationModel> durations =
      options_.duration_weight > 0 && !flat ? durations_.fit(evidence) : std::nullopt;
  const AcquisitionProblem problem{believed,
                                   acquisition,
                                   encoding_,
                                   good,
                                   refusals ? &*refusals : nullptr,
                                   durations ? &*durations : nullptr,
                                   options_.duration_weight};
  const auto [optimum, note] = choose_with_neglected(
      request, evidence, options_.neglect, rng,
      [&](const Request& asked) { return maximize_acquisition(problem, asked, listed_, rng); });
  if (!optimum) {
    return std::nullopt;
  }
  const bool improvement = acquisition.kind == Acquisition::Kind::expected_improvement;
  return Suggestion{
      optimum->configuration,
      fmt::format("{}{}{} {:.3g}: predicted {:.3g} +- {:.2g} in deviations of the {} costs of {} "
                  "trials, noise {:.2g}{}",
                  flat ? "all costs are equal, so where the model is least certain: " : "", note,
                  improvement ? "log EI" : "UCB", optimum->value, optimum->mean, optimum->deviation,
                  to_string(fitted.warp), evidence.finished.size(),
                  std::sqrt(fitted.hyperparameters.noise_variance),
                  durations
                      ? fmt::format("; {:.3g} s expected, weighed by {:.3g}",
                                    durations->seconds_at(encoding_.encode(optimum->configuration)),
                                    options_.duration_weight)
                      : "")};
}

std::vector<Planner::Recommendation> GaussianProcessSearcher::recommend(std::size_t n,
                                                                        const History& history) {
  const auto recommended = recommend_under_noise(fitter_, n, history);
  return recommended ? *recommended : Searcher::recommend(n, history);
}

}  // namespace

std::unique_ptr<Searcher> make_gaussian_process_searcher(const SearchSpace& space,
                                                         const GaussianProcessOptions& options,
                                                         const GaussianProcessContext& context) {
  return std::make_unique<GaussianProcessSearcher>(space, options, context);
}

}  // namespace autoglm
