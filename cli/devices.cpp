#include "cli/devices.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "cli/gpu_check.h"
#include "cli/output.h"
#include "gpu/cuda_library.h"
#include "trainer/launch/device_error.h"
#include "trainer/nn/cpu/cpu_backend.h"
#include "trainer/nn/fallback/fallback_backend.h"
#include "trainer/nn/run/throughput.h"

namespace autoglm {
namespace {

/// What the driver keeps for a process on a GPU: an allowance, since no call tells it.
constexpr std::uint64_t kContextBytes = std::uint64_t{512} << 20U;

[[noreturn]] void fail(const std::string& device, const std::string& reason) {
  throw DeviceError(fmt::format("device {}: {}; write \"cpu\" or \"auto\"", device, reason));
}

void say_no_gpu(const std::string& reason) {
  write_stderr(fmt::format("no GPU is used: {}\n", reason));
}

CudaBackend make_backend(const std::string& device) {
  return device == "cuda-emul" ? make_emulated_cuda_backend() : make_cuda_backend(0);
}

std::chrono::seconds longest_wait() {
  const char* const text = std::getenv("AUTOGLM_CUDA_WAIT");
  return std::chrono::seconds(text == nullptr ? 600 : std::atoi(text));
}

/// Again and again while there is no memory for it, since that says nothing of this run.
CudaBackend make_backend(const std::string& device, const std::function<bool()>& stop) {
  CudaBackend made = make_backend(device);
  const std::chrono::seconds longest = longest_wait();
  if (!made.is_full || device == "auto" || longest.count() <= 0) {
    return made;
  }
  write_stderr(fmt::format("device {}: {}; waiting up to {} s for other programs' memory\n", device,
                           made.reason, longest.count()));
  const auto end = std::chrono::steady_clock::now() + longest;
  while (made.is_full && !stop() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));  // nobody tells
    made = make_backend(device);
  }
  return made;
}

/// One message, also where several operations fall back.
void say_what_falls_back(const std::string& name, const nn::CheckRecord& record) {
  write_stderr(
      fmt::format("{}: computes wrongly here, as its check of {} found, so the CPU computes these, "
                  "which is slower: {}; the first fault: {}; try another driver or build, which is "
                  "checked anew, or \"autoglm doctor --gpu\" to check again\n",
                  name, record.date, wrong_operations(record), record.first_fault()));
}

/// The same backend, or one in which the CPU computes what is wrong.
CudaBackend checked(CudaBackend cuda, const std::string& device,
                    const std::function<bool()>& stop) {
  const KnownFaults known =
      known_faults(cuda, device == "cuda-emul" ? FirstUse::trust : FirstUse::check, stop);
  if (known.has_checked) {
    cuda.backend.reset();  // gives back the memory that the check took
    nn::forget_memory_peak();
    cuda = make_backend(device, stop);
  }
  const nn::DisabledOperations wrong = known.record.wrong();
  if (cuda.backend != nullptr && !wrong.empty()) {
    say_what_falls_back(cuda.backend->info().device, known.record);
    cuda.backend =
        nn::make_fallback_backend(std::move(cuda.backend), nn::make_cpu_backend(), wrong);
  }
  return cuda;
}

}  // namespace

OpenedDevice open_device(const std::string& device, const std::function<bool()>& stop) {
  if (device == "cpu") {
    return {.backend = nn::make_cpu_backend()};
  }
  CudaBackend cuda = make_backend(device, stop);
  if (cuda.backend != nullptr) {
    try {
      cuda = checked(std::move(cuda), device, stop);
    } catch (const DeviceError& error) {
      if (device != "auto") {
        throw;
      }
      cuda = {.reason = error.what()};
    }
  }
  if (cuda.backend != nullptr) {
    return {.backend = std::move(cuda.backend),
            .identity = cuda.identity,
            .memory_bytes = cuda.memory_bytes,
            .own_bytes = cuda.own_bytes + (device == "cuda-emul" ? 0 : kContextBytes)};
  }
  if (device == "auto") {
    say_no_gpu(cuda.reason);
    return {.backend = nn::make_cpu_backend()};
  }
  if (cuda.is_full && stop()) {
    return {};
  }
  if (cuda.is_full) {
    throw DeviceError(
        fmt::format("device {}: {}; run fewer at a time, or end what else takes its memory", device,
                    cuda.reason));
  }
  fail(device, cuda.reason);
}

void require_device(const std::string& device) {
  const std::string problem = device == "cpu"         ? ""
                              : device == "cuda-emul" ? emulated_cuda_problem()
                                                      : cuda_problem();
  if (device == "auto" && !problem.empty()) {
    say_no_gpu(problem);
  } else if (!problem.empty()) {
    fail(device, problem);
  }
}

}  // namespace autoglm
