// What the emulated device refuses, each for its own reason, and that it leaves alone what is
// right.
#include <cublas_v2.h>
#include <cudnn.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "tests/gpu/emulation/device.h"
#include "tests/gpu/emulation/setting.h"

namespace autoglm::emulation {
namespace {

TEST_CASE("a kernel that keeps the rules is run as it stands") {
  Setting setting;
  CHECK(setting.complaint_about(Faulty::nothing).empty());
  const std::array<float, kCount> found = setting.download();
  for (std::size_t i = 0; i < kCount; ++i) {
    CHECK(found.at(i) == static_cast<float>(kCount - 1 - i));
  }
}

TEST_CASE("threads of a warp may share memory around their own barrier") {
  Setting setting;
  CHECK(setting.complaint_about(Faulty::nothing_of_warps).empty());
  CHECK(setting.download().at(33) == 62);
}
TEST_CASE("a barrier that some threads of a block never reach is found") {
  expect(Faulty::barrier_for_some, "a barrier of the block that some threads do not reach");
}
TEST_CASE("threads that wait at different barriers are found") {
  expect(Faulty::different_barriers, "threads of a block wait at different barriers");
}
TEST_CASE("an exchange that names lanes which have ended is found") {
  expect(Faulty::exchange_for_some, "a warp waits for thread");
}
TEST_CASE("more shared memory than a block has is found") {
  expect(Faulty::too_much_shared_memory, "48 KiB");
}

TEST_CASE("what was never allocated, or was freed before, is not freed") {
  Setting setting;
  CHECK(cudaFree(setting.numbers + 1) == cudaErrorInvalidValue);
  float* once = Setting::array();
  CHECK(cudaFree(once) == cudaSuccess);
  CHECK(cudaFree(once) == cudaErrorInvalidValue);
}

TEST_CASE("a copy past the end or in another direction than it says is refused") {
  Setting setting;
  CHECK(cudaMemcpyAsync(setting.numbers + 1, setting.host.data(), kBytes, cudaMemcpyHostToDevice,
                        setting.stream) == cudaErrorInvalidValue);
  CHECK(cudaMemcpyAsync(setting.numbers, setting.host.data(), kBytes, cudaMemcpyDeviceToHost,
                        setting.stream) == cudaErrorInvalidMemcpyDirection);
}

TEST_CASE("memory that nothing has written comes to the host as NaN") {
  Setting setting;
  CHECK(std::isnan(setting.download().at(kCount - 1)));
}

TEST_CASE("what goes to pinned memory is there when the stream was waited for, not before") {
  Setting setting;
  void* pinned = nullptr;
  REQUIRE(cudaMallocHost(&pinned, kBytes) == cudaSuccess);
  const float* numbers = static_cast<const float*>(pinned);
  CHECK(cudaMemcpyAsync(pinned, setting.numbers, kBytes, cudaMemcpyDeviceToHost, setting.stream) ==
        cudaSuccess);
  CHECK(std::isnan(numbers[3]));
  CHECK(cudaStreamSynchronize(setting.stream) == cudaSuccess);
  CHECK(numbers[3] == 3);
  CHECK(cudaFreeHost(pinned) == cudaSuccess);
}

TEST_CASE("pinned memory that changes before its copy is made arrives changed") {
  Setting setting;
  void* pinned = nullptr;
  REQUIRE(cudaMallocHost(&pinned, kBytes) == cudaSuccess);
  float* numbers = static_cast<float*>(pinned);
  std::fill_n(numbers, kCount, 1.0F);
  CHECK(cudaMemcpyAsync(setting.results, pinned, kBytes, cudaMemcpyHostToDevice, setting.stream) ==
        cudaSuccess);
  std::fill_n(numbers, kCount, 2.0F);
  CHECK(setting.download().at(0) == 2);
  CHECK(cudaFreeHost(pinned) == cudaSuccess);
}

TEST_CASE("pinned memory that is freed before the host has waited for its copy is found") {
  Setting setting;
  void* pinned = nullptr;
  REQUIRE(cudaMallocHost(&pinned, kBytes) == cudaSuccess);
  CHECK(cudaMemcpyAsync(setting.results, pinned, kBytes, cudaMemcpyHostToDevice, setting.stream) ==
        cudaSuccess);
  CHECK(cudaFreeHost(pinned) == cudaSuccess);
  CHECK(std::string(control().complaint) ==
        "pinned memory is freed before the host has waited for its copies");
}

TEST_CASE("a kernel that waits for the event of another stream uses what it writes") {
  Setting setting;
  const Pair other;
  CHECK(cudaMemsetAsync(setting.results, 0, kBytes, other.stream) == cudaSuccess);
  CHECK(cudaEventRecord(other.event, other.stream) == cudaSuccess);
  CHECK(cudaStreamWaitEvent(setting.stream, other.event, 0) == cudaSuccess);
  CHECK(launch_sum(setting.stream, setting.numbers, setting.results) == cudaSuccess);
  CHECK(setting.download().at(5) == 5);
  CHECK(std::string(control().complaint).empty());
}

TEST_CASE("two streams may read the same memory at once") {
  Setting setting;
  const Pair other;
  float* second = Setting::array();
  CHECK(cudaStreamSynchronize(setting.stream) == cudaSuccess);
  CHECK(cudaMemcpyAsync(setting.results, setting.numbers, kBytes, cudaMemcpyDeviceToDevice,
                        setting.stream) == cudaSuccess);
  CHECK(cudaMemcpyAsync(second, setting.numbers, kBytes, cudaMemcpyDeviceToDevice, other.stream) ==
        cudaSuccess);
  CHECK(cudaStreamSynchronize(other.stream) == cudaSuccess);
  CHECK(cudaStreamSynchronize(setting.stream) == cudaSuccess);
  CHECK(cudaFree(second) == cudaSuccess);
}

TEST_CASE("a device that is full says so and goes on") {
  Setting setting;
  void* address = nullptr;
  CHECK(cudaMalloc(&address, control().memory_bytes) == cudaErrorMemoryAllocation);
  CHECK(cudaGetLastError() == cudaErrorMemoryAllocation);
  CHECK(cudaGetLastError() == cudaSuccess);
}

TEST_CASE("where another device is chosen nothing runs and nothing is made, but copies are") {
  Setting setting;
  control().chosen_device = 1;
  CHECK(launch_sum(setting.stream, setting.numbers, setting.results) ==
        cudaErrorInvalidResourceHandle);
  void* address = nullptr;
  CHECK(cudaMalloc(&address, kBytes) == cudaErrorInvalidDevice);
  CHECK(cudaMemcpyAsync(setting.results, setting.numbers, kBytes, cudaMemcpyDeviceToDevice,
                        setting.stream) == cudaSuccess);
  CHECK(setting.download().at(5) == 5);
  CHECK(cudaSetDevice(0) == cudaSuccess);
  CHECK(launch_sum(setting.stream, setting.numbers, setting.results) == cudaSuccess);
}

/// One product of 8x8 matrices, which may be changed.
struct Product {
  std::int64_t lda = 8, ldb = 8, ldc = 8, n = 8;
  cudaDataType_t a = CUDA_R_32F, b = CUDA_R_32F, c = CUDA_R_32F;
  cublasComputeType_t compute = CUBLAS_COMPUTE_32F;
};

/// A handle of cuBLAS with a workspace.
class Handle {
 public:
  explicit Handle(cudaStream_t stream) {
    REQUIRE(cudaMalloc(&workspace_, kBytes) == cudaSuccess);
    REQUIRE(cublasCreate(&handle_) == CUBLAS_STATUS_SUCCESS);
    REQUIRE(cublasSetStream(handle_, stream) == CUBLAS_STATUS_SUCCESS);
    REQUIRE(cublasSetWorkspace(handle_, workspace_, kBytes) == CUBLAS_STATUS_SUCCESS);
  }
  ~Handle() {
    CHECK(cublasDestroy(handle_) == CUBLAS_STATUS_SUCCESS);
    CHECK(cudaFree(workspace_) == cudaSuccess);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  cublasHandle_t get() const { return handle_; }
  void* workspace() const { return workspace_; }

 private:
  void* workspace_ = nullptr;
  cublasHandle_t handle_ = nullptr;
};

cublasStatus_t multiply(const Setting& setting, cublasHandle_t handle, const Product& p) {
  const float one = 1;
  const float zero = 0;
  return cublasGemmEx_64(handle, CUBLAS_OP_N, CUBLAS_OP_N, 8, p.n, 8, &one, setting.numbers, p.a,
                         p.lda, setting.numbers, p.b, p.ldb, &zero, setting.results, p.c, p.ldc,
                         p.compute, CUBLAS_GEMM_DEFAULT);
}
cublasStatus_t multiply(const Product& p) {
  const Setting setting;
  const Handle handle(setting.stream);
  return multiply(setting, handle.get(), p);
}

TEST_CASE("products are refused that cuBLAS's reference does not allow") {
  CHECK(multiply({}) == CUBLAS_STATUS_SUCCESS);
  CHECK(multiply({.lda = 7}) == CUBLAS_STATUS_INVALID_VALUE);
  CHECK(multiply({.ldc = 9}) == CUBLAS_STATUS_INVALID_VALUE);  // past the end of c
  CHECK(multiply({.n = -1}) == CUBLAS_STATUS_INVALID_VALUE);
  CHECK(multiply({.a = CUDA_R_16BF, .b = CUDA_R_16F}) == CUBLAS_STATUS_NOT_SUPPORTED);
  CHECK(multiply({.c = CUDA_R_16F}) == CUBLAS_STATUS_NOT_SUPPORTED);
  CHECK(multiply({.a = CUDA_R_16F, .b = CUDA_R_16F, .c = CUDA_R_16BF}) ==
        CUBLAS_STATUS_NOT_SUPPORTED);
  CHECK(multiply({.a = CUDA_R_16F, .b = CUDA_R_16F, .compute = CUBLAS_COMPUTE_16F}) ==
        CUBLAS_STATUS_NOT_SUPPORTED);
}

TEST_CASE("a product is refused for which cuBLAS has forgotten its workspace with a new stream") {
  Setting setting;
  const Handle handle(setting.stream);
  REQUIRE(cublasSetStream(handle.get(), setting.stream) == CUBLAS_STATUS_SUCCESS);
  CHECK(multiply(setting, handle.get(), {}) == CUBLAS_STATUS_EXECUTION_FAILED);
  CHECK(std::string(control().complaint) == "a product of cuBLAS without a workspace of its user");
  control().repair();
}

TEST_CASE("a product writes to its whole workspace: what lay there is NaN") {
  Setting setting;
  const Handle handle(setting.stream);
  CHECK(cudaMemsetAsync(handle.workspace(), 0, kBytes, setting.stream) == cudaSuccess);
  CHECK(multiply(setting, handle.get(), {}) == CUBLAS_STATUS_SUCCESS);
  std::array<float, kCount> found{};
  CHECK(cudaMemcpyAsync(found.data(), handle.workspace(), kBytes, cudaMemcpyDeviceToHost,
                        setting.stream) == cudaSuccess);
  CHECK(std::all_of(found.begin(), found.end(), [](float x) { return std::isnan(x); }));
}

TEST_CASE("attributes of cuDNN's descriptors are of their table, of their type, and final") {
  cudnnBackendDescriptor_t tensor = nullptr;
  REQUIRE(cudnnBackendCreateDescriptor(CUDNN_BACKEND_TENSOR_DESCRIPTOR, &tensor) ==
          CUDNN_STATUS_SUCCESS);
  const std::int64_t id = 1;
  CHECK(cudnnBackendSetAttribute(tensor, CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, 1,
                                 &id) == CUDNN_STATUS_NOT_SUPPORTED);
  CHECK(cudnnBackendSetAttribute(tensor, CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_FLOAT, 1, &id) ==
        CUDNN_STATUS_BAD_PARAM_ATTRIBUTE_TYPE);
  CHECK(cudnnBackendSetAttribute(tensor, CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, 1, &id) ==
        CUDNN_STATUS_SUCCESS);
  CHECK(cudnnBackendFinalize(tensor) == CUDNN_STATUS_BAD_PARAM);  // the rest is missing
  const std::array<std::int64_t, 4> sizes{1, 2, 3, 4};
  const std::array<std::int64_t, 4> strides{24, 12, 4, 1};
  const cudnnDataType_t type = CUDNN_DATA_FLOAT;
  const std::int64_t alignment = 16;
  CHECK(cudnnBackendSetAttribute(tensor, CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, 4,
                                 sizes.data()) == CUDNN_STATUS_SUCCESS);
  CHECK(cudnnBackendSetAttribute(tensor, CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, 4,
                                 strides.data()) == CUDNN_STATUS_SUCCESS);
  CHECK(cudnnBackendSetAttribute(tensor, CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, 1,
                                 &type) == CUDNN_STATUS_SUCCESS);
  CHECK(cudnnBackendSetAttribute(tensor, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, 1,
                                 &alignment) == CUDNN_STATUS_SUCCESS);
  CHECK(cudnnBackendFinalize(tensor) == CUDNN_STATUS_SUCCESS);
  CHECK(cudnnBackendSetAttribute(tensor, CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, 1, &id) ==
        CUDNN_STATUS_NOT_INITIALIZED);
  CHECK(cudnnBackendDestroyDescriptor(tensor) == CUDNN_STATUS_SUCCESS);
  CHECK(cudnnBackendDestroyDescriptor(tensor) == CUDNN_STATUS_BAD_PARAM);
}

}  // namespace
}  // namespace autoglm::emulation
