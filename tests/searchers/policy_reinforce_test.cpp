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
  CHECK(policy.log_probability(a[1], kState) == Approx(-0.1781574588652873).epsilon(kTolerance));
  CHECK(policy.log_probability(b[2], kState) == Approx(0.41902393194439935).epsilon(kTolerance));
  CHECK(greatest_error(policy.score(a[0], kState),
                       {0.5637794414449041, 0.1691338324429081, -0.1127558882742241,
                        -0.2195135951940652, -0.06585407856205908, 0.04390271905151121,
                        -0.3442658462360359, -0.10327975386604607, 0.06885316923716892}) <
        kTolerance);
  CHECK(greatest_error(policy.score(a[1], kState),
                       {1.0121214858348213, 0.303636445755003, -0.20242429718033322,
                        0.45790559833382605, 0.1373716794988063, -0.0915811196829097}) <
        kTolerance);
  CHECK(greatest_error(policy.score(b[2], kState),
                       {-0.24518758028890805, -0.07355627409620183, 0.04903751605657887,
                        -0.5526936677172077, -0.1658081003252006, 0.11053873355537645}) <
        kTolerance);
}

TEST_CASE("an update adds alpha (G - b) times the score at each step, G discounted from there") {
  Policy at;
  const Episode a = at.episode(R"({"kind": "a", "n": 4})");
  const std::vector<double> first = at.policy.returns(a, kState, -0.4, kOptions);
  CHECK(first[0] == Approx(-0.3580942435782807).epsilon(kTolerance));
  CHECK(first[1] == Approx(-0.3910921270567357).epsilon(kTolerance));
  at.policy.learn(a, kState, -0.4, kOptions);  // its own return is the baseline
  CHECK(greatest_error(at.policy.theta(0), {0.2, 0.1, 0, -0.3, 0.5, 0.4, 0.1, 0, -0.6}) <
        kTolerance);
  CHECK(greatest_error(at.policy.theta(1),
                       {0.38330106657219093, -0.2050096800284179, 0.3033397866857824,
                        -1.507554957788976, 0.19773351266332936, 0.10151099155806155}) <
        kTolerance);

  const Episode b = at.episode(R"({"kind": "b", "n": 2, "x": 0.3})");
  const std::vector<double> second = at.policy.returns(b, kState, 0.7, kOptions);
  CHECK(second[0] == Approx(0.5556005281701037).epsilon(kTolerance));
  CHECK(second[1] == Approx(0.601368509191517).epsilon(kTolerance));
  CHECK(second[2] == Approx(0.67904880340278).epsilon(kTolerance));
  at.policy.learn(b, kState, 0.7, kOptions);
  CHECK(greatest_error(at.policy.theta(0),
                       {0.04894979595335325, 0.05468493878518177, 0.03021004080142545,
                        0.0005974334429580397, 0.5901792300291469, 0.33988051330840746,
                        -0.04954722939652259, -0.044864168816441896, -0.5700905541239922}) <
        kTolerance);
  CHECK(greatest_error(at.policy.theta(1),
                       {0.10725982121015437, -0.2878220536478253, 0.3585480357564365,
                        -1.5877421514004009, 0.17367735457244537, 0.11754843028454082}) <
        kTolerance);
  CHECK(greatest_error(at.policy.theta(2),
                       {-0.9271472970513759, 0.5618558108796455, 0.22542945940965145,
                        -1.3866111972916815, -0.48598335919271, 0.5573222394645254}) < kTolerance);
  CHECK(at.policy.baseline() == Approx(-0.17535528922860386).epsilon(kTolerance));
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
  // SciPy: 0.9 truncnorm(mean 0.34074, deviation 0.28714).mean() + 0.1 / 2.
  CHECK(sum == Approx(0.406692).epsilon(0.02));
}

}  // namespace autoglm
