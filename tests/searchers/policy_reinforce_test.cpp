// Expected numbers are central differences of SciPy's log-densities (policy_reference.py).
#include "optimizer/models/policy_reinforce.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "study_past.h"

namespace autoglm {

using doctest::Approx;

namespace {

constexpr double kTolerance = 1e-6;

SearchSpace branching_space() {
  return testing::space_of(R"({
    "kind": {"type": "categorical", "choices": ["a", "b", "c"]},
    "n": {"type": "int", "min": 1, "max": 4},
    "x": {"type": "uniform", "min": 0, "max": 1, "when": "kind == 'b'"}})");
}

// Rows of three features.
Eigen::MatrixXd rows(const std::vector<double>& values) {
  const auto count = static_cast<Eigen::Index>(values.size()) / 3;
  return Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, 3, Eigen::RowMajor>>(values.data(),
                                                                                     count, 3);
}

double greatest_error(const Eigen::MatrixXd& matrix, const std::vector<double>& expected) {
  return (matrix - rows(expected)).cwiseAbs().maxCoeff();
}

const ReinforceState kState{.features = Eigen::Vector3d(1, 0.3, -0.2), .epsilon = 0.1};
constexpr ReinforceOptions kOptions{.alpha = 0.5, .gamma = 0.9, .entropy = 0.05, .baseline = 0.8};

struct Policy {
  SearchSpace space = branching_space();
  PolicyProcess process{space};
  ReinforcePolicy policy{process, 3};

  Policy() {
    policy.theta(0) = rows({0.2, 0.1, 0, -0.3, 0.5, 0.4, 0.1, 0, -0.6});
    policy.theta(1) = rows({0.4, -0.2, 0.3, -1.5, 0.2, 0.1});
    policy.theta(2) = rows({-0.8, 0.6, 0.2, -1.1, -0.4, 0.5});
  }
  Episode episode(const std::string& json) const {
    return process.episode_of(testing::configuration_of(json, space));
  }
};

}  // namespace

TEST_CASE("the density of a cut normal head and its gradient are SciPy's") {
  struct Known {
    CutNormal normal;
    double from, to;
    double value, by_mean, by_deviation;
  };
  const Known known[] = {
      {{0.3, 0.2}, 0.45, 0.45, 0.4786421488948842, 3.0605551707640894, -1.1299479771538963},
      {{0.9, 0.05}, 0.2, 0.2, -95.90019335032167, -278.89504274346183, 3902.2099145088396},
      {{0.02, 0.5}, 0, 0, 0.48481034906891984, -1.4657968022487493, -1.4652277089096293},
      {{0.3, 0.2}, 0.25, 0.5, 0.6348226441420889, 0.9546528854635175, -2.7901576574192637},
      {{0.95, 0.03}, 0.5, 0.75, -23.62437235110138, -223.53671689296914, 1519.2641644894716}};
  for (const Known& one : known) {
    CAPTURE(one.normal.mean);
    const LogDensity density = log_density(one.normal, one.from, one.to);
    CHECK(density.value == Approx(one.value).epsilon(kTolerance));
    CHECK(density.by_mean == Approx(one.by_mean).epsilon(kTolerance));
    CHECK(density.by_deviation == Approx(one.by_deviation).epsilon(kTolerance));
  }
}

TEST_CASE("a cell so far away that its probability underflows still has a gradient") {
  const LogDensity density = log_density({0.99, 0.02}, 0, 0.01);
  CHECK(density.value < -1000);
  CHECK(std::isfinite(density.value));
  CHECK(density.by_mean < 0);
  CHECK(std::isfinite(density.by_deviation));
}

TEST_CASE("scores of the policy match a likelihood-ratio reference") {
  const Policy at;
  const Episode a = at.episode(R"({"kind": "a", "n": 4})");
  const Episode b = at.episode(R"({"kind": "b", "n": 2, "x": 0.3})");
  REQUIRE(a.size() == 2);
  REQUIRE(b.size() == 3);
  const auto& policy = at.policy;
  CHECK(policy.log_probability(a[0], kState) == Approx(0.12222658454437144).epsilon(kTolerance));
  CHECK(policy.log_probability(a[1], kState) == Approx(-0.09784791429010836).epsilon(kTolerance));
  CHECK(policy.log_probability(b[2], kState) == Approx(0.3156831899183304).epsilon(kTolerance));
  CHECK(greatest_error(policy.score(a[0], kState),
                       {0.5637794414449041, 0.1691338324429081, -0.1127558882742241,
                        -0.2195135951940652, -0.06585407856205908, 0.04390271905151121,
                        -0.3442658462360359, -0.10327975386604607, 0.06885316923716892}) <
        kTolerance);
  CHECK(greatest_error(policy.score(a[1], kState),
                       {0.7103420623341913, 0.21310261869901997, -0.142068412492304,
                        0.20427896811845792, 0.06128369043923812, -0.040855793617793526}) <
        kTolerance);
  CHECK(greatest_error(policy.score(b[2], kState),
                       {-0.20456406511354383, -0.06136921952606029, 0.040912813019378096,
                        -0.3798431315311471, -0.11395293946133328, 0.07596862628828081}) <
        kTolerance);
}

TEST_CASE("an update adds alpha (G - b) times the score at each step, G discounted from there") {
  Policy at;
  const Episode a = at.episode(R"({"kind": "a", "n": 4})");
  const std::vector<double> first = at.policy.returns(a, kState, -0.4, kOptions);
  CHECK(first[0] == Approx(-0.36170817308416375).epsilon(kTolerance));
  CHECK(first[1] == Approx(-0.39510760428549463).epsilon(kTolerance));
  at.policy.learn(a, kState, -0.4, kOptions);  // its own return is the baseline
  CHECK(greatest_error(at.policy.theta(0), {0.2, 0.1, 0, -0.3, 0.5, 0.4, 0.1, 0, -0.6}) <
        kTolerance);
  CHECK(greatest_error(at.policy.theta(1), {0.38813748957982885, -0.2035587531260307,
                                            0.3023725020844595, -1.5034114006707757,
                                            0.1989765797987055, 0.10068228013405664}) < kTolerance);

  const Episode b = at.episode(R"({"kind": "b", "n": 2, "x": 0.3})");
  const std::vector<double> second = at.policy.returns(b, kState, 0.7, kOptions);
  CHECK(second[0] == Approx(0.5618006214902705).epsilon(kTolerance));
  CHECK(second[1] == Approx(0.6082575017694801).epsilon(kTolerance));
  CHECK(second[2] == Approx(0.6842158405040835).epsilon(kTolerance));
  at.policy.learn(b, kState, 0.7, kOptions);
  CHECK(greatest_error(at.policy.theta(0),
                       {0.04732736120136638, 0.05419820835957686, 0.030534527751737928,
                        0.0038261594513340214, 0.5911478478316194, 0.33923476810670006,
                        -0.05115352065291401, -0.04534605619333231, -0.5697692958727494}) <
        kTolerance);
  CHECK(greatest_error(at.policy.theta(1),
                       {0.21419819725496783, -0.25574054081910297, 0.33716036053536497,
                        -1.5738294491681173, 0.17785116528045206, 0.11476588983839335}) <
        kTolerance);
  CHECK(greatest_error(at.policy.theta(2),
                       {-0.9069792340097427, 0.5679062298012624, 0.22139584680020674,
                        -1.2986435263324931, -0.45959305790078814, 0.5397287052571121}) <
        kTolerance);
  CHECK(at.policy.baseline(0) == Approx(-0.17700641416927693).epsilon(kTolerance));
}

TEST_CASE("draws of a head have its probabilities") {
  const Policy at;
  constexpr int kDraws = 20'000;
  Rng rng(3, 0);
  Eigen::Vector3d counts = Eigen::Vector3d::Zero();
  double sum = 0;
  for (int i = 0; i < kDraws; ++i) {
    counts[static_cast<Eigen::Index>(3 * at.policy.draw(0, kState, rng))] += 1.0 / kDraws;
    sum += at.policy.draw(2, kState, rng) / kDraws;
  }
  // exp(log pi) / 3 of the reference for a and b, and what is left.
  CHECK(counts[0] == Approx(std::exp(0.12222658454437144) / 3).epsilon(0.03));
  CHECK(counts[1] == Approx(std::exp(-0.2873773979547695) / 3).epsilon(0.03));
  // SciPy: 0.9 truncnorm(mean 0.34074, deviation 0.34714).mean() + 0.1 / 2.
  CHECK(sum == Approx(0.426531).epsilon(0.02));
}

TEST_CASE("a batch moves by the sum of its gradients, whatever the order of its episodes") {
  Policy at;
  const Episode a = at.episode(R"({"kind": "a", "n": 4})");
  const Episode b = at.episode(R"({"kind": "b", "n": 2, "x": 0.3})");
  const double before = at.policy.theta(1)(0, 0);
  // By the returns and scores of the tests above: without an entropy bonus or a discount, the score
  // of n = 4 by the first feature of its mean is 0.7103420623341913.
  constexpr ReinforceOptions kPlain{.alpha = 0.5, .gamma = 1, .entropy = 0, .baseline = 0.8};
  at.policy.learn_batch({&a}, kState, {-0.4}, kPlain);
  CHECK(at.policy.theta(1)(0, 0) - before ==
        Approx(0.5 * -0.4 * 0.7103420623341913).epsilon(kTolerance));
  CHECK(at.policy.baseline(7) == 7);  // no episode was its own

  Policy forward;
  Policy backward;
  forward.policy.learn_batch({&a, &b, &a}, kState, {1, 0, -1}, kPlain);
  backward.policy.learn_batch({&a, &b, &a}, kState, {-1, 0, 1}, kPlain);
  const Policy untouched;
  for (const std::size_t head : {0U, 1U, 2U}) {
    CHECK((forward.policy.theta(head) - untouched.policy.theta(head)).cwiseAbs().maxCoeff() <
          1e-15);
    CHECK((backward.policy.theta(head) - forward.policy.theta(head)).cwiseAbs().maxCoeff() < 1e-15);
  }
}

}  // namespace autoglm
