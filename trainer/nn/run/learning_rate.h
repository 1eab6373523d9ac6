// Learning rates over a run. With t the epochs since warm-up, fractional, and T those of the run
// less warm-up, the rate is lr times
//   constant         1
//   step             factor^floor(t / step_epochs)
//   exponential      factor^floor(t)
//   cosine           least + (1 - least) (1 + cos(pi t / T)) / 2, least from t = T on
//   cosine_restarts  the same with the time since the last restart for t and the length of the
//                    cycle for T: first_epochs, then each `growth` times the one before
//                    (Loshchilov and Hutter, arXiv:1608.03983, eq. 5, with T_0 and T_mult)
// and in warm-up, of W = warmup_epochs times updates per epoch updates (Goyal et al.,
// arXiv:1706.02677, section 2.2), (u + 1) / (W + 1) before the update after u others: no update is
// spent on a rate of 0. The schedule itself begins after warm-up.
//
// So step and exponential change between epochs, like PyTorch's StepLR and ExponentialLR with a
// step() an epoch; the cosines and warm-up change with each update, like CosineAnnealingLR,
// CosineAnnealingWarmRestarts (its lengths times updates per epoch) and LinearLR(start_factor=1 /
// (W + 1), total_iters=W) with a step() an update; warm-up comes before the schedule as in
// SequentialLR(milestones=[W]).
#pragma once

#include <cstdint>

#include "trainer/nn/train_spec.h"

namespace autoglm::nn {

/// How far a run is.
struct Progress {
  std::int64_t updates = 0;            // done, with those that were skipped for an overflow; >= 0
  std::int64_t updates_per_epoch = 1;  // >= 1
  std::int64_t epochs = 1;             // of the whole run; >= 1
};

/// What lr is multiplied by for the next update; in [0, 1]. Depends on nothing else, so a run that
/// goes on from a checkpoint has the rates that it would have had.
double learning_rate_factor(const ScheduleSpec& schedule, const Progress& progress);

}  // namespace autoglm::nn
