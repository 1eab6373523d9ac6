// Training on the emulated device while one call of CUDA, cuBLAS or cuDNN fails: each in its turn.
#include <cublas_v2.h>
#include <cuda_runtime_api.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gpu/cuda_library.h"
#include "tests/gpu/emulation/library.h"
#include "trainer/launch/device_error.h"
#include "trainer/nn/model/network_trainer.h"

namespace autoglm::nn {
namespace {

constexpr std::int64_t kBatch = 4;
constexpr int kSteps = 3;

struct Example {
  const char* name = "";
  ModelSpec model{};
  Problem problem{};
  Precision precision = Precision::fp32;
};

// The convolution is one that cuDNN has a plan for.
std::vector<Example> examples() {
  return {{"mlp", {.units = {6}, .dropout = 0.1}, {.sample = {5}, .outputs = 3}, Precision::fp32},
          {"cnn",
           {.type = ModelSpec::Type::cnn, .channels = {8}, .norm = Norm::batch},
           {.sample = {4, 4, 8}, .outputs = 3},
           Precision::bf16}};
}

struct Outcome {
  std::vector<double> losses{};
  std::string failure{};
  std::vector<std::uint64_t> calls{};  // made until a loss was there
};

/// Whatever was made is gone when it returns. Before each step other code chooses another device.
Outcome train(const Example& example) {
  emulation::Control& control = emulation::library_control();
  const std::uint64_t before = control.calls;
  const CudaBackend made = make_emulated_cuda_backend();
  if (made.backend == nullptr) {
    return {.failure = made.reason};
  }
  std::mt19937_64 random(5);
  std::normal_distribution<float> normal;
  std::vector<float> inputs(static_cast<std::size_t>(kBatch * example.problem.sample.count()));
  std::generate(inputs.begin(), inputs.end(), [&] { return normal(random); });
  const std::vector<std::int32_t> labels{0, 1, 2, 1};
  Outcome outcome;
  try {
    NetworkTrainer trainer(*made.backend, example.model,
                           {.batch = kBatch, .precision = example.precision}, example.problem);
    for (int step = 0; step < kSteps; ++step) {
      control.chosen_device = 1;
      trainer.accumulate({.count = kBatch, .inputs = inputs.data(), .labels = labels.data()},
                         kBatch);
      trainer.update(0.01);
      outcome.losses.push_back(trainer.take_training_loss());
      outcome.calls.push_back(control.calls - before);
    }
  } catch (const DeviceError& error) {
    outcome.failure = error.what();
  }
  return outcome;
}

/// Where a training is when its n-th call comes: plans are made in the first step.
enum class Phase { first_step, later_step, end };
Phase phase_of(const Outcome& whole, std::uint64_t n) {
  return n <= whole.calls.front()  ? Phase::first_step
         : n <= whole.calls.back() ? Phase::later_step
                                   : Phase::end;
}

/// Calls whose failure changes no number: they give something back, or ask cuDNN for a plan or
/// memory for its workspace, without which patches are multiplied.
bool may_fail_unseen(const std::string& call, Phase phase) {
  static const std::set<std::string> giving_back{
      "cudaFree",         "cudaFreeHost",  "cudaStreamDestroy", "cudaStreamSynchronize",
      "cudaEventDestroy", "cublasDestroy", "cudaSetDevice",     "cudaEventSynchronize",
      "cudnnDestroy"};
  return call == "cudnnBackendDestroyDescriptor" ||
         (phase == Phase::first_step && call.starts_with("cudnn") &&
          call != "cudnnBackendExecute") ||
         (phase == Phase::first_step && call == "cudaMalloc") ||
         (phase == Phase::end && giving_back.count(call) > 0);
}

bool is_near(const std::vector<double>& losses, const std::vector<double>& wanted) {
  bool near = losses.size() == wanted.size();
  for (std::size_t i = 0; near && i < losses.size(); ++i) {
    near = std::fabs(losses[i] - wanted[i]) < 0.02 * std::fabs(wanted[i]);
  }
  return near;
}

/// Each call of three steps once; `stays_broken`: and all that follow it.
std::set<std::string> fail_each_call(const Example& example, bool stays_broken) {
  emulation::Control& control = emulation::library_control();
  control.repair();
  const std::uint64_t before = control.calls;
  const Outcome whole = train(example);
  REQUIRE(whole.failure.empty());
  const std::uint64_t calls = control.calls - before;
  REQUIRE(calls > 100);
  std::set<std::string> failed;  // calls whose failure was told
  for (std::uint64_t n = 1; n <= calls; ++n) {
    control.repair();
    control.stays_broken = stays_broken;
    control.failing_call = control.calls + n;
    const std::uint64_t live = control.live();
    const Outcome outcome = train(example);
    const std::string call = control.failed_call;
    CAPTURE(n);
    CAPTURE(call);
    CAPTURE(outcome.failure);
    CHECK(control.live() == live);
    if (outcome.failure.empty()) {
      CHECK(may_fail_unseen(call, phase_of(whole, n)));
      CHECK(is_near(outcome.losses, whole.losses));
      continue;
    }
    failed.insert(call);
    // Where, in our sources; of a failed training also what to do. A device that does not open is
    // told by whoever asked for it.
    CHECK(outcome.failure.find(".cpp:") != std::string::npos);
    if (outcome.failure.starts_with("cuda:0 emulation: ")) {
      CHECK(outcome.failure.find("; ") != std::string::npos);
    }
  }
  control.repair();
  control.stays_broken = false;
  return failed;
}

TEST_CASE("operations choose their device, whichever was chosen before") {
  emulation::library_control().repair();
  for (const Example& example : examples()) {
    CAPTURE(example.name);
    CHECK(train(example).failure == "");
  }
}
TEST_CASE("each CUDA call of three steps of an MLP may fail: the error says where, nothing leaks") {
  const std::set<std::string> failed = fail_each_call(examples()[0], false);
  for (const char* call :
       {"cudaSetDevice", "cudaMalloc", "cudaMallocHost", "cudaMemcpyAsync", "cudaMemsetAsync",
        "cudaLaunchKernel", "cudaEventRecord", "cudaStreamCreateWithFlags", "cudaStreamWaitEvent",
        "cudaStreamSynchronize", "cublasCreate", "cublasGemmEx_64"}) {
    CAPTURE(call);
    CHECK(failed.count(call) == 1);
  }
}
TEST_CASE("each CUDA call of three steps of a CNN may fail: the error says where, nothing leaks") {
  // That it is among them says also that cuDNN's plans are used.
  CHECK(fail_each_call(examples()[1], false).count("cudnnBackendExecute") == 1);
}
TEST_CASE("convolutions whose plans want more memory than there is are products of patches") {
  emulation::Control& control = emulation::library_control();
  control.repair();
  const Outcome planned = train(examples()[1]);
  control.plan_workspace = control.memory_bytes;
  const Outcome patched = train(examples()[1]);
  control.plan_workspace = 512;
  CHECK(patched.failure == "");
  CHECK(is_near(patched.losses, planned.losses));
}
/// Uploads again after the n-th call of a first upload has failed. Whether one did.
bool uploads_after_failure(std::uint64_t n) {
  emulation::Control& control = emulation::library_control();
  control.repair();
  std::vector<float> numbers(1000);
  std::iota(numbers.begin(), numbers.end(), 0.0F);
  std::vector<float> found(numbers.size());
  const std::size_t bytes = numbers.size() * sizeof(float);
  const CudaBackend made = make_emulated_cuda_backend();
  void* array = nullptr;
  REQUIRE(made.backend->allocate(bytes, &array) == Status::ok);
  control.failing_call = control.calls + n;
  const bool failed = made.backend->upload(array, numbers.data(), bytes) != Status::ok;
  control.repair();
  CHECK(made.backend->upload(array, numbers.data(), bytes) == Status::ok);
  CHECK(made.backend->upload(array, numbers.data(), bytes) == Status::ok);
  CHECK(made.backend->download(found.data(), array, bytes) == Status::ok);
  CHECK(found == numbers);
  made.backend->release(array);
  return failed;
}

TEST_CASE("after any call of an upload has failed the next ones work, and nothing is left behind") {
  std::uint64_t n = 1;
  const std::uint64_t live = emulation::library_control().live();
  while (uploads_after_failure(n)) {
    CAPTURE(n);
    CHECK(emulation::library_control().live() == live);
    ++n;
  }
  CHECK(n > 4);  // a device to be chosen, memory and an event to be made, numbers to be sent
}
/// What comes of `operation` whose `call` fails with `status`.
template <class Operation>
auto outcome_of(const char* call, int status, const Operation& operation) {
  emulation::Control& control = emulation::library_control();
  for (std::uint64_t n = 1; n < 100; ++n) {
    control.repair();
    control.failing_call = control.calls + n;
    control.failing_status = status;
    auto outcome = operation();
    if (std::string(control.failed_call) == call) {
      control.repair();
      return outcome;
    }
  }
  FAIL("it does not call " << call);
  return operation();
}

/// On two matrices of the emulated device.
struct Numbers {
  Numbers() {
    emulation::library_control().repair();
    REQUIRE(made.reason.empty());
    REQUIRE(made.backend->allocate(kBytes, &address) == Status::ok);
    REQUIRE(made.backend->fill_zero(address, kBytes) == Status::ok);
  }
  ~Numbers() { made.backend->release(address); }
  Numbers(const Numbers&) = delete;
  Numbers& operator=(const Numbers&) = delete;

  Status activate() const {
    const Tensor x{address, DType::f32, {8, 8}};
    return made.backend->activation_forward(Activation::relu, x, x);
  }
  Status multiply() const {
    const Tensor x{address, DType::f32, {8, 8}};
    const Tensor y{static_cast<float*>(address) + 64, DType::f32, {8, 8}};
    return made.backend->linear_forward(x, x, nullptr, y, Activation::identity);
  }

  static constexpr std::size_t kBytes = 128 * sizeof(float);
  const CudaBackend made = make_emulated_cuda_backend();
  void* address = nullptr;
};

TEST_CASE(
    "a kernel without code for the device is one that it cannot compute, and harms no other") {
  const Numbers numbers;
  for (const cudaError_t error :
       {cudaErrorInvalidDeviceFunction, cudaErrorNoKernelImageForDevice, cudaErrorInvalidPtx,
        cudaErrorJitCompilerNotFound, cudaErrorUnsupportedPtxVersion}) {
    CHECK(outcome_of("cudaLaunchKernel", error, [&] { return numbers.activate(); }) ==
          Status::unsupported);
    CHECK(numbers.activate() == Status::ok);
  }
  CHECK(outcome_of("cudaLaunchKernel", cudaErrorLaunchFailure,
                   [&] { return numbers.activate(); }) == Status::device_failed);
}

TEST_CASE("what cuBLAS lacks memory for, or does not support, is told apart from a failed device") {
  const Numbers numbers;
  const auto status_when = [&](int status) {
    return outcome_of("cublasGemmEx_64", status, [&] { return numbers.multiply(); });
  };
  CHECK(status_when(CUBLAS_STATUS_ALLOC_FAILED) == Status::out_of_memory);
  CHECK(status_when(CUBLAS_STATUS_NOT_SUPPORTED) == Status::unsupported);
  CHECK(status_when(CUBLAS_STATUS_EXECUTION_FAILED) == Status::device_failed);
  const auto is_full_when = [](int status) {
    return outcome_of("cublasCreate", status, [] { return make_emulated_cuda_backend(); }).is_full;
  };
  CHECK(is_full_when(CUBLAS_STATUS_ALLOC_FAILED));
  CHECK(is_full_when(CUBLAS_STATUS_NOT_INITIALIZED));  // as it says on a device that is full
  CHECK_FALSE(is_full_when(CUBLAS_STATUS_EXECUTION_FAILED));
}

TEST_CASE("a device below compute capability 8.0 is refused, with the number that it has") {
  emulation::Control& control = emulation::library_control();
  control.repair();
  control.capability = 7;
  const CudaBackend made = make_emulated_cuda_backend();
  control.capability = 8;
  CHECK(made.backend == nullptr);
  CHECK(made.reason == "CUDA device 0 has compute capability 7.x; 8.0 is needed");
}

TEST_CASE("a device that fails for good during a training leaves nothing behind") {
  CHECK(fail_each_call(examples()[0], true).count("cudaLaunchKernel") == 1);
}

}  // namespace
}  // namespace autoglm::nn
