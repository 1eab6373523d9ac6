// A model that has grown must be the model that a new searcher would build.
#include "optimizer/searchers/surrogate.h"

#include <doctest/doctest.h>

#include <cmath>

#include "optimizer/searchers/refusal_model.h"
#include "study_past.h"

namespace autoglm {

using testing::add_trial;

namespace {

const SearchSpace& square() {
  static const SearchSpace space = testing::space_of(R"({
    "x": {"type": "uniform", "min": 0, "max": 1}, "y": {"type": "uniform", "min": 0, "max": 1}})");
  return space;
}

Configuration draw(std::uint64_t stream) {
  Rng rng(5, stream);
  return *square().sample(rng, {});
}

Evidence evidence_of(const History& history) {
  return gather_evidence(history, -1, Eigen::VectorXd::Ones(1));
}

// What a model of each warp predicts at one place.
std::vector<double> predictions(SurrogateFitter& fitter, const Evidence& evidence) {
  std::vector<double> means;
  for (const FittedWarp& fitted : std::vector<FittedWarp>(fitter.fit(evidence))) {
    const Predictions at =
        fitter.condition(evidence, fitted).regression.predict(Eigen::MatrixXd({{0.3, 0.8}}));
    means.push_back(at.means[0]);
    means.push_back(at.variances[0]);
  }
  return means;
}

const std::vector<OutputWarp> kWarps{OutputWarp::identity, OutputWarp::half_rank};

}  // namespace

TEST_CASE(
    "a fitter that saw every event gives what a new one gives, in whatever way trials ended") {
  const Encoding encoding(square());
  SurrogateFitter lived(encoding, kWarps);
  History history = testing::empty_history(square());
  // Pruned ones alone; then a failure, which counts until the first trial is complete.
  for (std::uint64_t i = 0; i < 70; ++i) {
    const TrialState ending = i < 40 ? TrialState::pruned
                              : i == 40
                                  ? TrialState::failed
                                  : (i % 5 == 0 ? TrialState::infeasible : TrialState::complete);
    add_trial(history, draw(i), ending,
              ending == TrialState::failed || ending == TrialState::infeasible
                  ? std::vector<double>{}
                  : std::vector<double>{std::sin(static_cast<double>(i))});
    if (i >= 38) {
      SurrogateFitter anew(encoding, kWarps);
      const Evidence evidence = evidence_of(history);
      CAPTURE(i);
      CHECK(predictions(lived, evidence) == predictions(anew, evidence));
    }
  }
}

TEST_CASE("among hundreds of trials that went well the few that failed are remembered") {
  const Encoding encoding(square());
  History history = testing::empty_history(square());
  for (std::uint64_t i = 0; i < 600; ++i) {
    Configuration configuration = draw(i);
    const bool corner = value_number(*configuration.find("x")) > 0.93 &&
                        value_number(*configuration.find("y")) > 0.93;
    add_trial(history, std::move(configuration), corner ? TrialState::failed : TrialState::complete,
              corner ? std::vector<double>{} : std::vector<double>{1});
  }
  const Evidence evidence = evidence_of(history);
  REQUIRE(evidence.refused.size() >= 2);
  REQUIRE(evidence.refused.size() <= 8);
  RefusalFitter fitter(encoding);
  const std::optional<RefusalModel> model = fitter.fit(evidence);
  const Predictions at = model->regression.predict(Eigen::MatrixXd({{0.97, 0.97}, {0.4, 0.4}}));
  CHECK(log_chance(*model, at.means[0], at.variances[0]).value < -5);
  CHECK(log_chance(*model, at.means[1], at.variances[1]).value > -1);
}

}  // namespace autoglm
