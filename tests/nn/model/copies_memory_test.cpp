// What of the host's memory a device takes for operations that the CPU computes for it.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "counting_backend.h"
#include "trainer/nn/check/cases.h"
#include "trainer/nn/fallback/fallback_backend.h"
#include "training_data.h"

namespace autoglm::nn {
namespace {

/// The CPU, which remembers the most memory that was taken from it at once.
class RememberingHost final : public CountingBackend {
 public:
  /// Told when it goes.
  explicit RememberingHost(std::size_t& most) : most_(most) {}
  ~RememberingHost() override { most_ = greatest_ + scratch_bytes(); }

  Status allocate(std::size_t bytes, void** address) noexcept override {
    const Status status = CountingBackend::allocate(bytes, address);
    if (status == Status::ok) {
      held_[*address] = bytes;
      sum_ += bytes;
      greatest_ = std::max(greatest_, sum_);
    }
    return status;
  }
  void release(void* address) noexcept override {
    if (const auto found = held_.find(address); found != held_.end()) {
      sum_ -= found->second;
      held_.erase(found);
    }
    CountingBackend::release(address);
  }

 private:
  std::size_t& most_;
  std::map<void*, std::size_t> held_{};
  std::size_t sum_ = 0;
  std::size_t greatest_ = 0;
};

/// What a step takes of the host that computes everything for a device.
std::size_t taken_of_host(const ModelSpec& model, const TrainingSpec& spec,
                          const Problem& problem) {
  DisabledOperations all;
  for (const Case& one : all_cases()) {
    all.emplace(one.operation, one.type);
  }
  std::size_t most = 0;
  auto backend =
      make_fallback_backend(make_cpu_backend(), std::make_unique<RememberingHost>(most), all);
  {
    NetworkTrainer trainer(*backend, model, spec, problem);
    train(trainer, TrainingData(problem, spec.batch), spec.batch, 0, 1);
    CHECK(trainer.memory().scratch == 0);  // none of the device's memory
  }
  backend.reset();
  return most;
}

}  // namespace

TEST_CASE("copies on the host of all operations' arrays take no more memory than is predicted") {
  for (const bool image : {false, true}) {
    const ModelSpec model = image ? image_model() : row_model();
    const Problem problem = image ? image_problem() : row_problem();
    for (const Precision precision : {Precision::fp32, Precision::bf16}) {
      const TrainingSpec spec{.batch = 64, .precision = precision};
      const std::size_t taken = taken_of_host(model, spec, problem);
      const BackendInfo falls_back{.copies_to_host = true};
      const std::size_t predicted = predict_memory(model, spec, problem, falls_back).copies;
      CAPTURE(image);
      CHECK(taken <= predicted);
      CHECK(predicted < 4 * taken);
      CHECK(predict_memory(model, spec, problem).copies == 0);
    }
  }
}

}  // namespace autoglm::nn
