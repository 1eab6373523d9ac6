#include "cli/gpu_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "cli/output.h"
#include "cli/text.h"
#include "gpu/gpu_list.h"
#include "storage/trial_rows.h"
#include "trainer/launch/device_error.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm {
namespace {

bool is_unchecked(const nn::CheckRecord& record, const nn::Case& one) {
  return record.operations.count({one.operation, one.type}) == 0;
}

bool has_unchecked(const nn::CheckRecord& record) { return !part_checked(record).empty(); }

/// What is kept; where it is of no use, that is said.
nn::CheckRecord kept_record(const KeptCheck& kept, const std::string& consequence) {
  KeptCheck::Found found = kept.read();
  if (!found.problem.empty()) {
    write_stderr(fmt::format("{}; {}\n", found.problem, consequence));
  }
  return std::move(found.record).value_or(nn::CheckRecord{.of = kept.of()});
}

void check_the_rest(const CudaBackend& cuda, const KeptCheck& kept, nn::CheckRecord& record,
                    const std::function<bool()>& stop) {
  const std::string name = cuda.backend->info().device;
  write_stderr(fmt::format(
      "{}: first use with this driver and build: its operations are checked, once\n", name));
  const GpuCheck check = check_gpu(
      cuda, [&](const nn::Case& one) { return is_unchecked(record, one); }, stop);
  if (!check.failure.empty()) {
    throw DeviceError(
        fmt::format("{}: fails while its operations are checked: {}; look after the device and its "
                    "driver, then resume, or set training.device to \"cpu\"",
                    name, check.failure));
  }
  if (!check.is_whole) {
    return;
  }
  if (const std::string problem = keep(kept, record, check.record); !problem.empty()) {
    write_stderr(
        fmt::format("the check is not kept, so the next training checks again: {}\n", problem));
  }
}

}  // namespace

nn::CheckedDevice checked_device(const CudaBackend& cuda) {
  return {.identity = cuda.identity,
          .driver = driver_version(),
          .libraries = cuda.libraries,
          .build = cuda.build,
          .program = AUTOGLM_VERSION};
}

GpuCheck check_gpu(const CudaBackend& cuda, const std::function<bool(const nn::Case&)>& wanted,
                   const std::function<bool()>& stop) {
  const std::unique_ptr<nn::Backend> cpu = nn::make_cpu_backend();
  nn::Comparison comparison(*cuda.backend, *cpu);
  GpuCheck check;
  std::uint64_t seed = 0;
  for (const nn::Case& one : nn::all_cases()) {
    if (stop()) {
      check.is_whole = false;
      break;
    }
    if (wanted(one) && comparison.device_failure().empty()) {
      comparison.compare(one, seed);
    }
    ++seed;
  }
  check.failure = comparison.device_failure();
  check.record = {.of = checked_device(cuda),
                  .device = cuda.backend->info().device,
                  .date = utc_text(time_now()),
                  .operations = comparison.operations()};
  return check;
}

std::string keep(const KeptCheck& kept, nn::CheckRecord& record, const nn::CheckRecord& now) {
  record.of = now.of;
  record.device = now.device;
  record.date = now.date;
  for (const auto& [key, check] : now.operations) {
    record.operations[key] = check;
  }
  try {
    kept.write(record);
    return "";
  } catch (const OutputError& error) {
    return error.what();
  }
}

std::string part_checked(const nn::CheckRecord& record) {
  std::set<std::pair<std::string, nn::DType>> all;
  std::size_t checked = 0;
  for (const nn::Case& one : nn::all_cases()) {
    const bool is_new = all.emplace(one.operation, one.type).second;
    checked += is_new && !is_unchecked(record, one) ? 1U : 0U;
  }
  return checked == all.size() ? "" : fmt::format("{} of {}", checked, all.size());
}

std::string wrong_operations(const nn::CheckRecord& record) {
  std::map<std::string, std::vector<std::string>> types;
  for (const auto& [operation, type] : record.wrong()) {
    types[operation].emplace_back(nn::name_of(type));
  }
  std::vector<std::string> texts;
  texts.reserve(types.size());
  for (const auto& [operation, names] : types) {
    texts.push_back(fmt::format("{} ({})", operation, fmt::join(names, ", ")));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

KnownFaults known_faults(const CudaBackend& cuda, FirstUse first_use,
                         const std::function<bool()>& stop) {
  const KeptCheck kept(checked_device(cuda));
  const bool checks = first_use == FirstUse::check;
  const std::string consequence = checks ? "the GPU is checked again"
                                         : "nothing is known of its operations; \"autoglm doctor "
                                           "--gpu\" checks them";
  KnownFaults known{.record = kept_record(kept, consequence)};
  if (!checks || !has_unchecked(known.record)) {
    return known;
  }
  const FileDescriptor turn = kept.take_turn(stop, cuda.backend->info().device);
  if (KeptCheck::Found now = kept.read(); now.record) {
    known.record = std::move(*now.record);  // the other process has kept it
  }
  if (has_unchecked(known.record) && !stop()) {
    check_the_rest(cuda, kept, known.record, stop);
    known.has_checked = true;
  }
  return known;
}

}  // namespace autoglm
