// `autoglm devices`: what trials can compute on here.
#include <fmt/format.h>

#include <cstdlib>
#include <memory>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/json_writer.h"
#include "cli/output.h"
#include "cli/wrapped_text.h"
#include "gpu/cuda_library.h"
#include "gpu/gpu_list.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm {
namespace {

struct Devices {
  std::string instructions{};  // of the CPU
  GpuList gpus{};
  CudaBackend cuda{};     // of the first device that CUDA_VISIBLE_DEVICES leaves
  std::string visible{};  // CUDA_VISIBLE_DEVICES
  bool is_restricted = false;
};

Devices find_devices() {
  Devices found{.instructions = nn::make_cpu_backend()->info().instructions,
                .gpus = list_gpus(),
                .cuda = make_cuda_backend(0)};
  if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES")) {
    found.visible = visible;
    found.is_restricted = true;
  }
  return found;
}

std::string gigabytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} GB", static_cast<double>(bytes) / 1e9);
}

std::string as_text(const Devices& devices) {
  std::string text = fmt::format("cpu: {}\n", devices.instructions);
  for (std::size_t i = 0; i < devices.gpus.gpus.size(); ++i) {
    const Gpu& gpu = devices.gpus.gpus[i];
    text += fmt::format("gpu {}: {}, compute capability {}, {} of {} free, {}\n", i, gpu.name,
                        gpu.compute_capability, gigabytes(gpu.free_bytes),
                        gigabytes(gpu.memory_bytes), gpu.uuid);
  }
  text += devices.gpus.gpus.empty() ? fmt::format("no NVIDIA GPU: {}\n", devices.gpus.reason)
                                    : fmt::format("driver: {}\n", devices.gpus.driver);
  if (devices.is_restricted) {
    text += fmt::format("CUDA_VISIBLE_DEVICES: {}\n", devices.visible);
  }
  text += devices.cuda.backend == nullptr
              ? fmt::format("the trainer uses no GPU: {}\n", devices.cuda.reason)
              : fmt::format("the trainer can use {}\n", devices.cuda.backend->info().device);
  return text;
}

void write_text_or_null(JsonWriter& json, const std::string& text) {
  text.empty() ? json.null() : json.text(text);
}

void write_gpu(JsonWriter& json, const Gpu& gpu, std::size_t index) {
  json.begin_object();
  json.key("device").text(fmt::format("gpu {}", index));
  json.key("name").text(gpu.name);
  json.key("uuid").text(gpu.uuid);
  json.key("compute_capability").text(gpu.compute_capability);
  json.key("memory_bytes").unsigned_integer(gpu.memory_bytes);
  json.key("free_bytes").unsigned_integer(gpu.free_bytes);
  json.end_object();
}

std::string as_json(const Devices& devices) {
  JsonWriter json;
  json.begin_object().key("schema_version").integer(1);
  json.key("devices").begin_array();
  json.begin_object().key("device").text("cpu");
  json.key("instructions").text(devices.instructions).end_object();
  for (std::size_t i = 0; i < devices.gpus.gpus.size(); ++i) {
    write_gpu(json, devices.gpus.gpus[i], i);
  }
  json.end_array();
  write_text_or_null(json.key("driver"), devices.gpus.driver);
  write_text_or_null(json.key("no_gpu"), devices.gpus.reason);
  json.key("visible_devices");
  devices.is_restricted ? json.text(devices.visible) : json.null();
  json.key("trainer").begin_object();
  write_text_or_null(json.key("gpu"),
                     devices.cuda.backend == nullptr ? "" : devices.cuda.backend->info().device);
  write_text_or_null(json.key("reason"), devices.cuda.reason);
  return json.end_object().end_object().take() + "\n";
}

}  // namespace

int run_devices(const DevicesOptions& options) {
  const Devices devices = find_devices();
  if (options.json) {
    write_stdout(as_json(devices));
  } else {
    write_for_people(as_text(devices));
  }
  return exit_done;
}

}  // namespace autoglm
