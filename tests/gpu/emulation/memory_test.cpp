// What is predicted of a CUDA device's scratch memory, and what a training really takes of it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <vector>

#include "gpu/cuda_library.h"
#include "trainer/nn/model/network_trainer.h"

namespace autoglm::nn {
namespace {

/// With the limits that the library for GPUs has, and room for plans that want more than 1 GiB.
CudaBackend open_device() {
  ::setenv("AUTOGLM_EMULATION_LIMITS", "shipped", 1);
  ::setenv("AUTOGLM_EMULATION_MEMORY", "4000000000", 1);
  CudaBackend made = make_emulated_cuda_backend();
  REQUIRE(made.reason.empty());
  return made;
}

struct Taken {
  std::size_t predicted = 0;
  std::size_t allocated = 0;
};

/// Of scratch memory, by a step of training and one of evaluation.
Taken train(const ModelSpec& model, const TrainingSpec& spec, const Problem& problem) {
  const CudaBackend made = open_device();
  const std::size_t already = made.backend->scratch_bytes();
  const MemoryUse predicted = predict_memory(model, spec, problem, made.backend->info());
  std::mt19937_64 random(5);
  std::normal_distribution<float> normal;
  std::vector<float> inputs(static_cast<std::size_t>(spec.batch * problem.sample.count()));
  std::generate(inputs.begin(), inputs.end(), [&] { return normal(random); });
  const std::vector<std::int32_t> labels(static_cast<std::size_t>(spec.batch), 1);
  const Samples batch{.count = spec.batch, .inputs = inputs.data(), .labels = labels.data()};
  NetworkTrainer trainer(*made.backend, model, spec, problem);
  trainer.accumulate(batch, spec.batch);
  trainer.update(0.01);
  trainer.report();
  trainer.evaluate(batch, nullptr);
  CHECK(trainer.memory().arenas() == predicted.arenas());
  return {.predicted = predicted.scratch, .allocated = trainer.memory().scratch - already};
}

constexpr Precision kPrecisions[] = {Precision::fp32, Precision::bf16, Precision::fp16};

}  // namespace

TEST_CASE("an MLP takes the scratch memory on a CUDA device that is predicted") {
  const Problem problem{.sample = {10}, .outputs = 4};
  for (const Norm norm : {Norm::none, Norm::batch, Norm::layer}) {
    for (const Precision precision : kPrecisions) {
      for (const std::int64_t batch : {2, 300}) {
        const Taken taken = train({.units = {96, 700}, .norm = norm},
                                  {.batch = batch, .precision = precision}, problem);
        CAPTURE(norm);
        CAPTURE(precision);
        CAPTURE(batch);
        CHECK(taken.allocated == taken.predicted);
      }
    }
  }
}

TEST_CASE(
    "a CNN takes no more scratch memory on a CUDA device than is predicted, and no less than "
    "half") {
  const ModelSpec plain{.type = ModelSpec::Type::cnn, .units = {40}, .channels = {8, 16}};
  const ModelSpec residual{.type = ModelSpec::Type::cnn,
                           .channels = {12, 24},
                           .halving = ModelSpec::Halving::stride,
                           .norm = Norm::batch,
                           .residual = true};
  const ModelSpec narrow{
      .type = ModelSpec::Type::cnn, .channels = {5}, .kernel = 5, .norm = Norm::layer};
  const Problem problem{.sample = {12, 10, 3}, .outputs = 4};
  for (const ModelSpec& model : {plain, residual, narrow}) {
    for (const Precision precision : kPrecisions) {
      for (const std::int64_t batch : {1, 20}) {
        const Taken taken = train(model, {.batch = batch, .precision = precision}, problem);
        CAPTURE(model.kernel);
        CAPTURE(precision);
        CAPTURE(batch);
        CHECK(taken.allocated <= taken.predicted);
        CHECK(2 * taken.allocated >= taken.predicted);
      }
    }
  }
}

}  // namespace autoglm::nn
