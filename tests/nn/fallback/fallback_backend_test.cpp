// The contract of backends on a device that computes nothing itself: whatever is computed there was
// computed by the host. And which operations are.
#include "trainer/nn/fallback/fallback_backend.h"

#include "tests/nn/contract/arrays.h"
#include "tests/nn/contract/subjects.h"
#include "tests/nn/fallback/memory_only_device.h"
#include "trainer/nn/check/cases.h"
#include "trainer/nn/check/comparison.h"
#include "trainer/nn/cpu/cpu_backend.h"

namespace autoglm::nn {
namespace {

std::unique_ptr<Backend> with_disabled(DisabledOperations disabled) {
  return make_fallback_backend(std::make_unique<MemoryOnlyDevice>(), make_cpu_backend(),
                               std::move(disabled));
}

/// All that a check of a device may find wrong.
DisabledOperations everything() {
  DisabledOperations all;
  for (const Case& one : all_cases()) {
    all.emplace(one.operation, one.type);
  }
  return all;
}

}  // namespace

namespace contract {

std::vector<Subject> subjects() {
  return {{"all operations on the host", [] { return with_disabled(everything()); }}};
}

}  // namespace contract

TEST_CASE("a device all of whose operations fall back passes the check that disabled them") {
  const std::unique_ptr<Backend> cpu = make_cpu_backend();
  const std::unique_ptr<Backend> fallback = with_disabled(everything());
  Comparison comparison(*fallback, *cpu);
  std::uint64_t seed = 0;
  for (const Case& one : all_cases()) {
    comparison.compare(one, seed++);
  }
  for (const auto& [key, check] : comparison.operations()) {
    const std::string& operation = key.first;
    CAPTURE(operation);
    CHECK(check.faults.empty());
    CHECK(check.error == 0);  // it is the same computation
  }
}

TEST_CASE("only what is disabled falls back, in its type alone") {
  const std::unique_ptr<Backend> backend = with_disabled({{"add", DType::bf16}});
  const contract::Array narrow(*backend, DType::bf16, {4}, {1, 2, 3, 4});
  const contract::Array wide(*backend, DType::f32, {4}, {1, 2, 3, 4});
  const contract::Array sum(*backend, DType::bf16, {4});
  CHECK(backend->add(narrow.tensor(), narrow.tensor(), sum.tensor(), Activation::identity) ==
        Status::ok);
  CHECK(sum.numbers() == contract::Doubles{2, 4, 6, 8});
  CHECK(backend->add(wide.tensor(), wide.tensor(), wide.tensor(), Activation::identity) ==
        Status::unsupported);
  CHECK(std::string(backend->last_error()) == "memory only: computes nothing");
  CHECK(backend->activation_forward(Activation::relu, narrow.tensor(), sum.tensor()) ==
        Status::unsupported);
}

TEST_CASE("a copy that the device refuses is its error, and nothing is computed") {
  const std::unique_ptr<Backend> backend = with_disabled({{"add", DType::f32}});
  const contract::Array x(*backend, DType::f32, {4}, {1, 2, 3, 4});
  const contract::Array y(*backend, DType::f32, {4}, {5, 6, 7, 8});
  const Tensor nowhere{reinterpret_cast<void*>(64), DType::f32, {4}};
  CHECK(backend->add(x.tensor(), nowhere, y.tensor(), Activation::identity) ==
        Status::device_failed);
  CHECK(std::string(backend->last_error()) == "memory only: download from no array");
  CHECK(y.numbers() == contract::Doubles{5, 6, 7, 8});
  CHECK(backend->add(x.tensor(), y.tensor(), nowhere, Activation::identity) ==
        Status::device_failed);
  CHECK(std::string(backend->last_error()) == "memory only: upload to no array");
}

// Regression: it was taken for one of f32, while the device chose its kernel by the working type.
TEST_CASE("an update without a working copy is one of the working type, as biases are") {
  const std::unique_ptr<Backend> backend = with_disabled({{"sgd", DType::bf16}});
  const contract::Array master(*backend, DType::f32, {2}, {1, 2});
  const contract::Array gradient(*backend, DType::f32, {2}, {2, 4});
  const contract::Records<StepState> state(*backend, {{.factor = 0.5F, .applied = 1}});
  UpdateArrays arrays{.n = 2,
                      .master = master.floats(),
                      .gradient = gradient.floats(),
                      .working_type = DType::bf16};
  CHECK(backend->sgd(arrays, {.lr = 0.25F}, state.data()) == Status::ok);
  CHECK(master.numbers() == contract::Doubles{0.75, 1.5});
  arrays.working_type = DType::f32;
  CHECK(backend->sgd(arrays, {.lr = 0.25F}, state.data()) == Status::unsupported);
  CHECK(master.numbers() == contract::Doubles{0.75, 1.5});
}

}  // namespace autoglm::nn
