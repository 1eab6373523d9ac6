#include "trainer/nn/run/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "trainer/nn/run/bytes.h"

namespace autoglm::nn {
namespace {

constexpr double kLeastFirstLoss = 1e-3;
constexpr double kLearned = 0.1;  // share of the first loss
// Multilayer perceptrons of 20 ReLU layers, at 4e-8, train in the end; of 24, at 8e-10, they do
// not.
constexpr double kDeadShare = 1e-9;
constexpr std::int64_t kDeadSamples = 256;
constexpr const char* kDeeper = "try another activation, a norm, or residual";
constexpr const char* kSlower = "try a lower lr or a smaller clip_norm";

}  // namespace

Watch::Watch(const WatchSpec& spec, Precision precision, double least_scale)
    : spec_(spec), precision_(precision), least_scale_(least_scale) {}

/// Keeps in `since` when the row of looks that saw it began; true once it is an interval long.
bool Watch::lasts(bool seen, std::int64_t updates, std::int64_t& since) const {
  if (!seen) {
    since = kNever;
    return false;
  }
  since = since == kNever ? updates : since;
  return updates - since >= spec_.interval;
}

std::optional<RunEnd> Watch::look(const UpdateLook& seen) {
  if (auto end = judge_finite(seen)) {
    return end;
  }
  auto end = judge_scale(seen);
  if (!end) {
    end = judge_loss(seen);
  }
  if (!end) {
    end = judge_gradients(seen);
  }
  return end ? end : judge_first_layer(seen);
}

std::optional<RunEnd> Watch::judge_finite(const UpdateLook& seen) const {
  if (precision_ == Precision::fp16) {
    return std::nullopt;
  }
  if (!std::isfinite(seen.train_loss)) {
    return RunEnd{EndCause::not_finite, fmt::format("update {}: training loss is {}; {}",
                                                    seen.updates, seen.train_loss, kSlower)};
  }
  if (!std::isfinite(seen.gradient_norm)) {
    return RunEnd{EndCause::not_finite, fmt::format("update {}: gradient norm is {}; {}",
                                                    seen.updates, seen.gradient_norm, kSlower)};
  }
  if (seen.overflows > 0) {
    return RunEnd{EndCause::not_finite,
                  fmt::format("update {}: gradients of an earlier update were not finite; {}",
                              seen.updates, kSlower)};
  }
  return std::nullopt;
}

std::optional<RunEnd> Watch::judge_scale(const UpdateLook& seen) {
  const std::int64_t applied = seen.updates - seen.overflows;
  const bool stuck = precision_ == Precision::fp16 && seen.loss_scale <= least_scale_ &&
                     applied == memory_.applied;
  memory_.applied = applied;
  if (!lasts(stuck, seen.updates, memory_.stuck_since)) {
    return std::nullopt;
  }
  return RunEnd{EndCause::stuck_scale,
                fmt::format("update {}: gradients overflow fp16 at the least loss scale ({:.4g}), "
                            "no update was made since {}; use bf16 or fp32, or a lower lr",
                            seen.updates, seen.loss_scale, memory_.stuck_since)};
}

std::optional<RunEnd> Watch::judge_loss(const UpdateLook& seen) {
  if (!std::isfinite(seen.train_loss)) {
    return std::nullopt;
  }
  if (std::isinf(memory_.first_loss)) {
    memory_.first_loss = seen.train_loss;
  }
  const double limit = spec_.divergence * std::max(memory_.first_loss, kLeastFirstLoss);
  const bool diverged = spec_.divergence > 0 && seen.train_loss > limit;
  if (!lasts(diverged, seen.updates, memory_.diverged_since)) {
    return std::nullopt;
  }
  return RunEnd{
      EndCause::diverged,
      fmt::format("update {}: training loss {:.4g} is above {:.4g} times the first one ({:.4g}) "
                  "since update {}; {}",
                  seen.updates, seen.train_loss, spec_.divergence, memory_.first_loss,
                  memory_.diverged_since, kSlower)};
}

std::optional<RunEnd> Watch::judge_gradients(const UpdateLook& seen) {
  const double norm = seen.gradient_norm;
  if (!std::isfinite(norm)) {
    return std::nullopt;
  }
  if (lasts(spec_.exploding > 0 && norm > spec_.exploding, seen.updates, memory_.exploding_since)) {
    return RunEnd{
        EndCause::exploding,
        fmt::format("update {}: gradient norm {:.4g} is above {:.4g} since update {}; {}",
                    seen.updates, norm, spec_.exploding, memory_.exploding_since, kSlower)};
  }
  const bool vanishing = norm < spec_.vanishing && seen.train_loss > kLearned * memory_.first_loss;
  if (lasts(vanishing, seen.updates, memory_.vanishing_since)) {
    return RunEnd{
        EndCause::vanishing,
        fmt::format("update {}: gradient norm {:.4g} is below {:.4g} since update {}; {}",
                    seen.updates, norm, spec_.vanishing, memory_.vanishing_since, kDeeper)};
  }
  return std::nullopt;
}

std::optional<RunEnd> Watch::judge_first_layer(const UpdateLook& seen) {
  const bool dead = spec_.vanishing > 0 && seen.first_share <= kDeadShare &&
                    seen.train_loss > kLearned * memory_.first_loss;
  memory_.dead_samples = dead ? memory_.dead_samples + seen.samples : 0;
  if (!lasts(dead, seen.updates, memory_.dead_since) || memory_.dead_samples < kDeadSamples) {
    return std::nullopt;
  }
  return RunEnd{
      EndCause::vanishing,
      fmt::format("update {}: the gradient of the first layer's weights is {:.4g} times the "
                  "largest of any layer, and not above {:.4g} times since update {}; {}",
                  seen.updates, seen.first_share, kDeadShare, memory_.dead_since, kDeeper)};
}

std::optional<RunEnd> Watch::look(const EpochLook& seen) {
  if (!std::isfinite(seen.validation_loss)) {
    return RunEnd{EndCause::not_finite, fmt::format("epoch {}: validation loss is {}; {}",
                                                    seen.epoch, seen.validation_loss, kSlower)};
  }
  auto overfitting = judge_overfitting(seen);
  auto patience = judge_patience(seen);
  return overfitting ? overfitting : patience;
}

std::optional<RunEnd> Watch::judge_overfitting(const EpochLook& seen) {
  const bool worse = seen.validation_loss > memory_.last_validation_loss &&
                     seen.train_loss < memory_.last_train_loss;
  memory_.overfitted = worse ? memory_.overfitted + 1 : 0;
  const double before = memory_.last_validation_loss;
  memory_.last_validation_loss = seen.validation_loss;
  memory_.last_train_loss = seen.train_loss;
  if (spec_.overfitting == 0 || memory_.overfitted < spec_.overfitting) {
    return std::nullopt;
  }
  return RunEnd{EndCause::overfitting,
                fmt::format("epoch {}: validation loss rose while training loss fell for {} epochs "
                            "in a row, last from {:.4g} to {:.4g}; the best was {:.4g} in epoch {}",
                            seen.epoch, memory_.overfitted, before, seen.validation_loss,
                            memory_.best_loss, memory_.best_epoch)};
}

std::optional<RunEnd> Watch::judge_patience(const EpochLook& seen) {
  if (seen.validation_loss < memory_.best_loss - spec_.least_change) {
    memory_.best_loss = seen.validation_loss;
    memory_.best_epoch = seen.epoch;
  }
  const std::int64_t waited = seen.epoch - memory_.best_epoch;
  if (spec_.patience == 0 || waited < spec_.patience) {
    return std::nullopt;
  }
  return RunEnd{
      EndCause::patience,
      fmt::format("epoch {}: validation loss was not below {:.4g} (of epoch {}) by more "
                  "than {:.4g} for {} epochs",
                  seen.epoch, memory_.best_loss, memory_.best_epoch, spec_.least_change, waited)};
}

template <typename AMemory, typename Visit>
void Watch::each_field(AMemory& memory, const Visit& visit) {
  visit(memory.first_loss);
  visit(memory.stuck_since);
  visit(memory.diverged_since);
  visit(memory.exploding_since);
  visit(memory.vanishing_since);
  visit(memory.dead_since);
  visit(memory.dead_samples);
  visit(memory.applied);
  visit(memory.last_train_loss);
  visit(memory.last_validation_loss);
  visit(memory.overfitted);
  visit(memory.best_loss);
  visit(memory.best_epoch);
}

std::vector<std::byte> Watch::save() const {
  ByteWriter writer;
  each_field(memory_, [&](const auto& field) { writer.number(field); });
  return writer.bytes();
}

bool Watch::restore(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  Memory memory;
  each_field(memory, [&]<typename Number>(Number& field) { field = reader.number<Number>(); });
  if (!reader.complete()) {
    return false;
  }
  memory_ = memory;
  return true;
}

}  // namespace autoglm::nn
