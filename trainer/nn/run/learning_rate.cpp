#include "trainer/nn/run/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "search_space/portable_math.h"

namespace autoglm::nn {
namespace {

/// floor(x) for an x that may miss a whole number by roundings: 0.3 / 0.1 is below 3.
double whole(double x) { return std::floor(x + 1e-9); }

/// From 1 at share 0 to `least` at share 1.
double cosine(double least, double share) {
  const double clamped = std::clamp(share, 0.0, 1.0);
  return least + (1 - least) * (1 + std::cos(std::numbers::pi * clamped)) / 2;
}

/// How much of its cycle is over, in [0, 1).
double share_of_cycle(const ScheduleSpec& schedule, double epoch) {
  const double growth = schedule.growth;
  const double lengths = epoch / schedule.first_epochs;
  if (growth == 1) {
    return lengths - whole(lengths);
  }
  // n cycles take (growth^n - 1) / (growth - 1) first lengths.
  const double n = whole(portable::log1p(lengths * (growth - 1)) / portable::log(growth));
  const double length = portable::pow(growth, n);
  return (lengths - (length - 1) / (growth - 1)) / length;
}

double scheduled(const ScheduleSpec& schedule, double epoch, double epochs) {
  switch (schedule.type) {
    case ScheduleSpec::Type::constant:
      return 1;
    case ScheduleSpec::Type::step:
      return portable::pow(schedule.factor, whole(epoch / schedule.step_epochs));
    case ScheduleSpec::Type::exponential:
      return portable::pow(schedule.factor, whole(epoch));
    case ScheduleSpec::Type::cosine:
      return cosine(schedule.least, epochs > 0 ? epoch / epochs : 1);
    case ScheduleSpec::Type::cosine_restarts:
      return cosine(schedule.least, share_of_cycle(schedule, epoch));
  }
  return 1;
}

}  // namespace

double learning_rate_factor(const ScheduleSpec& schedule, const Progress& progress) {
  const auto updates = static_cast<double>(progress.updates);
  const auto per_epoch = static_cast<double>(progress.updates_per_epoch);
  const double warmup = schedule.warmup_epochs * per_epoch;
  if (updates < warmup) {
    return (updates + 1) / (warmup + 1);
  }
  return scheduled(schedule, (updates - warmup) / per_epoch,
                   static_cast<double>(progress.epochs) - schedule.warmup_epochs);
}

}  // namespace autoglm::nn
