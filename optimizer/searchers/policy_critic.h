// What a policy practises on between two trials, and what judges its proposals: a Gaussian process
// of the trials so far.
#pragma once

#include <cstddef>
#include <optional>

#include "optimizer/models/acquisition.h"
#include "optimizer/searchers/acquisition_search.h"
#include "optimizer/searchers/evidence.h"
#include "optimizer/searchers/policy_options.h"
#include "optimizer/searchers/policy_rule.h"
#include "optimizer/searchers/recommendation.h"
#include "optimizer/searchers/refusal_model.h"
#include "optimizer/searchers/surrogate.h"
#include "optimizer/searchers/unvisited.h"
#include "search_space/encoding.h"
#include "search_space/random.h"

namespace autoglm {

class PolicyCritic {
 public:
  /// Up to `early` finished trials it judges by log expected improvement alone, see
  /// draw_acquisition. `process` must outlive it.
  PolicyCritic(const PolicyProcess& process, std::size_t early);

  /// A policy and the state in which it decides.
  struct Actor {
    const PolicyRule& policy;
    const PolicyState& state;
  };
  struct Choice {
    AcquisitionOptimum optimum{};
    Acquisition::Kind kind = Acquisition::Kind::expected_improvement;  // of its value
    bool refined = false;
    std::size_t batches = 0;    // that were imagined
    std::size_t proposals = 0;  // open ones
  };
  /// What the best of the proposals that the actor makes after practice are refined to; with
  /// probability epsilon one of them as it is. Nothing when none is open.
  /// REQUIRES: at least one finished trial, at least one head.
  std::optional<Choice> choose(const Actor& actor, const Evidence& evidence, const Request& request,
                               const PolicyGradientOptions& options, Rng& rng);

  /// See recommend_under_noise.
  std::optional<std::vector<Planner::Recommendation>> recommend(std::size_t n,
                                                                const History& history) {
    return recommend_under_noise(fitter_, n, history);
  }

 private:
  // What is asked, for one suggestion.
  struct Model {
    const GaussianRegression& costs;  // the fitter's
    std::optional<RefusalModel> refusals;
    Acquisition acquisition;
  };
  Model model_of(const Evidence& evidence, Rng& rng);
  static Eigen::VectorXd chances(const Model& model, const Eigen::MatrixXd& points);

  std::size_t practise(PolicyRule& policy, const PolicyState& state, const Request& request,
                       const Model& model, Rng& rng) const;
  std::vector<Configuration> proposals(const PolicyRule& policy, const PolicyState& state,
                                       const Request& request,
                                       PolicyGradientOptions::Proposals kind, Rng& rng) const;
  std::vector<Configuration> shortlist(std::vector<Configuration> open, const Model& model) const;

  const PolicyProcess& process_;
  std::size_t early_;
  Encoding encoding_;
  SurrogateFitter fitter_;
  RefusalFitter refusals_;
};

}  // namespace autoglm
