#include "trainer/train/training_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>

#include "optimizer/failure_text.h"
#include "trainer/nn/model/status_error.h"
#include "trainer/nn/run/metrics.h"
#include "trainer/nn/run/throughput.h"
#include "trainer/train/fold.h"
#include "trainer/train/kept_weights.h"
#include "trainer/train/required_memory.h"
#include "trainer/train/run_checkpoints.h"
#include "trainer/train/run_state.h"

namespace autoglm {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// The mean of each metric over the folds.
MetricValues mean_of(const std::vector<MetricValues>& folds) {
  MetricValues mean = folds.front();
  for (std::size_t i = 0; i < mean.size(); ++i) {
    double sum = 0;
    for (const MetricValues& fold : folds) {
      sum += fold[i].second;
    }
    mean[i].second = sum / static_cast<double>(folds.size());
  }
  return mean;
}

class TrainingRun {
 public:
  TrainingRun(const nn::TrainSpec& spec, const RunContext& context, RunReporter& reporter)
      : spec_(spec),
        context_(context),
        reporter_(reporter),
        state_{.watch = nn::Watch(spec.training.watch, spec.training.precision)},
        checkpoints_(spec_, context, reporter) {}

  RunResult run();
  /// Whether the device's memory was to be enough, with room for what cannot be predicted.
  bool should_fit() const {
    return reserved_ > 0 && reserved_ < backend_->info().memory_bytes / 10 * 9;
  }

 private:
  bool open();
  void resume();
  void tell_device_memory(MetricValues& metrics) const;
  void announce() const;
  void tell(std::int64_t step, MetricValues metrics);
  std::optional<RunResult> train_epoch();
  std::optional<RunResult> train_folds();
  std::optional<RunResult> judge_epoch(const MetricValues& metrics);
  RunResult train();
  RunResult finish();
  std::optional<MetricValues> last_metrics();
  std::optional<MetricValues> evaluate(std::size_t fold, std::string_view part);
  RunResult fail(const nn::RunEnd& end);
  RunResult stop();

  nn::TrainSpec spec_;
  const RunContext& context_;
  RunReporter& reporter_;
  std::unique_ptr<nn::Dataset> dataset_{};
  std::unique_ptr<nn::Backend> backend_{};
  RunState state_;
  std::size_t reserved_ = 0;  // of the device's own memory
  RunCheckpoints checkpoints_;
};

/// What all networks have of a device's own memory, said beside what was reserved.
void TrainingRun::tell_device_memory(MetricValues& metrics) const {
  if (backend_->info().memory_bytes == 0) {
    return;
  }
  std::size_t allocated = backend_->scratch_bytes();
  for (const auto& fold : state_.folds) {
    allocated += fold->memory().arenas();
  }
  reporter_.say(fmt::format("memory of the device: {} allocated, {} reserved", megabytes(allocated),
                            megabytes(reserved_)));
  metrics.emplace_back(nn::kDeviceMemory, static_cast<double>(allocated) / 1e6);
}

void TrainingRun::announce() const {
  const nn::BackendInfo& info = backend_->info();
  std::string precision = "fp32";
  if (spec_.training.precision != nn::Precision::fp32) {
    const bool is_bf16 = spec_.training.precision == nn::Precision::bf16;
    const bool is_native = is_bf16 ? info.native_bf16 : info.native_f16;
    precision = fmt::format("{} ({})", is_bf16 ? "bf16" : "fp16",
                            is_native ? "products by the hardware"
                                      : "numbers are rounded, products are computed in fp32");
  }
  reporter_.say(
      fmt::format("device: {}, {}; precision: {}", info.device, info.instructions, precision));
}

/// False: told to stop before the device had room.
bool TrainingRun::open() {
  dataset_ = nn::open_dataset(spec_.data);
  for (const std::string& line : dataset_->describe()) {
    reporter_.say(line);
  }
  // A batch beyond all rows is all rows, and planned as that.
  spec_.training.batch = std::min(spec_.training.batch, dataset_->rows());
  backend_ = context_.make_backend(spec_.training.device);
  if (backend_ == nullptr) {
    return false;
  }
  announce();
  const std::size_t on_device = require_memory(spec_, *dataset_, *backend_, reporter_);
  reserved_ = on_device + backend_->scratch_bytes();
  if (context_.reserve && !context_.reserve(on_device)) {
    return false;
  }
  for (std::int64_t fold = 0; fold < spec_.data.folds; ++fold) {
    state_.folds.push_back(std::make_unique<Fold>(*dataset_, spec_, *backend_, fold));
  }
  resume();
  return true;
}

void TrainingRun::resume() {
  if (checkpoints_.load(state_)) {
    for (const Report& report : state_.told) {
      reporter_.report(report.step, report.metrics);
    }
  }
}

/// What is told again of a step replaces.
void TrainingRun::tell(std::int64_t step, MetricValues metrics) {
  if (const auto memory = nn::host_memory()) {
    metrics.emplace_back(nn::kMemory, static_cast<double>(memory->peak) / 1e6);
  }
  if (state_.told.empty() || state_.told.back().step != step) {
    state_.told.push_back({.step = step});
  }
  for (const auto& [name, value] : metrics) {
    set_metric(state_.told.back().metrics, name, value);
  }
  reporter_.report(step, metrics);
}

RunResult TrainingRun::fail(const nn::RunEnd& end) {
  reporter_.say(end.reason);
  return RunResult::failed;
}

RunResult TrainingRun::stop() {
  try {
    checkpoints_.save(state_);
  } catch (const nn::CheckpointError& error) {
    throw nn::CheckpointError(fmt::format("{}, then run this again", error.what()));
  }
  return RunResult::stopped;
}

/// Each fold trains its part of the epoch; nothing: all are done.
std::optional<RunResult> TrainingRun::train_folds() {
  const bool alone = state_.folds.size() == 1;
  // With 0 there is one after each epoch, not after each update.
  const bool within = spec_.training.checkpoint_seconds > 0;
  const auto pause = [&] { return context_.stop() || (within && checkpoints_.is_due()); };
  const auto on_look = [&](const MetricValues& seen) {
    if (alone) {
      tell(state_.epoch, seen);
    }
  };
  while (state_.fold < state_.folds.size()) {
    Fold& fold = *state_.folds[state_.fold];
    const auto begin = Clock::now();
    const Fold::Pass pass = fold.train(state_.epoch, pause, on_look);
    state_.seconds += seconds_since(begin);
    if (pass == Fold::Pass::ended) {
      return fail(*fold.end());
    }
    if (pass == Fold::Pass::done) {
      ++state_.fold;
    } else if (context_.stop()) {
      return stop();
    } else {
      checkpoints_.save_if_possible(state_);
    }
  }
  return std::nullopt;
}

std::optional<RunResult> TrainingRun::judge_epoch(const MetricValues& metrics) {
  const auto verdict = state_.watch.look(nn::EpochLook{
      .epoch = state_.epoch + 1,
      .train_loss = *find_metric(metrics, nn::kTrainLoss),
      .validation_loss = *find_metric(metrics, std::string(nn::kValidation) + "loss")});
  if (verdict && nn::is_failure(verdict->cause)) {
    return fail(*verdict);
  }
  state_.ended = verdict ? verdict->reason : "";
  return std::nullopt;
}

/// The metrics of a fold's validation or test part; none: told to stop meanwhile.
std::optional<MetricValues> TrainingRun::evaluate(std::size_t fold, std::string_view part) {
  Fold& judged = *state_.folds[fold];
  const nn::Split& split = judged.split();
  return judged.evaluate(part == nn::kTest ? split.test : split.validation, part, context_.stop);
}

/// Nothing: the epoch is over, and `ended` says whether another follows.
std::optional<RunResult> TrainingRun::train_epoch() {
  if (const auto result = train_folds()) {
    return result;
  }
  std::vector<MetricValues> seen;
  std::vector<MetricValues> judged;
  double samples = 0;
  for (std::size_t i = 0; i < state_.folds.size(); ++i) {
    const Fold& fold = *state_.folds[i];
    const auto metrics = evaluate(i, nn::kValidation);
    if (!metrics) {
      return stop();
    }
    seen.push_back(fold.seen());
    judged.push_back({{std::string(nn::kTrainLoss), fold.training_loss()}});
    judged.back().insert(judged.back().end(), metrics->begin(), metrics->end());
    samples += static_cast<double>(fold.split().training.size());
  }
  if (state_.folds.size() > 1) {
    tell(state_.epoch, mean_of(seen));
  }
  MetricValues metrics = mean_of(judged);
  metrics.emplace_back(nn::kSamplesPerSecond, samples / state_.seconds);
  tell(state_.epoch, metrics);
  if (const auto result = judge_epoch(metrics)) {
    return result;
  }
  ++state_.epoch;
  state_.fold = 0;
  state_.seconds = 0;
  if (checkpoints_.is_due()) {
    checkpoints_.save_if_possible(state_);
  }
  return std::nullopt;
}

/// What is measured once; none: told to stop meanwhile.
std::optional<MetricValues> TrainingRun::last_metrics() {
  std::vector<MetricValues> tests;
  MetricValues last;
  for (std::size_t i = 0; i < state_.folds.size(); ++i) {
    if (!state_.folds[i]->split().test.empty()) {
      const auto test = evaluate(i, nn::kTest);
      if (!test) {
        return std::nullopt;
      }
      tests.push_back(*test);
    }
    if (state_.folds.size() > 1) {
      const auto validation = evaluate(i, nn::kValidation);
      if (!validation) {
        return std::nullopt;
      }
      for (const auto& [name, value] : *validation) {
        last.emplace_back(fmt::format("{}.fold{}", name, i), value);
      }
    }
  }
  if (!tests.empty()) {
    const MetricValues mean = mean_of(tests);
    last.insert(last.end(), mean.begin(), mean.end());
  }
  last.emplace_back(nn::kLatency, state_.folds.front()->latency_milliseconds());
  return last;
}

RunResult TrainingRun::finish() {
  auto last = last_metrics();
  if (!last) {
    return stop();
  }
  tell_device_memory(*last);
  if (spec_.training.keep_weights) {
    for (std::size_t i = 0; i < state_.folds.size(); ++i) {
      const std::string file = weights_file(i, state_.folds.size());
      keep_weights(context_.directory + "/" + file, *state_.folds[i], *dataset_, context_.section);
    }
  }
  tell(state_.epoch - 1, *last);
  if (state_.ended.empty()) {
    return RunResult::finished;
  }
  reporter_.say(std::string(kEndedEarly) + state_.ended);
  return RunResult::ended_early;
}

RunResult TrainingRun::train() {
  while (state_.ended.empty() && state_.epoch < spec_.training.epochs) {
    if (const auto result = train_epoch()) {
      return *result;
    }
  }
  return finish();
}

RunResult TrainingRun::run() {
  if (!open()) {
    return RunResult::stopped;
  }
  const RunResult result = train();
  if (result != RunResult::stopped) {
    checkpoints_.remove();
  }
  return result;
}

}  // namespace

RunResult run_training(const nn::TrainSpec& spec, const RunContext& context,
                       RunReporter& reporter) {
  TrainingRun run(spec, context, reporter);
  try {
    return run.run();
  } catch (const nn::DeviceMemoryError& error) {
    if (run.should_fit()) {
      throw DeviceError(fmt::format(
          "{}; by what is predicted it fits, so other programs may have the memory", error.what()));
    }
    throw InfeasibleRun(error.what());
  } catch (const nn::ModelError& error) {
    throw InfeasibleRun(error.what());
  } catch (const std::bad_alloc&) {
    throw InfeasibleRun("there is not enough memory; take a smaller batch or model");
  }
}

}  // namespace autoglm
