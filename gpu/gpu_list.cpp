#include "gpu/gpu_list.h"

#include <dlfcn.h>

#include <array>
#include <cstddef>

namespace autoglm {
namespace {

// NVML's functions as its reference declares them (NVML API, "Device queries"); handles are opaque,
// statuses 0 for success.
using Handle = void*;
struct Memory {
  unsigned long long total = 0;
  unsigned long long free = 0;
  unsigned long long used = 0;
};
using Status = int;

class Nvml {
 public:
  Nvml() : library_(dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL)) {
    if (library_ == nullptr) {
      reason_ = std::string("the driver's library does not load: ") + dlerror();
      return;
    }
    begun_ = succeeded(call<Status()>("nvmlInit_v2"));
  }
  ~Nvml() {
    if (begun_) {
      static_cast<void>(call<Status()>("nvmlShutdown"));
    }
    if (library_ != nullptr) {
      dlclose(library_);
    }
  }
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  bool ok() const { return begun_; }
  const std::string& reason() const { return reason_; }

  /// What a function says; a status of failure where the library has none of that name.
  template <class Signature, class... Arguments>
  Status call(const char* name, Arguments... arguments) const {
    void* found = dlsym(library_, name);
    constexpr Status kNoFunction = 13;  // NVML_ERROR_FUNCTION_NOT_FOUND
    return found == nullptr ? kNoFunction : reinterpret_cast<Signature*>(found)(arguments...);
  }
  /// Keeps why not.
  bool succeeded(Status status) {
    if (status == 0) {
      return true;
    }
    void* found = dlsym(library_, "nvmlErrorString");
    reason_ = "the driver says: ";
    reason_ += found == nullptr
                   ? "status " + std::to_string(status)
                   : std::string(reinterpret_cast<const char* (*)(Status)>(found)(status));
    return false;
  }
  /// A text of the driver or of a device; empty if it tells none.
  std::string driver() const {
    std::array<char, 96> text{};
    return call<Status(char*, unsigned)>("nvmlSystemGetDriverVersion", text.data(),
                                         static_cast<unsigned>(text.size())) == 0
               ? text.data()
               : "";
  }
  std::string text(const char* name, Handle device) const {
    std::array<char, 96> text{};
    return call<Status(Handle, char*, unsigned)>(name, device, text.data(),
                                                 static_cast<unsigned>(text.size())) == 0
               ? text.data()
               : "";
  }

 private:
  void* library_;
  bool begun_ = false;
  std::string reason_{};
};

Gpu describe(const Nvml& nvml, Handle device) {
  Gpu gpu{.name = nvml.text("nvmlDeviceGetName", device),
          .uuid = nvml.text("nvmlDeviceGetUUID", device)};
  int major = 0;
  int minor = 0;
  if (nvml.call<Status(Handle, int*, int*)>("nvmlDeviceGetCudaComputeCapability", device, &major,
                                            &minor) == 0) {
    gpu.compute_capability = std::to_string(major) + "." + std::to_string(minor);
  }
  Memory memory;
  if (nvml.call<Status(Handle, Memory*)>("nvmlDeviceGetMemoryInfo", device, &memory) == 0) {
    gpu.memory_bytes = memory.total;
    gpu.free_bytes = memory.free;
  }
  return gpu;
}

}  // namespace

GpuList list_gpus() {
  Nvml nvml;
  unsigned count = 0;
  if (!nvml.ok() ||
      !nvml.succeeded(nvml.call<Status(unsigned*)>("nvmlDeviceGetCount_v2", &count))) {
    return {.reason = nvml.reason()};
  }
  GpuList list{.driver = nvml.driver()};
  for (unsigned i = 0; i < count; ++i) {
    Handle device = nullptr;
    if (nvml.call<Status(unsigned, Handle*)>("nvmlDeviceGetHandleByIndex_v2", i, &device) == 0) {
      list.gpus.push_back(describe(nvml, device));
    }
  }
  list.reason = list.gpus.empty() ? "the driver knows no GPU" : "";
  return list;
}

std::string driver_version() {
  const Nvml nvml;
  return nvml.ok() ? nvml.driver() : "";
}

}  // namespace autoglm
