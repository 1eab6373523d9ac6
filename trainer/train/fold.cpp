#include "trainer/train/fold.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "trainer/nn/run/learning_rate.h"
#include "trainer/nn/run/metrics.h"
#include "trainer/nn/run/throughput.h"

namespace autoglm {
namespace {

nn::Samples samples_of(const nn::Batch& batch) {
  return {.count = batch.count,
          .inputs = batch.x.data(),
          .labels = batch.labels.data(),
          .targets = batch.targets.data()};
}

/// Folds of one run differ in nothing but their rows and, so that they are as different as runs of
/// other seeds are, in their random numbers.
std::uint64_t seed_of(std::uint64_t seed, std::int64_t fold) {
  return seed + static_cast<std::uint64_t>(fold) * 0x9e3779b97f4a7c15U;
}

nn::TrainSpec with_seed(nn::TrainSpec spec, std::int64_t fold) {
  spec.training.seed = seed_of(spec.training.seed, fold);
  return spec;
}

/// As UpdateLook::first_share; NaN where an update overflowed.
double first_share(const std::vector<nn::UpdateReport::Gradient>& gradients) {
  std::optional<double> first;
  double largest = 0;
  for (const nn::UpdateReport::Gradient& gradient : gradients) {
    if (gradient.name.ends_with(".weight")) {
      const double size = std::hypot(std::sqrt(double{gradient.variance}), gradient.mean);
      first = first.value_or(size);
      largest = std::max(largest, size);
    }
  }
  if (!first || !std::isfinite(largest)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return largest > 0 ? *first / largest : 0;
}

std::int64_t parts(std::int64_t whole, std::int64_t part) { return (whole + part - 1) / part; }

}  // namespace

nn::Problem problem_of(const nn::Dataset& dataset) {
  return {.sample = dataset.sample(),
          .outputs = dataset.outputs(),
          .classification = dataset.task() == nn::Task::classification};
}

Fold::Fold(const nn::Dataset& dataset, const nn::TrainSpec& spec, nn::Backend& backend,
           std::int64_t fold)
    : dataset_(dataset),
      spec_(with_seed(spec, fold)),
      split_(dataset.split(fold)),
      standardization_(dataset.fit(split_.training)),
      trainer_(backend, spec_.model, spec_.training, problem_of(dataset)),
      training_(dataset, standardization_, split_.training,
                {.batch = spec_.training.batch,
                 .shuffle = true,
                 .augment = true,
                 .prefetch = spec_.training.memory == nn::MemoryProfile::performance,
                 .seed = spec_.training.seed}),
      watch_(spec_.training.watch, spec_.training.precision) {
  // More batches than there are make no difference, but a number beyond all integers.
  const auto samples = static_cast<std::int64_t>(split_.training.size());
  std::int64_t& accumulation = spec_.training.accumulation;
  accumulation = std::min(accumulation, parts(samples, spec_.training.batch));
  updates_per_epoch_ = parts(samples, spec_.training.batch * accumulation);
}

bool Fold::update(std::int64_t epoch) {
  const auto samples = static_cast<std::int64_t>(split_.training.size());
  const std::int64_t most = spec_.training.batch * spec_.training.accumulation;
  const std::int64_t of_update = std::min(most, samples - position_ * most);
  nn::Batch batch;
  for (std::int64_t done = 0; done < of_update; done += batch.count) {
    if (!training_.next(batch)) {
      break;
    }
    trainer_.accumulate(samples_of(batch), of_update);
  }
  rate_ = spec_.training.optimizer.lr *
          nn::learning_rate_factor(spec_.training.schedule,
                                   {.updates = epoch * updates_per_epoch_ + position_,
                                    .updates_per_epoch = updates_per_epoch_,
                                    .epochs = spec_.training.epochs});
  trainer_.update(rate_);
  unlooked_samples_ += of_update;
  update_samples_ = of_update;
  return ++position_ < updates_per_epoch_;
}

void Fold::take_loss() {
  if (unlooked_samples_ == 0) {
    return;
  }
  look_loss_ = trainer_.take_training_loss();
  epoch_loss_ += look_loss_ * static_cast<double>(unlooked_samples_);
  epoch_samples_ += unlooked_samples_;
  unlooked_samples_ = 0;
}

void Fold::look(std::int64_t epoch) {
  take_loss();
  const nn::UpdateReport& seen = trainer_.report();
  end_ = watch_.look({.updates = epoch * updates_per_epoch_ + position_,
                      .train_loss = look_loss_,
                      .gradient_norm = seen.gradient_norm,
                      .loss_scale = seen.loss_scale,
                      .overflows = seen.overflows,
                      .samples = update_samples_,
                      .first_share = first_share(seen.gradients)});
  seen_ = {{std::string(nn::kTrainLoss), look_loss_},
           {std::string(nn::kLearningRate), rate_},
           {std::string(nn::kGradientNorm), seen.gradient_norm}};
  if (spec_.training.precision == nn::Precision::fp16) {
    seen_.emplace_back(nn::kLossScale, seen.loss_scale);
    seen_.emplace_back(nn::kOverflows, seen.overflows);
  }
  for (const nn::UpdateReport::Gradient& gradient : seen.gradients) {
    seen_.emplace_back("grad_mean." + gradient.name, gradient.mean);
    seen_.emplace_back("grad_variance." + gradient.name, gradient.variance);
  }
}

Fold::Pass Fold::train(std::int64_t epoch, const std::function<bool()>& pause,
                       const OnLook& on_look) {
  if (reading_ != epoch) {
    training_.begin_epoch(epoch);
    training_.skip_to(position_ * spec_.training.accumulation);
    reading_ = epoch;
  }
  if (position_ == 0) {
    epoch_loss_ = 0;
    epoch_samples_ = 0;
  }
  bool more = true;
  while (more) {
    more = update(epoch);
    const std::int64_t updates = epoch * updates_per_epoch_ + position_;
    if (!more || updates % spec_.training.watch.interval == 0) {
      look(epoch);
      on_look(seen_);
      if (end_) {
        return Pass::ended;
      }
    }
    if (more && pause()) {
      return Pass::paused;
    }
  }
  position_ = 0;
  return Pass::done;
}

std::optional<MetricValues> Fold::evaluate(const std::vector<nn::Row>& rows,
                                           std::string_view prefix,
                                           const std::function<bool()>& stop) {
  nn::BatchReader reader(dataset_, standardization_, rows, {.batch = spec_.training.batch});
  reader.begin_epoch(0);
  const std::int64_t outputs = dataset_.outputs();
  const auto width = static_cast<std::size_t>(outputs);
  results_.resize(static_cast<std::size_t>(spec_.training.batch) * width);
  nn::ClassMetrics classes(std::max<std::int64_t>(outputs, 1), spec_.training.top_k);
  nn::RegressionMetrics numbers;
  double loss = 0;
  nn::Batch batch;
  while (reader.next(batch)) {
    if (stop()) {
      return std::nullopt;
    }
    loss += trainer_.evaluate(samples_of(batch), results_.data());
    const auto count = static_cast<std::size_t>(batch.count);
    const std::span<float> results(results_.data(), count * width);
    if (dataset_.task() == nn::Task::classification) {
      classes.add(results, batch.labels);
      continue;
    }
    for (std::size_t i = 0; i < count; ++i) {
      numbers.add(results[i] * standardization_.target_deviation + standardization_.target_mean,
                  dataset_.target(batch.rows[i]));
    }
  }
  return dataset_.task() == nn::Task::classification ? nn::named(prefix, classes.result(loss))
                                                     : nn::named(prefix, numbers.result(loss));
}

double Fold::latency_milliseconds() {
  nn::BatchReader reader(dataset_, standardization_, split_.validation, {.batch = 1});
  reader.begin_epoch(0);
  nn::Batch sample;
  reader.next(sample);
  results_.resize(std::max(results_.size(), static_cast<std::size_t>(dataset_.outputs())));
  return nn::latency_ms([&] { trainer_.evaluate(samples_of(sample), results_.data()); });
}

}  // namespace autoglm
