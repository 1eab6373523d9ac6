#include "optimizer/searchers/policy_learner.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "study_past.h"

namespace autoglm {

namespace {

using Rule = PolicyGradientOptions::Rule;

constexpr std::int64_t kTrials = 200;

Evidence evidence_of(const History& history) {
  return gather_evidence(history, -1, Eigen::VectorXd::Ones(1));
}

// A study of which arm of ten is best, each arm's cost being its own mean and noise.
class Bandit {
 public:
  Bandit(Rule rule, std::uint64_t seed) : learner_(process_, {.rule = rule}), rng_(seed, 1) {
    history_.set_max_trials(kTrials);
  }

  // P(best) after 200 trials.
  double play(std::size_t best, double noise) {
    for (std::int64_t number = 0; number < kTrials; ++number) {
      learner_.follow(evidence_of(history_), history_);
      const std::vector<double> positions =
          learner_.policy().draw(learner_.state_for(number), 1, rng_);
      Configuration drawn = process_.play([&](std::size_t head) { return positions[head]; }, {});
      const auto arm = static_cast<std::size_t>(value_number(*drawn.find("arm")));
      const double mean = arm == best ? 0 : 1;
      testing::add_trial(history_, std::move(drawn), TrialState::complete,
                         {mean + noise * rng_.normal()});
    }
    learner_.follow(evidence_of(history_), history_);
    return learner_.policy().distribution(0, learner_.state_for(kTrials)).at(best);
  }

 private:
  SearchSpace space_ = testing::space_of(
      R"({"arm": {"type": "categorical", "choices": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}})");
  History history_ = testing::empty_history(space_);
  PolicyProcess process_{space_};
  PolicyLearner learner_;
  Rng rng_;
};

struct Past {
  SearchSpace space = testing::space_of(R"({
    "kind": {"type": "categorical", "choices": ["a", "b"]},
    "x": {"type": "uniform", "min": 0, "max": 1, "when": "kind == 'b'"}})");
  History history = testing::empty_history(space);
  PolicyProcess process{space};

  void add(const std::string& json, double cost) {
    testing::add_trial(history, testing::configuration_of(json, space), TrialState::complete,
                       {cost});
  }
};

}  // namespace

TEST_CASE("either rule finds the best of ten arms within 200 noisy trials") {
  for (const Rule rule : {Rule::natural, Rule::reinforce}) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      CAPTURE(static_cast<int>(rule));
      CAPTURE(seed);
      CHECK(Bandit(rule, seed).play(seed, 0.3) > 0.9);
    }
  }
}

TEST_CASE("a learner that lived through a history knows what one knows that reads it") {
  for (const Rule rule : {Rule::natural, Rule::reinforce}) {
    Past past;
    PolicyLearner lived(past.process, {.rule = rule});
    for (int i = 0; i < 30; ++i) {
      past.add(
          i % 3 == 0 ? R"({"kind": "a"})" : R"({"kind": "b", "x": 0.)" + std::to_string(i) + "}",
          std::sin(i));
      lived.follow(evidence_of(past.history), past.history);
    }
    PolicyLearner anew(past.process, {.rule = rule});
    anew.follow(evidence_of(past.history), past.history);
    const PolicyState state = lived.state_for(30);
    CHECK(state.advantage == anew.state_for(30).advantage);
    for (std::size_t head = 0; head < past.process.heads().size(); ++head) {
      CHECK(lived.policy().distribution(head, state) == anew.policy().distribution(head, state));
    }
  }
}

TEST_CASE("what a trial's end makes of earlier costs is learnt anew") {
  Past past;
  PolicyLearner lived(past.process, {.rule = Rule::reinforce});
  past.add(R"({"kind": "b", "x": 0.5})", 1);
  testing::add_trial(past.history, testing::configuration_of(R"({"kind": "a"})", past.space),
                     TrialState::pruned, {0});
  past.add(R"({"kind": "b", "x": 0.7})", 3);
  lived.follow(evidence_of(past.history), past.history);
  past.add(R"({"kind": "b", "x": 0.9})", 9);  // the pruned one counts as the median: 3 now, not 2
  lived.follow(evidence_of(past.history), past.history);
  PolicyLearner anew(past.process, {.rule = Rule::reinforce});
  anew.follow(evidence_of(past.history), past.history);
  const PolicyState state = anew.state_for(4);
  CHECK(lived.policy().distribution(0, state) == anew.policy().distribution(0, state));
  CHECK(lived.return_of(1) == 0);  // one is better, one worse
}

TEST_CASE("failed and infeasible trials rank behind all others") {
  Past past;
  past.add(R"({"kind": "b", "x": 0.5})", 1e300);
  for (const TrialState end : {TrialState::failed, TrialState::infeasible}) {
    testing::add_trial(past.history, testing::configuration_of(R"({"kind": "a"})", past.space),
                       end);
  }
  PolicyLearner learner(past.process, {});
  learner.follow(evidence_of(past.history), past.history);
  CHECK(learner.return_of(0) == 1);
  CHECK(learner.return_of(1) == -0.5);
  CHECK(learner.return_of(2) == -0.5);
  CHECK_FALSE(learner.return_of(3));
}

TEST_CASE("the state holds the budget's progress and what trials report of themselves") {
  Past past;
  past.history.set_max_trials(8);
  past.add(R"({"kind": "a"})", 1);
  past.history.at(0).metrics = {{"grad_variance", 2.0}, {"device_use", 0.5}};
  past.add(R"({"kind": "b", "x": 0.5})", 0);
  PolicyLearner learner(past.process, {});
  learner.follow(evidence_of(past.history), past.history);
  const PolicyState state = learner.state_for(2);
  CHECK(state.progress == 0.25);
  CHECK(state.gradient_variance == doctest::Approx(0.2));  // a tenth of the way from nothing
  CHECK(state.device_use == doctest::Approx(0.05));
  // The second trial was better than all others, its return 1; the first one's was 0, the baseline.
  CHECK(state.advantage == doctest::Approx(0.1));
}

TEST_CASE("a decision is learnt in the state in which it was made") {
  Past past;
  past.history.set_max_trials(10);
  for (const char* json : {R"({"kind": "a"})", R"({"kind": "b", "x": 0.5})"}) {
    testing::add_trial(past.history, testing::configuration_of(json, past.space),
                       TrialState::running);
  }
  testing::finish_trial(past.history, 1, TrialState::complete, {1});
  testing::finish_trial(past.history, 0, TrialState::complete, {2});
  PolicyLearner learner(past.process, {.rule = Rule::reinforce});
  learner.follow(evidence_of(past.history), past.history);
  REQUIRE(learner.outcome_of(0) != nullptr);
  CHECK(learner.outcome_of(0)->reward.rank == -1);
  CHECK(learner.outcome_of(1)->reward.rank == 0);  // the first to finish
  CHECK(learner.outcome_of(2) == nullptr);
}

// Regression: the natural rule told its preferences without the share of uniform trials.
TEST_CASE("what a policy tells of its draws is how often it makes them") {
  const SearchSpace space = testing::space_of(R"({
    "kind": {"type": "categorical", "choices": ["a", "b"]},
    "n": {"type": "int", "min": 1, "max": 5}})");
  const PolicyProcess process(space);
  for (const Rule rule : {Rule::natural, Rule::reinforce}) {
    CAPTURE(static_cast<int>(rule));
    History history = testing::empty_history(space);
    history.set_max_trials(100);
    PolicyLearner learner(process, {.rule = rule, .epsilon = 0.5});
    Rng rng(3, 1);
    for (int trial = 0; trial < 60; ++trial) {
      Configuration drawn = *space.sample(rng);
      const double cost =
          value_number(*drawn.find("n")) + (*drawn.find("kind") == Value(std::string("a")) ? 0 : 5);
      testing::add_trial(history, std::move(drawn), TrialState::complete, {cost});
    }
    learner.follow(evidence_of(history), history);
    const PolicyState state = learner.state_for(60);
    const PolicyRule& policy = learner.policy();
    CHECK(policy.uniform_share(state) == doctest::Approx(0.5 * 0.4));

    constexpr int kDraws = 40000;
    double kind_a = 0;
    double n_one = 0;
    double both = 0;
    for (int i = 0; i < kDraws; ++i) {
      const std::vector<double> positions = policy.draw(state, 1, rng);
      kind_a += positions[0] < 0.5 ? 1.0 / kDraws : 0;
      n_one += positions[1] < 0.2 ? 1.0 / kDraws : 0;
      both += positions[0] < 0.5 && positions[1] < 0.2 ? 1.0 / kDraws : 0;
    }
    const PolicyStep a = process.step_at(0, 0.25);
    const PolicyStep one = process.step_at(1, 0.1);
    CHECK(std::abs(policy.distribution(0, state).at(0) - kind_a) < 0.01);
    CHECK(std::abs(std::exp(policy.log_preference(a, state)) / 2 - kind_a) < 0.01);
    CHECK(std::abs(std::exp(policy.log_preference(one, state)) / 5 - n_one) < 0.01);
    CHECK(std::abs(std::exp(policy.log_preference({a, one}, state)) / 10 - both) < 0.01);
  }
}

}  // namespace autoglm
