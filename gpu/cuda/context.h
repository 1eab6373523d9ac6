// What the operations of a CUDA backend share: the device, its stream and libraries, scratch
// memory, and what went wrong last.
#pragma once

#include <cublas_v2.h>

#include <cstddef>
#include <string>

#include "gpu/cuda/limits.h"
#include "gpu/cuda/queue.h"
#include "trainer/nn/backend.h"

namespace autoglm::gpu {

using nn::Status;

/// A place in our sources: std::source_location, which clang-tidy 14 does not know.
struct Place {
  const char* file = "";
  unsigned line = 0;

  static constexpr Place current(const char* file = __builtin_FILE(),
                                 unsigned line = __builtin_LINE()) {
    return {file, line};
  }
};

/// Bytes that cuBLAS has for itself: what NVIDIA advises for Hopper; older devices need less.
constexpr std::size_t kWorkspace = std::size_t{32} << 20U;

class Context {
 public:
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  /// Waits for what runs.
  ~Context();

  /// Takes the device; called once, before anything else.
  Status open(int device);

  const Queue& queue() const { return queue_; }
  cublasHandle_t cublas() const { return cublas_; }
  int device() const { return device_; }
  const Limits& limits() const { return limits_; }

  /// Begins an operation that errors are to name: the calling thread uses this device. Whether it
  /// can, check() says.
  void begin(const char* call);
  /// ok, or what the error means; last_error() tells it.
  Status check(cudaError_t error, Place place = Place::current());
  Status check(cublasStatus_t error, Place place = Place::current());
  Status fail(Status status, const char* why, Place place = Place::current());
  /// A mistake of the caller: `rule` says what holds for the arguments.
  Status refuse(const char* rule) { return fail(Status::bad_argument, rule); }

  /// At least so many bytes that belong to the current operation.
  Status scratch(std::size_t bytes, void** address);
  std::size_t scratch_bytes() const { return scratch_bytes_ + workspace_bytes_; }

  const char* last_error() const { return error_; }

 private:
  Status make_cublas();

  Limits limits_ = library_limits();
  Queue queue_{};
  cublasHandle_t cublas_ = nullptr;
  int device_ = -1;
  void* scratch_ = nullptr;
  std::size_t scratch_bytes_ = 0;
  void* workspace_ = nullptr;  // of cuBLAS: its own would differ from run to run
  std::size_t workspace_bytes_ = 0;
  const char* call_ = "";
  cudaError_t begun_ = cudaSuccess;  // what begin() met
  char error_[512] = "";
};

}  // namespace autoglm::gpu
