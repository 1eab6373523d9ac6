#include "optimizer/searchers/duration_model.h"

#include <doctest/doctest.h>

#include <cmath>

#include "study_past.h"

namespace autoglm {

using testing::add_trial;
using testing::space_of;

namespace {

void add_timed(History& history, double x, TrialState state, double seconds) {
  testing::set_duration(add_trial(history, Configuration({{"x", x}}), state, {x}), seconds);
}

// What the logarithm of the seconds grows by from x = 0.2 to 0.8.
double growth(const DurationModel& model) {
  const Eigen::VectorXd means = model.regression.means(Eigen::MatrixXd({{0.2}, {0.8}}));
  return model.scale * (means[1] - means[0]);
}

}  // namespace

TEST_CASE("durations are told apart by their logarithm, from four complete trials on") {
  const SearchSpace space = space_of(R"({"x": {"type": "uniform", "min": 0, "max": 1}})");
  const Encoding encoding(space);
  DurationFitter fitter(encoding);
  History history = testing::empty_history(space);
  const auto fit = [&] {
    return fitter.fit(gather_evidence(history, -1, Eigen::VectorXd::Ones(1)));
  };
  for (int i = 0; i < 8; ++i) {
    const double x = i / 7.0;
    CHECK(fit().has_value() == (i >= 4));
    add_timed(history, x, TrialState::complete, std::exp(1 + 5 * x));
  }
  CHECK(growth(*fit()) == doctest::Approx(3).epsilon(0.02));

  CHECK(fit()->seconds_at(Eigen::VectorXd::Constant(1, 0.5)) ==
        doctest::Approx(std::exp(3.5)).epsilon(0.02));

  // One that was stopped early, one that failed, one that took no time, and one whose duration
  // nobody knows.
  add_timed(history, 0.79, TrialState::pruned, 0.01);
  add_timed(history, 0.81, TrialState::failed, 0.01);
  add_timed(history, 0.77, TrialState::complete, 0);
  add_trial(history, Configuration({{"x", 0.78}}), TrialState::complete, {1});
  CHECK(growth(*fit()) == doctest::Approx(3).epsilon(0.02));
}

}  // namespace autoglm
