#include "optimizer/models/box_minimizer.h"

#include <LBFGSB.h>

#include <limits>
#include <stdexcept>
#include <utility>

namespace autoglm {

namespace {

// Remembers the best point: LBFGSpp throws where its line search gives up, and then says nothing.
class BestSoFar {
 public:
  BestSoFar(const SmoothFunction& function, Eigen::VectorXd start)
      : function_(function), best_{std::move(start), std::numeric_limits<double>::infinity()} {}

  double operator()(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    const double value = function_(x, gradient);
    if (value < best_.value) {
      best_ = {x, value};
    }
    return value;
  }

  const BoxMinimum& best() const { return best_; }

 private:
  const SmoothFunction& function_;
  BoxMinimum best_;
};

}  // namespace

BoxMinimum minimize_in_box(const SmoothFunction& function, const Eigen::VectorXd& start,
                           const Box& box, int max_iterations) {
  LBFGSpp::LBFGSBParam<double> parameters;
  parameters.m = 8;
  parameters.epsilon = 1e-4;
  parameters.epsilon_rel = 0;
  parameters.delta = 1e-5;
  parameters.max_iterations = max_iterations;
  parameters.max_linesearch = 10;
  LBFGSpp::LBFGSBSolver<double> solver(parameters);
  Eigen::VectorXd x = start.cwiseMax(box.lower).cwiseMin(box.upper);
  BestSoFar recorded(function, x);
  double value = 0;
  try {
    solver.minimize(recorded, x, value, box.lower, box.upper);
  } catch (const std::runtime_error&) {  // no step long or short enough
  } catch (const std::logic_error&) {    // no direction of descent, by rounding
  }
  return recorded.best();
}

}  // namespace autoglm
