// What trials that were stopped early would have cost, had they gone on.
#pragma once

#include <Eigen/Core>
#include <span>

#include "optimizer/objective.h"
#include "optimizer/trial.h"

namespace autoglm {

/// Replaces the costs of pruned trials, their last ones, which are of different steps and so not
/// comparable with those of the complete ones, with estimates of their final ones.
///
/// Of one objective: let a be the sorted costs of the complete trials at the pruned trial's last
/// step, f their sorted final costs. From a_i it goes to f_i, in between linearly, beyond them as
/// far as before (trials keep their order, and the best and worst ones their pace). Never better
/// than the median of f over all complete trials: it was stopped because it fell behind.
///
/// Where no complete trial has reported by that step, and of several objectives (`costs` is then
/// some combination of them): the last cost itself, between the median and the worst of the
/// complete ones. NaN, no cost at all: the worst of all.
///
/// `costs` [trials] are finite for complete trials. REQUIRES: at least one is complete.
void extrapolate_pruned(std::span<const Trial* const> trials, const Objective& objective,
                        Eigen::VectorXd& costs);

}  // namespace autoglm
