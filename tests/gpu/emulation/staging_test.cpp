// What the host waits for while it trains on a CUDA device.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "gpu/cuda_library.h"
#include "tests/gpu/emulation/library.h"
#include "trainer/nn/model/network_trainer.h"

namespace autoglm::nn {
namespace {

constexpr std::int64_t kBatch = 4;
constexpr std::int64_t kFeatures = 100;
/// Uploads of a step: 1600 bytes of features by buffers of 1000 (limits.cpp), and labels.
constexpr std::uint64_t kParts = 3;

class Training {
 public:
  Training() {
    REQUIRE(made_.reason.empty());
    trainer_ = std::make_unique<NetworkTrainer>(*made_.backend, ModelSpec{.units = {8}},
                                                TrainingSpec{.batch = kBatch},
                                                Problem{.sample = {kFeatures}, .outputs = 3});
    // Until scratch memory and landings are as large as they become.
    for (int i = 0; i < 3; ++i) {
      step();
    }
    REQUIRE(made_.backend->synchronize() == Status::ok);
  }

  void step() {
    trainer_->accumulate({.count = kBatch, .inputs = inputs_.data(), .labels = labels_.data()},
                         kBatch);
    trainer_->update(0.01);
  }

 private:
  CudaBackend made_ = make_emulated_cuda_backend();
  std::unique_ptr<NetworkTrainer> trainer_{};
  std::vector<float> inputs_ = std::vector<float>(kBatch * kFeatures, 0.5F);
  std::vector<std::int32_t> labels_ = std::vector<std::int32_t>(kBatch, 1);
};

}  // namespace

TEST_CASE("in a training step the host waits for its own staging buffers and for nothing else") {
  Training training;
  const emulation::Control before = emulation::library_control();
  for (int i = 0; i < 5; ++i) {
    training.step();
  }
  const emulation::Control& after = emulation::library_control();
  CHECK(after.waits == before.waits);
  CHECK(after.event_waits - before.event_waits == 5 * kParts);
}

TEST_CASE("uploads do not wait for what the step before computes") {
  Training training;
  const emulation::Control& control = emulation::library_control();
  REQUIRE(control.pending() == 0);
  training.step();
  const std::uint64_t of_step = control.pending();
  REQUIRE(of_step > 4 * kParts);
  for (int i = 0; i < 5; ++i) {
    training.step();
    // The device runs what something waits for: of the last two steps the copies to landings alone.
    CHECK(control.pending() >= 2 * (of_step - kParts));
  }
}

TEST_CASE("a backend ends while an upload travels: its pinned memory is not freed before") {
  const emulation::Control& control = emulation::library_control();
  CudaBackend made = make_emulated_cuda_backend();
  REQUIRE(made.reason.empty());
  const CudaBackend other = make_emulated_cuda_backend();
  const std::vector<float> numbers(100, 1.0F);
  void* array = nullptr;
  REQUIRE(made.backend->allocate(sizeof(float) * numbers.size(), &array) == Status::ok);
  REQUIRE(made.backend->upload(array, numbers.data(), sizeof(float) * numbers.size()) ==
          Status::ok);
  REQUIRE(control.pending() > 0);
  made.backend.reset();
  CHECK(std::string(control.complaint) == "");
  other.backend->release(array);
}

}  // namespace autoglm::nn
