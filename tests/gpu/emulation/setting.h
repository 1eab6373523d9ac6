// What the tests of the emulated device begin with.
#pragma once

#include <cuda_runtime_api.h>
#include <doctest/doctest.h>

#include <array>
#include <string>

#include "tests/gpu/emulation/device.h"
#include "tests/gpu/emulation/faulty_kernels.h"

namespace autoglm::emulation {

constexpr std::size_t kCount = 64;
constexpr std::size_t kBytes = kCount * sizeof(float);

/// A stream, and two arrays of 64 numbers, of which the first holds 0, 1, 2, …
class Setting {
 public:
  Setting() {
    control().repair();
    REQUIRE(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == cudaSuccess);
    numbers = array();
    results = array();
    for (std::size_t i = 0; i < kCount; ++i) {
      host.at(i) = static_cast<float>(i);
    }
    upload(numbers);
  }
  ~Setting() {
    control().repair();
    CHECK(cudaStreamSynchronize(stream) == cudaSuccess);
    CHECK(cudaFree(numbers) == cudaSuccess);
    CHECK(cudaFree(results) == cudaSuccess);
    CHECK(cudaStreamDestroy(stream) == cudaSuccess);
    CHECK(control().live() == 0);
  }
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

  static float* array() {
    void* made = nullptr;
    REQUIRE(cudaMalloc(&made, kBytes) == cudaSuccess);
    return static_cast<float*>(made);
  }
  void upload(float* to) {
    REQUIRE(cudaMemcpyAsync(to, host.data(), kBytes, cudaMemcpyHostToDevice, stream) ==
            cudaSuccess);
  }
  std::array<float, kCount> download() {
    std::array<float, kCount> found{};
    CHECK(cudaMemcpyAsync(found.data(), results, kBytes, cudaMemcpyDeviceToHost, stream) ==
          cudaSuccess);
    return found;
  }
  /// What the device says after a kernel.
  std::string complaint_about(Faulty kind) {
    REQUIRE(launch_faulty(kind, stream, numbers, results) == cudaSuccess);
    const cudaError_t error = cudaStreamSynchronize(stream);
    CHECK((error != cudaSuccess) == broken());
    return control().complaint;
  }

  cudaStream_t stream = nullptr;
  float* numbers = nullptr;
  float* results = nullptr;
  std::array<float, kCount> host{};
};

inline void expect(Faulty kind, const std::string& text) {
  Setting setting;
  const std::string complaint = setting.complaint_about(kind);
  CAPTURE(complaint);
  CHECK(complaint.find(text) != std::string::npos);
}

/// A second stream, and an event.
class Pair {
 public:
  Pair() {
    REQUIRE(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == cudaSuccess);
    REQUIRE(cudaEventCreateWithFlags(&event, cudaEventDisableTiming) == cudaSuccess);
  }
  ~Pair() {
    CHECK(cudaEventDestroy(event) == cudaSuccess);
    CHECK(cudaStreamDestroy(stream) == cudaSuccess);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  cudaStream_t stream = nullptr;
  cudaEvent_t event = nullptr;
};

}  // namespace autoglm::emulation
