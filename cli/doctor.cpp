// `autoglm doctor`: whether what is there works. With --gpu every operation of each GPU is compared
// with the CPU's, and what was found is kept for trainings.
#include <fmt/format.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/gpu_check.h"
#include "cli/json_writer.h"
#include "cli/output.h"
#include "cli/wrapped_text.h"
#include "gpu/cuda_library.h"
#include "gpu/gpu_list.h"
#include "trainer/launch/gpu_slots.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm {
namespace {

bool never() { return false; }

bool is_wanted(const DoctorOptions& options, const nn::Case& one) {
  bool wanted = options.only.empty();
  for (const std::string& text : options.only) {
    wanted = wanted || one.operation.find(text) != std::string::npos;
  }
  return wanted;
}

void require_wanted(const DoctorOptions& options) {
  for (const nn::Case& one : nn::all_cases()) {
    if (is_wanted(options, one)) {
      return;
    }
  }
  throw UsageError(
      fmt::format("autoglm doctor: no operation's name holds {}; leave --only out to see them",
                  fmt::join(options.only, " or ")));
}

/// What is known of a GPU.
struct Examined {
  std::string device{};
  std::optional<nn::CheckRecord> record{};  // nothing: never checked
  bool is_new = false;                      // the record is of now
  std::string failure{};                    // it cannot be used, or failed while it was checked
  std::string path{};                       // of the file in which the record is kept
  std::string problem{};                    // why the file is of no use, or could not be written

  bool ok() const { return failure.empty() && (!record || record->wrong().empty()); }
};

Examined examine(const CudaBackend& cuda, const DoctorOptions& options) {
  const KeptCheck kept(checked_device(cuda));
  Examined found{.device = cuda.backend->info().device, .path = kept.path()};
  if (!options.gpu) {
    KeptCheck::Found before = kept.read();
    found.record = std::move(before.record);
    found.problem = std::move(before.problem);
    return found;
  }
  const FileDescriptor turn = kept.take_turn(never, found.device);
  const GpuCheck check = check_gpu(
      cuda, [&](const nn::Case& one) { return is_wanted(options, one); }, never);
  found.is_new = true;
  found.failure = check.failure;
  if (!check.failure.empty()) {
    found.record = check.record;
    return found;
  }
  // What --only leaves out stays as it was found before.
  found.record = kept.read().record.value_or(nn::CheckRecord{});
  found.problem = keep(kept, *found.record, check.record);
  return found;
}

/// The driver's list, or why there is no GPU for this process.
GpuList list_visible_gpus() {
  if (std::getenv("CUDA_VISIBLE_DEVICES") != nullptr && usable_devices({}).empty()) {
    return {.reason = "CUDA_VISIBLE_DEVICES leaves none"};
  }
  return list_gpus();
}

/// Every GPU that CUDA_VISIBLE_DEVICES leaves; where the library cannot tell how many, the first
/// one that the driver knows.
std::vector<Examined> examine_all(const DoctorOptions& options, const GpuList& list) {
  std::vector<Examined> all;
  int devices = 1;
  for (int device = 0; device < devices; ++device) {
    const CudaBackend cuda = make_cuda_backend(device);
    devices = cuda.devices;
    if (cuda.backend != nullptr) {
      all.push_back(examine(cuda, options));
    } else if (devices > 0) {
      all.push_back({.device = fmt::format("cuda:{}", device), .failure = cuda.reason});
    } else if (!list.gpus.empty()) {
      all.push_back({.device = list.gpus.front().name, .failure = cuda.reason});
    }
  }
  return all;
}

/// A line for each operation and type, and for each fault.
std::string table_of(const nn::CheckRecord& record) {
  std::string text;
  for (const auto& [key, check] : record.operations) {
    text += fmt::format("{:24} {:4} {:3} cases, error {:.1e} of {:.1e}{}\n", key.first,
                        nn::name_of(key.second), check.cases, check.error, check.limit,
                        check.faults.empty() ? "" : ", WRONG");
  }
  for (const auto& [key, check] : record.operations) {
    for (const std::string& fault : check.faults) {
      text += fault + "\n";
    }
  }
  return text;
}

std::string verdict_of(const Examined& gpu) {
  if (!gpu.record) {
    return fmt::format("{}: never checked; \"autoglm doctor --gpu\" does, or the first training\n",
                       gpu.device);
  }
  const std::string when = gpu.is_new ? "" : fmt::format(" (checked {})", gpu.record->date);
  const std::string part = part_checked(*gpu.record);
  return gpu.ok() ? fmt::format("{}: {} computes what the CPU does{}\n", gpu.device,
                                part.empty() ? "every operation" : part + " operations, each", when)
                  : fmt::format(
                        "{}: wrong{}: {}; trainings compute these on the CPU; try another driver "
                        "or build, and report this\n",
                        gpu.device, when, wrong_operations(*gpu.record));
}

std::string text_of(const Examined& gpu) {
  std::string text;
  if (gpu.is_new) {
    text += table_of(*gpu.record);
  }
  if (!gpu.failure.empty()) {
    text += gpu.is_new
                ? fmt::format(
                      "{}: failed, so nothing is kept: {}; look after the device and "
                      "its driver, or train on the CPU (\"device\": \"cpu\")\n",
                      gpu.device, gpu.failure)
                : fmt::format("{} is there and cannot be used: {}\n", gpu.device, gpu.failure);
    return text;
  }
  text += verdict_of(gpu);
  if (!gpu.problem.empty()) {
    text += fmt::format("{}{}\n", gpu.is_new ? "not kept: " : "", gpu.problem);
  } else if (gpu.is_new) {
    text += fmt::format("kept for trainings in {}\n", gpu.path);
  }
  return text;
}

void write_text_or_null(JsonWriter& json, const std::string& text) {
  text.empty() ? json.null() : json.text(text);
}

void write_json(JsonWriter& json, const Examined& gpu) {
  json.begin_object().key("device").text(gpu.device);
  json.key("ok").boolean(gpu.ok());
  write_text_or_null(json.key("failure"), gpu.failure);
  write_text_or_null(json.key("file"), gpu.path);
  write_text_or_null(json.key("problem"), gpu.problem);
  json.key("check");
  gpu.record ? json.raw(nn::to_json(*gpu.record)) : json.null();
  json.end_object();
}

std::string json_of(const std::string& cpu, const std::vector<Examined>& gpus,
                    const std::string& no_gpu) {
  JsonWriter json;
  json.begin_object().key("schema_version").integer(1);
  json.key("cpu").text(cpu);
  json.key("gpus").begin_array();
  for (const Examined& gpu : gpus) {
    write_json(json, gpu);
  }
  json.end_array();
  write_text_or_null(json.key("no_gpu"), gpus.empty() ? no_gpu : "");
  return json.end_object().take() + "\n";
}

std::string text_of(const std::string& cpu, const std::vector<Examined>& gpus,
                    const std::string& no_gpu) {
  std::string text = fmt::format("cpu: {}\n", cpu);
  for (const Examined& gpu : gpus) {
    text += gpu.record || gpu.failure.empty() ? fmt::format("gpu: {}\n", gpu.device) : "";
    text += text_of(gpu);
  }
  return gpus.empty() ? text + fmt::format("no GPU: {}\n", no_gpu) : text;
}

}  // namespace

int run_doctor(const DoctorOptions& options) {
  require_wanted(options);
  const std::string cpu = nn::make_cpu_backend()->info().instructions;
  const GpuList list = list_visible_gpus();
  const std::vector<Examined> gpus = examine_all(options, list);
  options.json ? write_stdout(json_of(cpu, gpus, list.reason))
               : write_for_people(text_of(cpu, gpus, list.reason));
  for (const Examined& gpu : gpus) {
    if (!gpu.ok()) {
      return exit_device;
    }
  }
  return exit_done;
}

}  // namespace autoglm
