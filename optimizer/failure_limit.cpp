#include "optimizer/failure_limit.h"

#include <fmt/format.h>

#include <algorithm>

namespace autoglm {
namespace {

constexpr std::int64_t kFailuresWithNoneComplete = 10;
constexpr std::size_t kFirstAlike = 3;
constexpr std::int64_t kDeviceFailures = 3;

}  // namespace

FailureLimit::FailureLimit(std::optional<std::int64_t> max_failures, bool defaults)
    : max_failures_(max_failures), defaults_(defaults) {}

void FailureLimit::note(const Trial& trial, const std::string& likeness, bool device_failed) {
  const bool failed = trial.state == TrialState::failed;
  if (trial.state == TrialState::infeasible || trial.state == TrialState::abandoned ||
      (failed && likeness.empty())) {
    return;
  }
  device_failures_ = failed && device_failed ? device_failures_ + 1 : 0;
  complete_ += trial.state == TrialState::complete ? 1 : 0;
  if (first_.size() < kFirstAlike) {
    first_.push_back(failed ? likeness : std::string());
  }
  if (failed) {
    ++failures_;
    last_ = fmt::format("trial {}: {}", trial.number, trial.reason);
  }
}

std::optional<Done> FailureLimit::reached() const {
  const bool alike = first_.size() == kFirstAlike && !first_[0].empty() &&
                     std::all_of(first_.begin(), first_.end(),
                                 [this](const std::string& one) { return one == first_[0]; });
  if (defaults_ && device_failures_ >= kDeviceFailures) {
    return Done{.reason = "device_failed",
                .detail = fmt::format("the device failed in {} trials in succession; {}",
                                      device_failures_, last_)};
  }
  if (defaults_ && alike) {
    return Done{.reason = "failed_alike",
                .detail = fmt::format("the first three trials failed alike; {}", last_)};
  }
  if (max_failures_ && failures_ > 0 && failures_ >= *max_failures_) {
    return Done{.reason = "max_failures",
                .detail = fmt::format("{} trials failed (max_failures {}); the last: {}", failures_,
                                      *max_failures_, last_)};
  }
  if (!max_failures_ && defaults_ && complete_ == 0 && failures_ >= kFailuresWithNoneComplete) {
    return Done{.reason = "max_failures",
                .detail = fmt::format("{} trials failed and none is complete; the last: {}",
                                      failures_, last_)};
  }
  return std::nullopt;
}

}  // namespace autoglm
