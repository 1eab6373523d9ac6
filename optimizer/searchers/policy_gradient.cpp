#include "optimizer/searchers/policy_gradient.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "optimizer/hindsight.h"
#include "optimizer/searchers/initial_design.h"
#include "optimizer/searchers/neglected_choice.h"
#include "optimizer/searchers/policy_critic.h"
#include "optimizer/searchers/policy_explanation.h"
#include "optimizer/searchers/policy_learner.h"
#include "optimizer/searchers/policy_settings.h"
#include "search_space/portable_math.h"

namespace autoglm {

namespace {

using Critic = PolicyGradientOptions::Critic;

class PolicyGradientSearcher final : public Searcher {
 public:
  PolicyGradientSearcher(const SearchSpace& space, const PolicyGradientOptions& options,
                         const PolicyGradientContext& context)
      : options_(options),
        context_(context),
        space_(space_digest(space)),
        process_(space),
        design_(space, context.seed, options.critic == Critic::gp ? 0 : 1),
        learner_(process_, options),
        critic_(process_, 3 * static_cast<std::size_t>(design_.size())) {}

  std::optional<Suggestion> suggest(std::int64_t number, const Configuration& fixed,
                                    const History& history) override;

  std::vector<Planner::Recommendation> recommend(std::size_t n, const History& history) override;

  Attributes attributes_at_end(const Trial& trial, const History& history) override;
  std::string explain(const Trial& trial, const History& history) override;

 private:
  Evidence evidence_for(std::int64_t number, std::int64_t except, const History& history) const;

  std::optional<Suggestion> choose(const Request& request);
  std::string problem_with(const std::optional<PolicySettings>& settings) const;
  std::optional<Suggestion> by_policy(const Request& request, Rng& rng) const;
  std::optional<Suggestion> by_critic(const Request& request, Evidence evidence, Rng& rng);

  PolicyGradientOptions options_;
  PolicyGradientContext context_;
  std::string space_;  // its digest
  PolicyProcess process_;
  InitialDesign design_;
  PolicyLearner learner_;
  PolicyCritic critic_;
};

std::optional<Suggestion> PolicyGradientSearcher::suggest(std::int64_t number,
                                                          const Configuration& fixed,
                                                          const History& history) {
  std::optional<Suggestion> suggestion = choose(Request(number, fixed, history));
  if (suggestion) {
    suggestion->chosen_with = to_json(PolicySettings{.revision = context_.revision,
                                                     .max_trials = history.max_trials(),
                                                     .options = options_,
                                                     .space = space_});
  }
  return suggestion;
}

std::optional<Suggestion> PolicyGradientSearcher::choose(const Request& request) {
  const std::int64_t number = request.number();
  const History& history = request.history();
  Rng rng(context_.seed, static_cast<std::uint64_t>(number));
  const Evidence evidence =
      gather_evidence(history, number, draw_weights(context_.objectives, rng));
  learner_.follow(evidence, history);
  if (design_.is_wanted(request)) {
    if (std::optional<Configuration> designed = design_.next(request)) {
      return Suggestion{std::move(*designed), "initial design: an even cover of the space"};
    }
  }
  const bool critic =
      options_.critic == Critic::gp && !evidence.finished.empty() && !process_.heads().empty();
  std::optional<Suggestion> suggestion =
      critic ? by_critic(request, evidence, rng) : by_policy(request, rng);
  if (suggestion) {
    return suggestion;
  }
  if (std::optional<Configuration> drawn = draw_unvisited(request, rng)) {
    return Suggestion{std::move(*drawn),
                      "drawn at random: nothing that the policy would do was untried and feasible"};
  }
  return std::nullopt;
}

// What trial `number` works on: of several objectives its own combination.
Evidence PolicyGradientSearcher::evidence_for(std::int64_t number, std::int64_t except,
                                              const History& history) const {
  Rng rng(context_.seed, static_cast<std::uint64_t>(number));
  return gather_evidence(history, except, draw_weights(context_.objectives, rng));
}

std::vector<Planner::Recommendation> PolicyGradientSearcher::recommend(std::size_t n,
                                                                       const History& history) {
  const auto recommended =
      options_.critic == Critic::gp ? critic_.recommend(n, history) : std::nullopt;
  return recommended ? *recommended : Searcher::recommend(n, history);
}

Searcher::Attributes PolicyGradientSearcher::attributes_at_end(const Trial& trial,
                                                               const History& history) {
  learner_.follow(evidence_for(trial.number, -1, history), history);
  const PolicyOutcome* outcome = learner_.outcome_of(trial.number);
  if (outcome == nullptr) {
    return {};
  }
  return {{kRewardAttribute, reward_json(*outcome)}};
}

std::string PolicyGradientSearcher::explain(const Trial& trial, const History& history) {
  const std::optional<PolicySettings> settings = read_policy_settings(trial.chosen_with);
  if (const std::string problem = problem_with(settings); !problem.empty()) {
    return unconfirmed_json(trial.chosen_with, problem);
  }
  History past = history_seen_by(trial, history);
  past.set_max_trials(settings->max_trials);
  PolicyLearner then(process_, settings->options);
  then.follow(evidence_for(trial.number, trial.number, past), past);
  History until_now = history;
  until_now.set_max_trials(settings->max_trials);
  PolicyLearner now(process_, settings->options);
  now.follow(evidence_for(trial.number, -1, until_now), until_now);
  return explanation_json(trial.chosen_with, process_, then.policy(), then.state_for(trial.number),
                          process_.episode_of(trial.configuration), now.outcome_of(trial.number));
}

// Why what was chosen with these settings cannot be derived; empty when it can.
std::string PolicyGradientSearcher::problem_with(
    const std::optional<PolicySettings>& settings) const {
  if (!settings) {
    return "the trial does not tell the options and the budget that it was chosen with: another "
           "version of autoglm chose it";
  }
  if (settings->revision != context_.revision) {
    return fmt::format(
        "revision {} of policy_gradient chose the trial, this is revision {}; ask the autoglm of "
        "then",
        settings->revision, context_.revision);
  }
  if (settings->space != space_) {
    return "the parameters have changed since the trial was chosen; open the study with the spec "
           "of then";
  }
  return {};
}

std::optional<Suggestion> PolicyGradientSearcher::by_critic(const Request& request,
                                                            Evidence evidence, Rng& rng) {
  if (options_.reward.speed > 0 || options_.reward.cost > 0) {
    for (std::size_t i = 0; i < evidence.finished.size(); ++i) {
      evidence.costs[static_cast<Eigen::Index>(i)] =
          -learner_.return_of(evidence.finished[i]->number).value_or(0);
    }
    evidence.given = evidence.costs;
  }
  const PolicyState state = learner_.state_for(request.number());
  const PolicyCritic::Actor actor{learner_.policy(), state};
  auto [choice, note] = choose_with_neglected(
      request, evidence, NeglectRule{}, rng,
      [&](const Request& asked) { return critic_.choose(actor, evidence, asked, options_, rng); });
  if (!choice) {
    return std::nullopt;
  }
  return Suggestion{
      std::move(choice->optimum.configuration),
      fmt::format("{}{} {:.3g}, {} {} proposals after {} imagined batches: "
                  "predicted {:.3g} +- {:.2g} in deviations of {} costs",
                  note, choice->kind == Acquisition::Kind::expected_improvement ? "log EI" : "UCB",
                  choice->optimum.value, choice->refined ? "refined from the best of" : "any of",
                  choice->proposals, choice->batches, choice->optimum.mean,
                  choice->optimum.deviation, evidence.finished.size())};
}

std::optional<Suggestion> PolicyGradientSearcher::by_policy(const Request& request,
                                                            Rng& rng) const {
  constexpr int kDraws = 200;
  constexpr double kWiden = 0.05;  // by each draw that cannot be used
  const PolicyState state = learner_.state_for(request.number());
  for (int draw = 0; draw < kDraws; ++draw) {
    const std::vector<double> positions = learner_.policy().draw(state, 1 + kWiden * draw, rng);
    Configuration drawn =
        process_.play([&](std::size_t head) { return positions[head]; }, request.fixed());
    if (!request.is_open(drawn)) {
      continue;
    }
    const double preference = learner_.policy().log_preference(process_.episode_of(drawn), state);
    return Suggestion{std::move(drawn),
                      fmt::format("policy after {} trials: {:.3g} times as likely as at random",
                                  learner_.trials(), portable::exp(preference))};
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<Searcher> make_policy_gradient_searcher(const SearchSpace& space,
                                                        const PolicyGradientOptions& options,
                                                        const PolicyGradientContext& context) {
  return std::make_unique<PolicyGradientSearcher>(space, options, context);
}

}  // namespace autoglm
