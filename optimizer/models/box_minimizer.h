// Minimises a smooth function inside a box: L-BFGS-B (Byrd, Lu, Nocedal and Zhu, 1995) by LBFGSpp.
#pragma once

#include <Eigen/Core>
#include <functional>

namespace autoglm {

/// The value at `x`; overwrites `gradient`, which has the size of `x`. Both must be finite.
using SmoothFunction =
    std::function<double(const Eigen::VectorXd& x /* [n] */, Eigen::VectorXd& gradient /* [n] */)>;

struct Box {
  Eigen::VectorXd lower{};  // [n]
  Eigen::VectorXd upper{};  // [n], nowhere below lower
};

struct BoxMinimum {
  Eigen::VectorXd x{};  // [n]
  double value = 0;
};

/// The best point that was evaluated, starting with `start` (clamped into the box). A line search
/// that cannot go on ends the iteration, and is no error: near a minimum that is how it ends.
BoxMinimum minimize_in_box(const SmoothFunction& function, const Eigen::VectorXd& start,
                           const Box& box, int max_iterations);

}  // namespace autoglm
