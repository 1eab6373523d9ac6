#include "optimizer/searchers/acquisition_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "optimizer/models/box_minimizer.h"
#include "optimizer/searchers/candidates.h"
#include "search_space/portable_math.h"

namespace autoglm {

namespace {

constexpr std::size_t kGreedyStarts = 2;
constexpr std::size_t kDrawnStarts = 3;
constexpr Eigen::Index kLarge = 250;  // trials beyond which a start costs enough to have but one
constexpr int kRounds = 3;
constexpr int kIterations = 25;

struct Scored {
  Configuration configuration{};
  double value = 0;
};

double deviation_of(double variance) { return std::sqrt(std::max(variance, 1e-18)); }

class AcquisitionSearch {
 public:
  AcquisitionSearch(const AcquisitionProblem& problem, const Request& request, Rng& rng)
      : problem_(problem),
        request_(request),
        rng_(rng),
        maker_(request.space(), request.fixed(), reaches()) {}

  // The open ones among `configurations`, with their values.
  std::vector<Scored> score(std::vector<Configuration> configurations) const;
  std::vector<Configuration> candidates() const;
  std::vector<Scored> starts(std::vector<Scored> scored) const;
  Scored refine(Scored start) const;
  AcquisitionOptimum describe(Scored best) const;

 private:
  Eigen::VectorXd values_at(const Eigen::MatrixXd& points) const;
  double value_at(const Eigen::VectorXd& features, Eigen::VectorXd& gradient) const;
  double duration_price() const;
  std::vector<double> reaches() const;
  std::vector<Eigen::Index> movable_columns(const Configuration& configuration) const;
  bool climb(Scored& current) const;
  bool exchange(Scored& current) const;

  const AcquisitionProblem& problem_;
  const Request& request_;
  Rng& rng_;
  CandidateMaker maker_;
};

std::vector<double> AcquisitionSearch::reaches() const {
  std::vector<double> reaches(request_.space().size(), 1);
  const Eigen::VectorXd& lengths = problem_.model.hyperparameters().lengths;
  const auto& blocks = problem_.encoding.blocks();
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    reaches[blocks[i].parameter] = std::clamp(2 * lengths[static_cast<Eigen::Index>(i)], 0.3, 2.0);
  }
  return reaches;
}

Eigen::VectorXd AcquisitionSearch::values_at(const Eigen::MatrixXd& points) const {
  const Predictions costs = problem_.model.predict(points);
  Eigen::VectorXd values(points.rows());
  for (Eigen::Index i = 0; i < values.size(); ++i) {
    values[i] = problem_.acquisition.at(costs.means[i], deviation_of(costs.variances[i])).value;
  }
  if (problem_.durations != nullptr) {
    values -= duration_price() * problem_.durations->regression.means(points);
  }
  if (problem_.refusals != nullptr) {
    const Predictions refused = problem_.refusals->regression.predict(points);
    for (Eigen::Index i = 0; i < values.size(); ++i) {
      values[i] += log_chance(*problem_.refusals, refused.means[i], refused.variances[i]).value;
    }
  }
  return values;
}

// What a unit of the durations' model counts. The bound is in deviations of the costs: between
// trials worth a thought it differs by less than log EI does, so durations count less against it.
double AcquisitionSearch::duration_price() const {
  constexpr double kOfTheBound = 0.25;
  const bool bound = problem_.acquisition.kind == Acquisition::Kind::confidence_bound;
  return problem_.duration_weight * problem_.durations->scale * (bound ? kOfTheBound : 1);
}

std::vector<Scored> AcquisitionSearch::score(std::vector<Configuration> configurations) const {
  configurations.erase(std::remove_if(configurations.begin(), configurations.end(),
                                      [&](const Configuration& configuration) {
                                        return !request_.is_open(configuration);
                                      }),
                       configurations.end());
  if (configurations.empty()) {
    return {};
  }
  const Eigen::VectorXd values = values_at(problem_.encoding.encode(configurations));
  std::vector<Scored> scored;
  scored.reserve(configurations.size());
  for (std::size_t i = 0; i < configurations.size(); ++i) {
    scored.push_back({std::move(configurations[i]), values[static_cast<Eigen::Index>(i)]});
  }
  std::stable_sort(scored.begin(), scored.end(),
                   [](const Scored& a, const Scored& b) { return a.value > b.value; });
  return scored;
}

std::vector<Configuration> AcquisitionSearch::candidates() const {
  // So many that scoring them costs about as much as the rest of a suggestion.
  const double n = static_cast<double>(problem_.model.targets().size());
  const int each = static_cast<int>(std::clamp(1e7 / (n * n), 100.0, 500.0));
  std::vector<Configuration> candidates;
  for (int i = 0; i < each; ++i) {
    candidates.push_back(maker_.anywhere(rng_));
    if (!problem_.good.empty()) {
      const std::size_t which = static_cast<std::size_t>(i) % problem_.good.size();
      candidates.push_back(maker_.near(problem_.good[which], rng_));
    }
  }
  // Tight constraints: what rejection finds is better than nothing.
  const auto feasible = std::count_if(
      candidates.begin(), candidates.end(),
      [&](const Configuration& configuration) { return request_.is_feasible(configuration); });
  for (int i = 0; feasible < 20 && i < 20; ++i) {
    if (std::optional<Configuration> drawn = request_.space().sample(rng_, request_.fixed())) {
      candidates.push_back(std::move(*drawn));
    }
  }
  return candidates;
}

std::vector<Scored> AcquisitionSearch::starts(std::vector<Scored> scored) const {
  const std::size_t greedy = std::min(kGreedyStarts, scored.size());
  std::vector<Scored> starts(scored.begin(), scored.begin() + static_cast<std::ptrdiff_t>(greedy));
  scored.erase(scored.begin(), scored.begin() + static_cast<std::ptrdiff_t>(greedy));
  if (scored.empty()) {
    return starts;
  }
  // The others are drawn, better ones more often (softmax of the standardized values).
  double mean = 0;
  double square = 0;
  for (const Scored& one : scored) {
    mean += one.value / static_cast<double>(scored.size());
  }
  for (const Scored& one : scored) {
    square += (one.value - mean) * (one.value - mean) / static_cast<double>(scored.size());
  }
  const double scale = std::sqrt(std::max(square, 1e-300));
  std::vector<double> cumulative;
  double total = 0;
  for (const Scored& one : scored) {
    total += portable::exp((one.value - scored.front().value) / scale);
    cumulative.push_back(total);
  }
  const std::size_t drawn = problem_.model.targets().size() > kLarge ? 1 : kDrawnStarts;
  for (std::size_t i = 0; i < drawn; ++i) {
    const auto at =
        std::upper_bound(cumulative.begin(), cumulative.end() - 1, rng_.uniform() * total);
    starts.push_back(scored[static_cast<std::size_t>(at - cumulative.begin())]);
  }
  return starts;
}

// Columns of active numbers that are not fixed and take more than a few values.
std::vector<Eigen::Index> AcquisitionSearch::movable_columns(
    const Configuration& configuration) const {
  constexpr std::uint64_t kFewValues = 16;
  std::vector<Eigen::Index> columns;
  for (const Encoding::Block& block : problem_.encoding.blocks()) {
    const Parameter& parameter = request_.space().parameters()[block.parameter];
    const bool few = cardinality(parameter.domain).value_or(kFewValues + 1) <= kFewValues;
    if (!block.categorical && !few && configuration.contains(parameter.name) &&
        !request_.fixed().contains(parameter.name)) {
      columns.push_back(block.first);
    }
  }
  return columns;
}

// With the gradient by the features.
double AcquisitionSearch::value_at(const Eigen::VectorXd& features,
                                   Eigen::VectorXd& gradient) const {
  const PointPrediction at = problem_.model.predict_with_gradient(features);
  const double deviation = deviation_of(at.variance);
  AcquisitionValue value = problem_.acquisition.at(at.mean, deviation);
  gradient = value.by_mean * at.mean_gradient +
             value.by_deviation / (2 * deviation) * at.variance_gradient;
  if (problem_.durations != nullptr) {
    const PointPrediction duration = problem_.durations->regression.predict_with_gradient(features);
    value.value -= duration_price() * duration.mean;
    gradient -= duration_price() * duration.mean_gradient;
  }
  if (problem_.refusals == nullptr) {
    return value.value;
  }
  const PointPrediction refused = problem_.refusals->regression.predict_with_gradient(features);
  const LogChance chance = log_chance(*problem_.refusals, refused.mean, refused.variance);
  gradient +=
      chance.by_mean * refused.mean_gradient + chance.by_variance * refused.variance_gradient;
  return value.value + chance.value;
}

// Gradient steps on the movable columns; a constraint on the way halves the distance.
bool AcquisitionSearch::climb(Scored& current) const {
  const std::vector<Eigen::Index> columns = movable_columns(current.configuration);
  if (columns.empty()) {
    return false;
  }
  Eigen::VectorXd features = problem_.encoding.encode(current.configuration);
  const Eigen::VectorXd start = features(columns);
  const SmoothFunction negated = [&](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    features(columns) = x;
    Eigen::VectorXd by_feature;
    const double value = value_at(features, by_feature);
    gradient = -by_feature(columns);
    return -value;
  };
  const auto size = static_cast<Eigen::Index>(columns.size());
  const Box box{Eigen::VectorXd::Zero(size), Eigen::VectorXd::Ones(size)};
  const Eigen::VectorXd end = minimize_in_box(negated, start, box, kIterations).x;
  for (const double share : {1.0, 0.5, 0.25}) {
    features(columns) = start + share * (end - start);
    const std::vector<Scored> reached = score({problem_.encoding.decode(features)});
    if (!reached.empty() && reached.front().value > current.value) {
      current = reached.front();
      return true;
    }
  }
  return false;
}

bool AcquisitionSearch::exchange(Scored& current) const {
  const std::vector<Scored> exchanged = score(maker_.exchanges(current.configuration, rng_));
  if (exchanged.empty() || exchanged.front().value <= current.value) {
    return false;
  }
  current = exchanged.front();
  return true;
}

Scored AcquisitionSearch::refine(Scored start) const {
  for (int round = 0; round < kRounds; ++round) {
    climb(start);
    if (!exchange(start)) {
      break;
    }
  }
  return start;
}

AcquisitionOptimum AcquisitionSearch::describe(Scored best) const {
  const PointPrediction at =
      problem_.model.predict_with_gradient(problem_.encoding.encode(best.configuration));
  return {std::move(best.configuration), best.value, at.mean, deviation_of(at.variance)};
}

AcquisitionOptimum refined_best(const AcquisitionSearch& search, Scored best,
                                std::vector<Scored> starts) {
  for (Scored& start : starts) {
    Scored refined = search.refine(std::move(start));
    if (refined.value > best.value) {
      best = std::move(refined);
    }
  }
  return search.describe(std::move(best));
}

}  // namespace

std::optional<AcquisitionOptimum> maximize_acquisition(const AcquisitionProblem& problem,
                                                       const Request& request,
                                                       const std::vector<Configuration>& listed,
                                                       Rng& rng) {
  const AcquisitionSearch search(problem, request, rng);
  std::vector<Scored> scored = search.score(listed.empty() ? search.candidates() : listed);
  if (scored.empty()) {
    return std::nullopt;
  }
  Scored best = scored.front();
  return refined_best(search, std::move(best),
                      listed.empty() ? search.starts(std::move(scored)) : std::vector<Scored>{});
}

std::optional<AcquisitionOptimum> refine_proposals(const AcquisitionProblem& problem,
                                                   const Request& request,
                                                   std::vector<Configuration> proposed,
                                                   std::size_t starts, Rng& rng) {
  const AcquisitionSearch search(problem, request, rng);
  std::vector<Scored> scored = search.score(std::move(proposed));
  if (scored.empty()) {
    return std::nullopt;
  }
  Scored best = scored.front();
  scored.resize(std::min(starts, scored.size()));
  return refined_best(search, std::move(best), std::move(scored));
}

Acquisition draw_acquisition(double best, double kappa, bool early, Rng& rng) {
  const bool bound = !early && rng.uniform() < 0.5;
  return {bound ? Acquisition::Kind::confidence_bound : Acquisition::Kind::expected_improvement,
          best, kappa};
}

}  // namespace autoglm
