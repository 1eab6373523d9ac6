#include "trainer/train/required_memory.h"

#include <fmt/format.h>

#include "trainer/train/fold.h"
#include "trainer/train/machine_memory.h"
#include "trainer/train/memory_need.h"

namespace autoglm {
namespace {

void announce(const MemoryNeed& need, const nn::Backend& backend, RunReporter& reporter) {
  const bool has_own = backend.info().memory_bytes > 0;
  reporter.say(fmt::format(
      "memory: {} predicted ({} {}, {} batches and rows, {} the program and its data, {} passing)",
      megabytes(need.total()), megabytes(has_own ? need.transfer : need.networks),
      has_own ? "to and from the device" : "networks", megabytes(need.batches + need.rows),
      megabytes(need.present), megabytes(need.passing)));
  if (has_own) {
    const std::size_t already = backend.scratch_bytes();
    reporter.say(
        fmt::format("memory of the device: {} predicted ({} networks, {} its libraries); it has {}",
                    megabytes(need.on_device + already), megabytes(need.on_device),
                    megabytes(already), megabytes(backend.info().memory_bytes)));
  }
}

}  // namespace

std::string megabytes(std::size_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::size_t require_memory(const nn::TrainSpec& spec, const nn::Dataset& dataset,
                           const nn::Backend& backend, RunReporter& reporter) {
  const nn::MemoryUse use =
      nn::predict_memory(spec.model, spec.training, problem_of(dataset), backend.info());
  const MemoryNeed need = predict_memory_need(spec, dataset, use, backend.info());
  const auto& limit = spec.training.memory_limit_bytes;
  const std::size_t most = limit ? static_cast<std::size_t>(*limit) : machine_memory();
  announce(need, backend, reporter);
  if (need.total() > most) {
    throw InfeasibleRun(
        fmt::format("would need {} of the machine's memory, and {} is {}; take a smaller batch or "
                    "model, or \"memory\": \"efficient\"",
                    megabytes(need.total()),
                    limit ? "the memory_limit" : "all that this machine or its control group has",
                    megabytes(most)));
  }
  return need.on_device;
}

}  // namespace autoglm
