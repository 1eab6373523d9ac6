#include "tests/gpu/emulation/device.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "tests/gpu/emulation/streams.h"

namespace autoglm::emulation {
namespace {

std::recursive_mutex& mutex() {
  static std::recursive_mutex made;
  return made;
}
cudaError_t last_error = cudaSuccess;
std::uint64_t live = 0;

std::string_view variable(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "" : text;
}
std::uint64_t number(const char* name, std::uint64_t otherwise) {
  const std::string_view text = variable(name);
  return text.empty() ? otherwise : std::strtoull(text.data(), nullptr, 10);
}

Settings read_settings() {
  Settings read;
  const std::string_view order = variable("AUTOGLM_EMULATION_ORDER");
  read.order = order == "forward"   ? Settings::Order::forward
               : order == "reverse" ? Settings::Order::reverse
                                    : Settings::Order::random;
  const std::string_view streams = variable("AUTOGLM_EMULATION_STREAMS");
  read.streams = streams == "eager"    ? Settings::Streams::eager
                 : streams == "random" ? Settings::Streams::random
                                       : Settings::Streams::lazy;
  read.seed = number("AUTOGLM_EMULATION_SEED", 1);
  read.others = variable("AUTOGLM_EMULATION_OTHERS");
  read.shipped_limits = variable("AUTOGLM_EMULATION_LIMITS") == "shipped";
  return read;
}

void repair() {
  control().complaint[0] = '\0';
  control().failing_call = 0;
  control().failing_status = 0;
  control().failed_call = "";
  last_error = cudaSuccess;
}

Control make_control() {
  Control made;
  made.failing_call = number("AUTOGLM_EMULATION_FAIL", 0);
  made.stays_broken = made.failing_call != 0;
  made.memory_bytes = number("AUTOGLM_EMULATION_MEMORY", std::uint64_t{1} << 30U);
  made.live = [] { return live; };
  made.pending = pending;
  made.repair = repair;
  return made;
}

}  // namespace

const Settings& settings() {
  static const Settings read = read_settings();
  return read;
}

std::int64_t most_grid_lines() { return settings().shipped_limits ? 65535 : 16; }

Control& control() {
  static Control made = make_control();
  return made;
}

void complain(const std::string& text) {
  if (!broken()) {
    std::snprintf(control().complaint, sizeof control().complaint, "%s", text.c_str());
    std::fprintf(stderr, "emulated CUDA device: %s\n", text.c_str());
  }
}

bool broken() { return control().complaint[0] != '\0'; }

bool is_other_device() { return control().chosen_device != 0; }

void count_live(int change) { live += static_cast<std::uint64_t>(change); }

Call::Call(const char* name) : lock_(mutex()) {
  Control& state = control();
  ++state.calls;
  told_ = state.failing_call == state.calls ||
          (state.stays_broken && state.failing_call != 0 && state.failing_call < state.calls);
  if (state.failing_call == state.calls) {
    state.failed_call = name;
  }
  fails_ = told_ || broken();
}

int Call::told_status() const { return told_ ? control().failing_status : 0; }

cudaError_t Call::error() const { return error(cudaErrorUnknown); }

cudaError_t Call::error(cudaError_t when_told_to_fail) const {
  const cudaError_t told =
      told_status() == 0 ? when_told_to_fail : static_cast<cudaError_t>(told_status());
  return noted(told_ ? told : broken() ? cudaErrorLaunchFailure : cudaSuccess);
}

cudaError_t noted(cudaError_t error) {
  if (error != cudaSuccess) {
    last_error = error;
  }
  return error;
}

}  // namespace autoglm::emulation

// NOLINTBEGIN(readability-identifier-naming): CUDA's names.
extern "C" {

cudaError_t cudaGetLastError() {
  return std::exchange(autoglm::emulation::last_error, cudaSuccess);
}

const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "no error";
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorInvalidValue:
      return "invalid argument";
    case cudaErrorNoKernelImageForDevice:
      return "no kernel image is available for execution on the device";
    case cudaErrorLaunchFailure:
      return autoglm::emulation::broken() ? autoglm::emulation::control().complaint
                                          : "unspecified launch failure";
    default:
      return "unknown error";
  }
}

const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "cudaSuccess";
    case cudaErrorMemoryAllocation:
      return "cudaErrorMemoryAllocation";
    case cudaErrorInvalidValue:
      return "cudaErrorInvalidValue";
    case cudaErrorNoKernelImageForDevice:
      return "cudaErrorNoKernelImageForDevice";
    case cudaErrorLaunchFailure:
      return "cudaErrorLaunchFailure";
    default:
      return "cudaErrorUnknown";
  }
}

__attribute__((visibility("default"))) autoglm::emulation::Control* autoglm_emulation_control() {
  return &autoglm::emulation::control();
}
}
// NOLINTEND(readability-identifier-naming)
