#include "trainer/nn/run/watch.h"

#include <doctest/doctest.h>

#include <cmath>

namespace autoglm::nn {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The last of equal looks every 50 updates, beginning with update 50.
std::optional<RunEnd> look_times(Watch& watch, std::int64_t times, UpdateLook seen) {
  std::optional<RunEnd> end;
  for (std::int64_t i = 1; i <= times && !end; ++i) {
    seen.updates = 50 * i;
    end = watch.look(seen);
  }
  return end;
}

/// Epochs from 1; the end that came in the last of them, which none may come before.
std::optional<RunEnd> look_epochs(Watch& watch, const std::vector<double>& train,
                                  const std::vector<double>& validation) {
  REQUIRE(train.size() == validation.size());
  std::optional<RunEnd> end;
  for (std::size_t i = 0; i < train.size(); ++i) {
    REQUIRE_FALSE(end.has_value());
    end = watch.look(EpochLook{.epoch = static_cast<std::int64_t>(i) + 1,
                               .train_loss = train[i],
                               .validation_loss = validation[i]});
  }
  return end;
}

TEST_CASE("a loss or gradient that is no number ends a run at once") {
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    Watch watch({}, precision);
    const auto loss = watch.look({.updates = 120, .train_loss = kNaN, .gradient_norm = 1});
    REQUIRE(loss.has_value());
    CHECK(loss->cause == EndCause::not_finite);
    CHECK(loss->reason ==
          "update 120: training loss is nan; try a lower lr or a smaller clip_norm");
    const auto norm = watch.look({.updates = 7, .train_loss = 1, .gradient_norm = kInfinity});
    REQUIRE(norm.has_value());
    CHECK(norm->reason == "update 7: gradient norm is inf; try a lower lr or a smaller clip_norm");
    const auto epoch = watch.look(EpochLook{.epoch = 3, .train_loss = 1, .validation_loss = kNaN});
    REQUIRE(epoch.has_value());
    CHECK(epoch->cause == EndCause::not_finite);
    CHECK(epoch->reason ==
          "epoch 3: validation loss is nan; try a lower lr or a smaller clip_norm");
  }
}

TEST_CASE("an update that was skipped between two looks ends a run, but with fp16") {
  const UpdateLook seen{.updates = 50, .train_loss = 1, .gradient_norm = 1, .overflows = 1};
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    const auto end = Watch({}, precision).look(seen);
    REQUIRE(end.has_value());
    CHECK(end->cause == EndCause::not_finite);
    CHECK(end->reason ==
          "update 50: gradients of an earlier update were not finite; try a lower lr or a smaller "
          "clip_norm");
  }
  CHECK_FALSE(Watch({}, Precision::fp16).look(seen));
}

TEST_CASE("with fp16 a validation loss that is no number ends a run") {
  const auto end = Watch({}, Precision::fp16)
                       .look(EpochLook{.epoch = 1, .train_loss = kNaN, .validation_loss = kNaN});
  REQUIRE(end.has_value());
  CHECK(end->cause == EndCause::not_finite);
}

TEST_CASE("with fp16 overflows are survived while updates are made") {
  Watch watch({}, Precision::fp16);
  std::int64_t overflows = 0;
  for (std::int64_t updates = 50; updates <= 5000; updates += 50) {
    overflows += 49;  // all but one, at the least scale
    CHECK_FALSE(watch.look({.updates = updates,
                            .train_loss = kInfinity,
                            .gradient_norm = kNaN,
                            .loss_scale = 1,
                            .overflows = overflows}));
  }
}

TEST_CASE("a loss scale at its least is no end for gradients that fit") {
  Watch watch({}, Precision::fp16);
  CHECK_FALSE(look_times(watch, 100, {.train_loss = 1, .gradient_norm = 1, .loss_scale = 1}));
}

TEST_CASE("a loss scale at its least without an update for an interval is an end") {
  Watch watch({}, Precision::fp16);
  UpdateLook seen{.updates = 100, .train_loss = 1, .gradient_norm = kInfinity, .loss_scale = 2};
  CHECK_FALSE(watch.look(seen));
  seen = {.updates = 150, .train_loss = 1, .gradient_norm = kInfinity, .overflows = 50};
  CHECK_FALSE(watch.look(seen));  // none since update 100, at the least scale since now
  seen = {.updates = 199, .train_loss = 1, .gradient_norm = kInfinity, .overflows = 99};
  CHECK_FALSE(watch.look(seen));
  seen = {.updates = 200, .train_loss = 1, .gradient_norm = kInfinity, .overflows = 100};
  const auto end = watch.look(seen);
  REQUIRE(end.has_value());
  CHECK(end->cause == EndCause::stuck_scale);
  CHECK(end->reason ==
        "update 200: gradients overflow fp16 at the least loss scale (1), no update was made since "
        "150; use bf16 or fp32, or a lower lr");
}

TEST_CASE("a training loss far above the first one for an interval is divergence") {
  Watch watch({}, Precision::fp32);
  CHECK_FALSE(watch.look({.updates = 50, .train_loss = 2, .gradient_norm = 1}));
  CHECK_FALSE(watch.look({.updates = 100, .train_loss = 2001, .gradient_norm = 1}));
  const auto end = watch.look({.updates = 150, .train_loss = 5000, .gradient_norm = 1});
  REQUIRE(end.has_value());
  CHECK(end->cause == EndCause::diverged);
  CHECK(
      end->reason ==
      "update 150: training loss 5000 is above 1000 times the first one (2) since update 100; try "
      "a lower lr or a smaller clip_norm");
}

TEST_CASE("a single look is no divergence, no explosion and no vanishing") {
  Watch watch({}, Precision::fp32);
  for (std::int64_t i = 1; i <= 100; ++i) {
    const bool odd = i % 2 == 1;
    CHECK_FALSE(watch.look(
        {.updates = i * 50, .train_loss = odd ? 2.0 : 1e6, .gradient_norm = odd ? 1e6 : 1e-12}));
  }
}

TEST_CASE("a run that begins solved may lose that again") {
  Watch watch({}, Precision::fp32);
  CHECK_FALSE(watch.look({.updates = 50, .train_loss = 0, .gradient_norm = 1}));
  CHECK_FALSE(look_times(watch, 10, {.train_loss = 0.9, .gradient_norm = 1}));
}

TEST_CASE("gradients above the limit for an interval are an end") {
  Watch watch({}, Precision::bf16);
  const auto end = look_times(watch, 10, {.train_loss = 2, .gradient_norm = 52000});
  REQUIRE(end.has_value());
  CHECK(end->cause == EndCause::exploding);
  CHECK(end->reason ==
        "update 100: gradient norm 5.2e+04 is above 1e+04 since update 50; try a lower lr or a "
        "smaller clip_norm");
}

TEST_CASE("gradients below the limit for an interval are an end where nothing was learned") {
  Watch watch({}, Precision::fp32);
  const auto end = look_times(watch, 10, {.train_loss = 2.3, .gradient_norm = 3e-12});
  REQUIRE(end.has_value());
  CHECK(end->cause == EndCause::vanishing);
  CHECK(end->reason ==
        "update 100: gradient norm 3e-12 is below 1e-08 since update 50; try another activation, a "
        "norm, or residual");
}

TEST_CASE("a first layer without gradient is an end, however large the norm is") {
  Watch watch({}, Precision::fp32);
  const UpdateLook dead{.train_loss = 2.3, .gradient_norm = 1, .samples = 32, .first_share = 0};
  REQUIRE_FALSE(look_times(watch, 7, dead));  // 224 samples
  UpdateLook last = dead;
  last.updates = 400;
  const auto end = watch.look(last);
  REQUIRE(end.has_value());
  CHECK(end->cause == EndCause::vanishing);
  CHECK(end->reason ==
        "update 400: the gradient of the first layer's weights is 0 times the largest of any "
        "layer, and not above 1e-09 times since update 50; try another activation, a norm, or "
        "residual");
}

TEST_CASE("a first layer without gradient needs an interval, samples, and a loss to lower") {
  const auto ends = [](UpdateLook look, std::int64_t times, WatchSpec spec = {}) {
    Watch watch(spec, Precision::fp32);
    watch.look({.updates = 1, .train_loss = 2.3, .gradient_norm = 1});
    look.gradient_norm = 1;
    return look_times(watch, times, look).has_value();
  };
  const UpdateLook dead{.train_loss = 2.3, .samples = 1000, .first_share = 9e-10};
  CHECK_FALSE(ends(dead, 1));
  CHECK(ends(dead, 2));
  CHECK_FALSE(ends(dead, 100, {.vanishing = 0}));
  UpdateLook other = dead;
  other.samples = 1;
  CHECK_FALSE(ends(other, 255));
  CHECK(ends(other, 256));
  other = dead;
  other.train_loss = 0.2;
  CHECK_FALSE(ends(other, 100));
  other = dead;
  other.first_share = 2e-9;
  CHECK_FALSE(ends(other, 100));
  other.first_share = std::nan("");
  CHECK_FALSE(ends(other, 100));
}

TEST_CASE("one look at a first layer with a gradient begins its row anew") {
  Watch watch({}, Precision::fp32);
  for (std::int64_t i = 1; i <= 100; ++i) {
    CHECK_FALSE(watch.look({.updates = i * 50,
                            .train_loss = 2,
                            .gradient_norm = 1,
                            .samples = 32,
                            .first_share = i % 8 == 0 ? 1e-3 : 0}));
  }
}

TEST_CASE("gradients of nothing are those of a run that has learned its data") {
  Watch watch({}, Precision::fp32);
  CHECK_FALSE(watch.look({.updates = 50, .train_loss = 2.3, .gradient_norm = 1}));
  CHECK_FALSE(look_times(watch, 100, {.train_loss = 0.001, .gradient_norm = 0}));
}

TEST_CASE("limits last from the first look that saw them, however often there are looks") {
  Watch watch({}, Precision::fp32);
  for (std::int64_t updates = 1; updates <= 50; ++updates) {
    REQUIRE_FALSE(watch.look({.updates = updates, .train_loss = 2, .gradient_norm = 1e5}));
  }
  CHECK(watch.look({.updates = 51, .train_loss = 2, .gradient_norm = 1e5}));
}

TEST_CASE("validation loss that rises while training loss falls is over-fitting") {
  Watch watch({.overfitting = 3}, Precision::fp32);
  const auto end = look_epochs(watch, {1.0, 0.9, 0.8, 0.7, 0.6}, {1.0, 0.95, 0.96, 0.97, 0.98});
  REQUIRE(end.has_value());
  CHECK(end->cause == EndCause::overfitting);
  CHECK(end->reason ==
        "epoch 5: validation loss rose while training loss fell for 3 epochs in a row, last from "
        "0.97 to 0.98; the best was 0.95 in epoch 2");
  CHECK_FALSE(is_failure(end->cause));
}

TEST_CASE("noise on a validation loss is no over-fitting") {
  Watch watch({.overfitting = 3}, Precision::fp32);
  // Two rises in a row at most; in epoch 9 training loss does not fall.
  CHECK_FALSE(look_epochs(watch, {10, 9, 8, 7, 6, 5, 4, 3, 3.5, 2, 1},
                          {10, 11, 12, 11, 12, 13, 11, 12, 13, 14, 15}));
}

TEST_CASE("patience ends a run that gets no better, the best epoch named") {
  Watch watch({.patience = 3}, Precision::fp32);
  const auto end = look_epochs(watch, {1, 1, 1, 1, 1}, {0.6, 0.5, 0.55, 0.5, 0.49995});
  REQUIRE(end.has_value());
  CHECK(end->cause == EndCause::patience);
  CHECK(end->reason ==
        "epoch 5: validation loss was not below 0.5 (of epoch 2) by more than 0.0001 for 3 epochs");
  CHECK_FALSE(is_failure(end->cause));
}

TEST_CASE("patience starts anew with each better epoch, and slow progress adds up") {
  Watch noisy({.patience = 3}, Precision::fp32);
  CHECK_FALSE(look_epochs(noisy, {1, 1, 1, 1, 1, 1, 1, 1}, {5, 6, 6, 4, 6, 6, 3, 6}));
  Watch slow({.patience = 3, .least_change = 0.1}, Precision::fp32);
  CHECK_FALSE(look_epochs(slow, {1, 1, 1, 1, 1, 1, 1}, {5, 4.94, 4.88, 4.82, 4.76, 4.7, 4.64}));
}

TEST_CASE("a limit of zero is no limit") {
  Watch watch({.divergence = 0, .vanishing = 0, .exploding = 0}, Precision::fp32);
  CHECK_FALSE(watch.look({.updates = 50, .train_loss = 1, .gradient_norm = 0}));
  CHECK_FALSE(look_times(watch, 100, {.train_loss = 1e30, .gradient_norm = 1e30}));
  CHECK_FALSE(look_times(watch, 100, {.train_loss = 1e30, .gradient_norm = 0}));
  std::vector<double> rising(200);
  std::vector<double> falling(200);
  for (std::size_t i = 0; i < 200; ++i) {
    rising[i] = static_cast<double>(i);
    falling[i] = -static_cast<double>(i);
  }
  CHECK_FALSE(look_epochs(watch, falling, rising));
}

TEST_CASE("a watch restored after every look ends where it would have ended") {
  const WatchSpec spec{.patience = 4, .overfitting = 3};
  const std::vector<UpdateLook> updates{{.updates = 50, .train_loss = 2, .gradient_norm = 2e4},
                                        {.updates = 75, .train_loss = 3000, .gradient_norm = 1},
                                        {.updates = 110, .train_loss = 3000, .gradient_norm = 1},
                                        {.updates = 125, .train_loss = 3000, .gradient_norm = 1}};
  const std::vector<EpochLook> epochs{{.epoch = 1, .train_loss = 9, .validation_loss = 5},
                                      {.epoch = 2, .train_loss = 8, .validation_loss = 6},
                                      {.epoch = 3, .train_loss = 7, .validation_loss = 7},
                                      {.epoch = 4, .train_loss = 6, .validation_loss = 8}};
  std::vector<std::byte> kept = Watch(spec, Precision::fp32).save();
  std::vector<bool> ended;
  for (std::size_t i = 0; i < 4; ++i) {
    Watch watch(spec, Precision::fp32);
    REQUIRE(watch.restore(kept));
    CHECK(watch.save() == kept);
    ended.push_back(watch.look(updates[i]).has_value());
    ended.push_back(watch.look(epochs[i]).has_value());
    kept = watch.save();
  }
  CHECK(ended == std::vector<bool>{false, false, false, false, false, false, true, true});
}

TEST_CASE("a watch takes no bytes but its own") {
  Watch watch({}, Precision::fp32);
  watch.look({.updates = 50, .train_loss = 2, .gradient_norm = 1});
  const std::vector<std::byte> kept = watch.save();
  std::vector<std::byte> other = kept;
  other.pop_back();
  CHECK_FALSE(watch.restore(other));
  other.resize(kept.size() + 1);
  CHECK_FALSE(watch.restore(other));
  CHECK_FALSE(watch.restore({}));
  CHECK(watch.save() == kept);
}

}  // namespace
}  // namespace autoglm::nn
