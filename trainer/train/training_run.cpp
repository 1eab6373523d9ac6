#include "trainer/train/training_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <new>
#include <optional>
#include <utility>

#include "optimizer/failure_text.h"
#include "trainer/nn/model/status_error.h"
#include "trainer/nn/run/metrics.h"
#include "trainer/nn/run/throughput.h"
#include "trainer/train/fold.h"
#include "trainer/train/kept_weights.h"
#include "trainer/train/run_state.h"

namespace autoglm {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::size_t physical_memory() {
  return static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::size_t>(::sysconf(_SC_PAGE_SIZE));
}

std::string megabytes(std::size_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
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
        state_{.watch = nn::Watch(spec.training.watch, spec.training.precision)} {}

  RunResult run();

 private:
  bool open();
  nn::MemoryUse require_memory() const;
  void announce() const;
  void tell(std::int64_t step, MetricValues metrics);
  std::optional<RunResult> train_epoch();
  std::optional<RunResult> train_folds();
  std::optional<RunResult> judge_epoch(const MetricValues& metrics);
  RunResult end(const nn::RunEnd& end);
  RunResult finish(std::int64_t step);
  void checkpoint();
  void checkpoint_if_due();
  std::string checkpoint_path() const { return context_.directory + "/" + kCheckpointFile; }

  const nn::TrainSpec& spec_;
  const RunContext& context_;
  RunReporter& reporter_;
  std::unique_ptr<nn::Dataset> dataset_{};
  std::unique_ptr<nn::Backend> backend_{};
  RunState state_;
  Clock::time_point saved_ = Clock::now();
};

/// What a fold needs; before anything large is allocated.
nn::MemoryUse TrainingRun::require_memory() const {
  const nn::MemoryUse use = nn::predict_memory(spec_.model, spec_.training, problem_of(*dataset_));
  const std::size_t needed = use.total() * static_cast<std::size_t>(spec_.data.folds) +
                             static_cast<std::size_t>(dataset_->cached_bytes());
  const std::size_t limit = spec_.training.memory_limit_bytes
                                ? static_cast<std::size_t>(*spec_.training.memory_limit_bytes)
                                : physical_memory();
  reporter_.say(fmt::format("memory: {} predicted ({} parameters and moments, {} activations)",
                            megabytes(needed),
                            megabytes(use.masters + use.gradients + use.moments + use.working),
                            megabytes(use.activations)));
  if (needed > limit) {
    throw InfeasibleRun(fmt::format(
        "would need {} of memory, and {} is {}; take a smaller batch or model, or \"memory\": "
        "\"efficient\"",
        megabytes(needed),
        spec_.training.memory_limit_bytes ? "the memory_limit" : "all that this machine has",
        megabytes(limit)));
  }
  return use;
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
  backend_ = context_.make_backend(spec_.training.device);
  announce();
  const std::size_t of_device =
      require_memory().total() * static_cast<std::size_t>(spec_.data.folds);
  if (context_.reserve && !context_.reserve(of_device)) {
    return false;
  }
  for (std::int64_t fold = 0; fold < spec_.data.folds; ++fold) {
    state_.folds.push_back(std::make_unique<Fold>(*dataset_, spec_, *backend_, fold));
  }
  std::vector<std::string> paths;
  for (const std::string& directory : context_.resume_from) {
    paths.push_back(directory + "/" + kCheckpointFile);
  }
  if (load_run(paths, context_.fingerprint, state_, reporter_)) {
    for (const Report& report : state_.told) {
      reporter_.report(report.step, report.metrics);
    }
  }
  return true;
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

void TrainingRun::checkpoint() {
  if (!context_.directory.empty()) {
    save_run(checkpoint_path(), context_.fingerprint, state_);
    saved_ = Clock::now();
  }
}

void TrainingRun::checkpoint_if_due() {
  if (seconds_since(saved_) >= spec_.training.checkpoint_seconds) {
    checkpoint();
  }
}

RunResult TrainingRun::end(const nn::RunEnd& end) {
  if (nn::is_failure(end.cause)) {
    reporter_.say(end.reason);
    return RunResult::failed;
  }
  finish(state_.epoch);
  reporter_.say(std::string(kEndedEarly) + end.reason);
  return RunResult::ended_early;
}

/// Each fold trains its part of the epoch; nothing: all are done.
std::optional<RunResult> TrainingRun::train_folds() {
  for (; state_.fold < state_.folds.size(); ++state_.fold) {
    Fold& fold = *state_.folds[state_.fold];
    const bool alone = state_.folds.size() == 1;
    const auto pass = fold.train(state_.epoch, context_.stop, [&](const MetricValues& seen) {
      if (alone) {
        tell(state_.epoch, seen);
      }
    });
    if (pass == Fold::Pass::stopped) {
      checkpoint();
      return RunResult::stopped;
    }
    if (pass == Fold::Pass::ended) {
      return end(*fold.end());
    }
  }
  state_.fold = 0;
  return std::nullopt;
}

std::optional<RunResult> TrainingRun::judge_epoch(const MetricValues& metrics) {
  const auto verdict = state_.watch.look(nn::EpochLook{
      .epoch = state_.epoch + 1,
      .train_loss = *find_metric(metrics, nn::kTrainLoss),
      .validation_loss = *find_metric(metrics, std::string(nn::kValidation) + "loss")});
  return verdict ? std::optional(end(*verdict)) : std::nullopt;
}

std::optional<RunResult> TrainingRun::train_epoch() {
  const auto begin = Clock::now();
  if (const auto result = train_folds()) {
    return result;
  }
  const double seconds = seconds_since(begin);
  std::vector<MetricValues> folds;
  double samples = 0;
  for (const auto& fold : state_.folds) {
    MetricValues metrics{{std::string(nn::kTrainLoss), fold->training_loss()}};
    const MetricValues judged = fold->evaluate(fold->split().validation, nn::kValidation);
    metrics.insert(metrics.end(), judged.begin(), judged.end());
    samples += static_cast<double>(fold->split().training.size());
    folds.push_back(std::move(metrics));
  }
  MetricValues metrics = mean_of(folds);
  metrics.emplace_back(nn::kSamplesPerSecond, samples / seconds);
  tell(state_.epoch, metrics);
  return judge_epoch(metrics);
}

/// What is measured once, told with the last epoch.
RunResult TrainingRun::finish(std::int64_t step) {
  std::vector<MetricValues> tests;
  MetricValues last;
  for (std::size_t i = 0; i < state_.folds.size(); ++i) {
    Fold& fold = *state_.folds[i];
    if (!fold.split().test.empty()) {
      tests.push_back(fold.evaluate(fold.split().test, nn::kTest));
    }
    if (state_.folds.size() > 1) {
      for (const auto& [name, value] : fold.evaluate(fold.split().validation, nn::kValidation)) {
        last.emplace_back(fmt::format("{}.fold{}", name, i), value);
      }
    }
  }
  if (!tests.empty()) {
    const MetricValues mean = mean_of(tests);
    last.insert(last.end(), mean.begin(), mean.end());
  }
  if (spec_.training.keep_weights) {
    for (std::size_t i = 0; i < state_.folds.size(); ++i) {
      const std::string file = weights_file(i, state_.folds.size());
      keep_weights(context_.directory + "/" + file, *state_.folds[i], *dataset_, context_.section);
    }
  }
  last.emplace_back(nn::kLatency, state_.folds.front()->latency_milliseconds());
  tell(step, std::move(last));
  if (!context_.directory.empty()) {
    std::error_code ignored;
    std::filesystem::remove(checkpoint_path(), ignored);
  }
  return RunResult::finished;
}

RunResult TrainingRun::run() {
  if (!open()) {
    return RunResult::stopped;
  }
  while (state_.epoch < spec_.training.epochs) {
    if (const auto result = train_epoch()) {
      return *result;
    }
    ++state_.epoch;
    checkpoint_if_due();
  }
  return finish(state_.epoch - 1);
}

}  // namespace

RunResult run_training(const nn::TrainSpec& spec, const RunContext& context,
                       RunReporter& reporter) {
  try {
    return TrainingRun(spec, context, reporter).run();
  } catch (const nn::DeviceMemoryError& error) {
    throw InfeasibleRun(error.what());
  } catch (const nn::ModelError& error) {
    throw InfeasibleRun(error.what());
  } catch (const std::bad_alloc&) {
    throw InfeasibleRun("there is not enough memory; take a smaller batch or model");
  }
}

}  // namespace autoglm
