// The CUDA runtime of the emulated device: what gpu/cuda calls of it, by the rules of NVIDIA's
// reference ("CUDA Runtime API"). What it does not allow is refused.
#include <cuda_runtime_api.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

#include "tests/gpu/emulation/device.h"
#include "tests/gpu/emulation/memory.h"
#include "tests/gpu/emulation/streams.h"

namespace autoglm::emulation {
namespace {

/// Pinned memory of the host: its copies happen when the stream comes to them.
struct Pinned {
  std::size_t bytes = 0;
  Clock copies{};  // from and to it
};
std::map<const char*, Pinned> pinned;  // by address

/// Null: the address is of no pinned memory.
Pinned* pinned_at(const void* address) {
  const char* at = static_cast<const char*>(address);
  auto found = pinned.upper_bound(at);
  if (found == pinned.begin()) {
    return nullptr;
  }
  --found;
  return at < found->first + found->second.bytes ? &found->second : nullptr;
}

using Bytes = std::vector<char>;

/// The source may be used again at once unless it is pinned.
void copy_to_device(char* to, const char* from, std::size_t bytes, cudaStream_t stream) {
  Pinned* const kept = pinned_at(from);
  std::shared_ptr<const Bytes> staged;
  if (kept == nullptr) {
    staged = std::make_shared<const Bytes>(from, from + bytes);
  }
  const Clock done = submit(stream, "an upload", [=](const Actor& actor) {
    if (touch(actor, "an upload", to, bytes, Access::write)) {
      std::memcpy(to, staged == nullptr ? from : staged->data(), bytes);
    }
  });
  if (kept != nullptr) {
    kept->copies.join(done);
  }
}

/// Returns when the copy is done, but to pinned memory before.
void copy_to_host(char* to, const char* from, std::size_t bytes, cudaStream_t stream) {
  std::memset(to, 0xFF, bytes);
  const Clock done = submit(stream, "a download", [=](const Actor& actor) {
    if (touch(actor, "a download", from, bytes, Access::fetch)) {
      std::memcpy(to, from, bytes);
    }
  });
  if (Pinned* const kept = pinned_at(to); kept != nullptr) {
    kept->copies.join(done);
  } else {
    wait_for(stream);
  }
}

void copy_on_device(char* to, const char* from, std::size_t bytes, cudaStream_t stream) {
  submit(stream, "a copy", [=](const Actor& actor) {
    if (touch(actor, "a copy", from, bytes, Access::read) &&
        touch(actor, "a copy", to, bytes, Access::write)) {
      std::memmove(to, from, bytes);
    }
  });
}

cudaMemcpyKind kind_of(const void* to, const void* from) {
  if (is_device_address(to)) {
    return is_device_address(from) ? cudaMemcpyDeviceToDevice : cudaMemcpyHostToDevice;
  }
  return is_device_address(from) ? cudaMemcpyDeviceToHost : cudaMemcpyHostToHost;
}

bool may_be_copied(const void* address, std::size_t bytes) {
  return !is_device_address(address) || is_allocated(address, bytes);
}

/// A call that gives something back does so even when it reports an error: that of earlier work.
cudaError_t after_giving_back(const Call& call, bool known) {
  return call.fails() ? call.error() : noted(known ? cudaSuccess : cudaErrorInvalidValue);
}

}  // namespace
}  // namespace autoglm::emulation

using namespace autoglm::emulation;  // NOLINT(google-build-using-namespace): the fakes are CUDA's

// NOLINTBEGIN(readability-identifier-naming): CUDA's names.
extern "C" {

// The versions are no library's: 0.
cudaError_t cudaDriverGetVersion(int* version) {
  const Call call("cudaDriverGetVersion");
  *version = 0;
  return call.error();
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  const Call call("cudaRuntimeGetVersion");
  *version = 0;
  return call.error();
}

cudaError_t cudaGetDeviceCount(int* count) {
  const Call call("cudaGetDeviceCount");
  *count = call.fails() ? 0 : 1;
  return call.error();
}

cudaError_t cudaSetDevice(int device) {
  const Call call("cudaSetDevice");
  if (call.fails()) {
    return call.error();
  }
  if (device != 0) {
    return noted(cudaErrorInvalidDevice);
  }
  control().chosen_device = device;
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  const Call call("cudaDeviceGetAttribute");
  if (call.fails()) {
    return call.error();
  }
  if (device != 0) {
    return noted(cudaErrorInvalidDevice);
  }
  switch (attribute) {
    case cudaDevAttrMultiProcessorCount:
      *value = kProcessors;
      return cudaSuccess;
    case cudaDevAttrComputeCapabilityMajor:
      *value = control().capability;
      return cudaSuccess;
  }
  return noted(cudaErrorInvalidValue);
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  const Call call("cudaGetDeviceProperties");
  if (call.fails()) {
    return call.error();
  }
  if (device != 0) {
    return noted(cudaErrorInvalidDevice);
  }
  // Devices of the same memory are the same one, to processes that share it.
  cudaUUID_t uuid{};
  std::memcpy(uuid.bytes, &control().memory_bytes, sizeof control().memory_bytes);
  *properties = {.name = "emulation",
                 .uuid = uuid,
                 .totalGlobalMem = control().memory_bytes,
                 .major = control().capability,
                 .minor = 0,
                 .multiProcessorCount = kProcessors};
  return cudaSuccess;
}

cudaError_t cudaMalloc(void** address, std::size_t bytes) {
  const Call call("cudaMalloc");
  if (call.fails()) {
    return call.error(cudaErrorMemoryAllocation);
  }
  if (is_other_device()) {
    return noted(cudaErrorInvalidDevice);
  }
  if (bytes == 0) {
    *address = nullptr;
    return cudaSuccess;
  }
  void* made = allocate_device(bytes);
  if (made == nullptr) {
    return noted(cudaErrorMemoryAllocation);
  }
  *address = made;
  return cudaSuccess;
}

cudaError_t cudaFree(void* address) {
  const Call call("cudaFree");
  wait_for_all();
  return after_giving_back(call, address == nullptr || free_device(address));
}

cudaError_t cudaMallocHost(void** address, std::size_t bytes) {
  const Call call("cudaMallocHost");
  if (call.fails()) {
    return call.error(cudaErrorMemoryAllocation);
  }
  *address = std::malloc(bytes);
  std::memset(*address, 0xFF, bytes);
  pinned[static_cast<const char*>(*address)] = {.bytes = bytes};
  count_live(1);
  return cudaSuccess;
}

cudaError_t cudaFreeHost(void* address) {
  const Call call("cudaFreeHost");
  const auto found = pinned.find(static_cast<const char*>(address));
  if (found == pinned.end()) {
    return after_giving_back(call, address == nullptr);
  }
  // NVIDIA's reference does not say that it waits. Where a call was made to fail, it may be the one
  // that was to wait.
  if (!was_waited_for(found->second.copies) && *control().failed_call == '\0') {
    complain("pinned memory is freed before the host has waited for its copies");
  }
  wait_for_all();
  pinned.erase(found);
  std::free(address);
  count_live(-1);
  return after_giving_back(call, true);
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  const Call call("cudaMemcpyAsync");
  if (call.fails()) {
    return call.error();
  }
  if (!is_stream(stream)) {
    return noted(cudaErrorInvalidResourceHandle);
  }
  if (bytes == 0) {
    return cudaSuccess;
  }
  if (kind != kind_of(to, from)) {
    return noted(cudaErrorInvalidMemcpyDirection);
  }
  if (!may_be_copied(to, bytes) || !may_be_copied(from, bytes)) {
    return noted(cudaErrorInvalidValue);
  }
  char* target = static_cast<char*>(to);
  const char* source = static_cast<const char*>(from);
  switch (kind) {
    case cudaMemcpyHostToDevice:
      copy_to_device(target, source, bytes, stream);
      break;
    case cudaMemcpyDeviceToHost:
      copy_to_host(target, source, bytes, stream);
      break;
    case cudaMemcpyDeviceToDevice:
      copy_on_device(target, source, bytes, stream);
      break;
    case cudaMemcpyHostToHost:
    case cudaMemcpyDefault:
      return noted(cudaErrorInvalidMemcpyDirection);
  }
  return call.fails() || broken() ? noted(cudaErrorLaunchFailure) : cudaSuccess;
}

cudaError_t cudaMemsetAsync(void* at, int value, std::size_t bytes, cudaStream_t stream) {
  const Call call("cudaMemsetAsync");
  if (call.fails()) {
    return call.error();
  }
  if (!is_stream(stream)) {
    return noted(cudaErrorInvalidResourceHandle);
  }
  if (bytes == 0) {
    return cudaSuccess;
  }
  if (!is_allocated(at, bytes)) {
    return noted(cudaErrorInvalidValue);
  }
  submit(stream, "a fill", [=](const Actor& actor) {
    if (touch(actor, "a fill", at, bytes, Access::write)) {
      std::memset(at, value, bytes);
    }
  });
  return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  const Call call("cudaStreamCreateWithFlags");
  if (call.fails()) {
    return call.error();
  }
  // Streams that wait for the default one are not emulated.
  *stream = flags == cudaStreamNonBlocking && !is_other_device() ? make_stream() : nullptr;
  return noted(*stream == nullptr ? cudaErrorInvalidValue : cudaSuccess);
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  const Call call("cudaStreamDestroy");
  const bool known = is_stream(stream);
  if (known) {
    end_stream(stream);
  }
  return after_giving_back(call, known);
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  const Call call("cudaStreamSynchronize");
  if (call.fails()) {
    return call.error();
  }
  if (!is_stream(stream)) {
    return noted(cudaErrorInvalidResourceHandle);
  }
  wait_for(stream);
  return noted(broken() ? cudaErrorLaunchFailure : cudaSuccess);
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags) {
  const Call call("cudaStreamWaitEvent");
  if (call.fails()) {
    return call.error();
  }
  if (!is_stream(stream) || !is_event(event) || flags != 0) {
    return noted(cudaErrorInvalidResourceHandle);
  }
  let_wait(stream, event);
  return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  const Call call("cudaEventCreateWithFlags");
  if (call.fails()) {
    return call.error();
  }
  if (flags > cudaEventDisableTiming || is_other_device()) {
    return noted(cudaErrorInvalidValue);
  }
  *event = make_event();
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  const Call call("cudaEventDestroy");
  const bool known = is_event(event);
  if (known) {
    end_event(event);
  }
  return after_giving_back(call, known);
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  const Call call("cudaEventRecord");
  if (call.fails()) {
    return call.error();
  }
  if (!is_stream(stream) || !is_event(event)) {
    return noted(cudaErrorInvalidResourceHandle);
  }
  record(event, stream);
  return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  const Call call("cudaEventSynchronize");
  if (call.fails()) {
    return call.error();
  }
  if (!is_event(event)) {
    return noted(cudaErrorInvalidResourceHandle);
  }
  wait_for(event);
  return noted(broken() ? cudaErrorLaunchFailure : cudaSuccess);
}
}
// NOLINTEND(readability-identifier-naming)
