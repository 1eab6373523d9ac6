// `autoglm train`: one training run of the built-in trainer, on its own or as a trial.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/devices.h"
#include "cli/exit_status.h"
#include "cli/folder_lock.h"
#include "cli/output.h"
#include "cli/stop_signals.h"
#include "cli/temporary_directory.h"
#include "optimizer/attempt_outcome.h"
#include "search_space/spec_document.h"
#include "trainer/launch/report_line.h"
#include "trainer/nn/run/crc64.h"
#include "trainer/train/memory_reservation.h"
#include "trainer/train/parse_train_spec.h"
#include "trainer/train/training_run.h"

namespace autoglm {
namespace {

namespace fs = std::filesystem;

/// Reports as lines of JSON on stdout, the rest on stderr.
class LineReporter final : public RunReporter {
 public:
  void report(std::int64_t step, const MetricValues& metrics) override {
    write_stdout(format_report_line({.step = step, .metrics = metrics}) + "\n");
  }
  void say(const std::string& line) override { write_stderr(fmt::format("{}\n", line)); }
};

std::string variable(const char* name) {
  const char* const text = std::getenv(name);
  return text == nullptr ? "" : text;
}

/// --seed, else the section's, else the trial's.
std::uint64_t settle_seed(const TrainOptions& options, const SpecNode& section,
                          const nn::TrainSpec& spec) {
  if (options.seed) {
    return *options.seed;
  }
  if (section.member("training")->member("seed") != nullptr) {
    return spec.training.seed;
  }
  return std::strtoull(variable("AUTOGLM_SEED").c_str(), nullptr, 10);
}

/// Directories of earlier attempts of the same trial, the latest first: one that was killed may
/// have left a checkpoint.
std::vector<std::string> earlier_attempts(const std::string& directory) {
  const fs::path path(directory);
  std::vector<std::string> found;
  const auto add = [&](const std::string& name) {
    const fs::path earlier = path.parent_path() / name;
    const bool is_there = earlier != path && fs::is_directory(earlier);
    if (is_there) {
      found.push_back(earlier.string());
    }
    return is_there;
  };
  for (int attempt = std::atoi(path.filename().c_str()); attempt >= 1; --attempt) {
    add(std::to_string(attempt));
    // Set aside by tuners that died before they could store the attempt, the latest last.
    const auto first = static_cast<std::ptrdiff_t>(found.size());
    std::string name = fmt::format("{}.old", attempt);
    for (int number = 2; add(name); ++number) {
      name = fmt::format("{}.old.{}", attempt, number);
    }
    std::reverse(found.begin() + first, found.end());
  }
  return found;
}

bool told_to_stop() { return stop_level().load() > 0; }

/// The device of a run, and its share of the device's memory.
class SharedDevice {
 public:
  std::unique_ptr<nn::Backend> open(const std::string& name) {
    device_ = open_device(name, told_to_stop);
    return std::move(device_.backend);
  }

  /// As RunContext::reserve.
  bool reserve(std::size_t bytes) {
    if (device_.identity.empty()) {
      return true;
    }
    const std::uint64_t needed = bytes + device_.own_bytes;
    if (needed > device_.memory_bytes) {
      throw InfeasibleRun(fmt::format(
          "would need {:.1f} MB of the device's memory, which has {:.1f} MB; take a smaller batch "
          "or model, or \"memory\": \"efficient\"",
          static_cast<double>(needed) / 1e6, static_cast<double>(device_.memory_bytes) / 1e6));
    }
    share_.emplace(file());
    return share_->wait(needed, device_.memory_bytes, told_to_stop, [&] {
      write_stderr(
          fmt::format("waiting for {:.1f} MB of the device's memory, which other runs have\n",
                      static_cast<double>(needed) / 1e6));
    });
  }

 private:
  /// Of all processes of this user; of memory where there is such a folder, since it ends with the
  /// machine's run, as all shares do.
  std::string file() const {
    const fs::path memory = "/dev/shm";
    return (fs::is_directory(memory) ? memory : fs::path(temporary_folder())) /
           fmt::format("autoglm-{}-{}.memory", ::getuid(), device_.identity);
  }

  OpenedDevice device_{};
  std::optional<MemoryReservation> share_{};
};

void make_folder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    throw UsageError(
        fmt::format("--dir {}: cannot be made: {}; choose a folder that can be written", path,
                    error.message()));
  }
}

RunContext context_of(const TrainOptions& options, SharedDevice& device) {
  RunContext context{
      .directory = options.directory,
      .make_backend = [&device](const std::string& name) { return device.open(name); },
      .reserve = [&device](std::size_t bytes) { return device.reserve(bytes); },
      .stop = told_to_stop};
  if (!options.directory.empty()) {
    make_folder(options.directory);
    context.resume_from = {options.directory};
    return context;
  }
  context.directory = variable("AUTOGLM_TRIAL_DIR");
  if (const std::string resume = variable("AUTOGLM_RESUME_DIR"); !resume.empty()) {
    context.resume_from.push_back(resume);
  }
  if (!context.directory.empty()) {
    for (std::string& earlier : earlier_attempts(context.directory)) {
      context.resume_from.push_back(std::move(earlier));
    }
  }
  return context;
}

int status_of(RunResult result, const RunContext& context) {
  switch (result) {
    case RunResult::finished:
    case RunResult::ended_early:
      return exit_done;
    case RunResult::failed:
      return exit_no_complete;
    case RunResult::stopped:
      break;
  }
  return context.directory.empty() ? interrupted_status() : kExitTryAgain;
}

}  // namespace

int run_train(const TrainOptions& options) {
  const SpecRoot section = read_spec_file(options.trial);
  const std::string directory = fs::absolute(options.trial).lexically_normal().parent_path();
  nn::TrainSpec spec = parse_train_spec(*section, directory);
  spec.training.seed = settle_seed(options, *section, spec);
  SharedDevice device;
  RunContext context = context_of(options, device);
  const FileDescriptor lock =
      context.directory.empty()
          ? FileDescriptor()
          : lock_folder(context.directory,
                        (options.directory.empty() ? "" : "--dir ") + context.directory);
  if (spec.training.keep_weights && context.directory.empty()) {
    throw UsageError("keep_weights needs a folder for the weights: add --dir FOLDER");
  }
  context.section = to_json(*section);
  const std::string identity = fmt::format("{} {}", context.section, spec.training.seed);
  context.fingerprint = nn::crc64(std::as_bytes(std::span(identity)));
  install_stop_signals();
  LineReporter reporter;
  try {
    return status_of(run_training(spec, context, reporter), context);
  } catch (const InfeasibleRun& error) {
    write_stderr(fmt::format("{}\n", error.what()));
    return kExitBadParameters;
  }
}

}  // namespace autoglm
