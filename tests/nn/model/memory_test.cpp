// What memory training takes, and that less of it changes no number.
#include <doctest/doctest.h>

#include <algorithm>

#include "counting_backend.h"
#include "trainer/nn/model/status_error.h"
#include "training_data.h"

namespace autoglm::nn {
namespace {

TrainingSpec spec_of(MemoryProfile memory, std::int64_t batch = 16) {
  TrainingSpec spec;
  spec.memory = memory;
  spec.batch = batch;
  return spec;
}

bool meet(const Storage& a, const Storage& b) {
  return a.first <= b.last && b.first <= a.last && a.offset < b.offset + b.bytes &&
         b.offset < a.offset + a.bytes;
}

std::vector<NamedArray> state_after_steps(const ModelSpec& model, const Problem& problem,
                                          const TrainingSpec& spec) {
  const auto backend = make_cpu_backend();
  NetworkTrainer trainer(*backend, model, spec, problem);
  const TrainingData data(problem, 5 * spec.batch);
  train(trainer, data, spec.batch, 0, 5);
  return trainer.save();
}

}  // namespace

TEST_CASE("what is predicted of the memory is what is allocated") {
  for (const MemoryProfile memory : {MemoryProfile::efficient, MemoryProfile::balanced}) {
    for (const Precision precision : {Precision::fp32, Precision::bf16}) {
      for (const auto rule : {OptimizerSpec::Type::sgd, OptimizerSpec::Type::adamw}) {
        TrainingSpec spec = spec_of(memory, 40);
        spec.precision = precision;
        spec.optimizer.type = rule;
        for (const bool image : {false, true}) {
          const ModelSpec model = image ? image_model() : row_model();
          const Problem problem = image ? image_problem() : row_problem();
          CountingBackend backend;
          const NetworkTrainer trainer(backend, model, spec, problem);
          const MemoryUse predicted = predict_memory(model, spec, problem);
          CHECK(predicted.arenas() == backend.allocated_bytes);
          CHECK(predicted.arenas() == trainer.memory().arenas());
          CHECK(predicted.activations == trainer.memory().activations);
        }
      }
    }
  }
}

TEST_CASE("the CPU's scratch memory is at most twice what is estimated") {
  const ModelSpec wide_rows{.units = {256}};
  const ModelSpec wide_images{.type = ModelSpec::Type::cnn, .channels = {16, 32}};
  for (const ModelSpec& model : {row_model(), wide_rows, image_model(), wide_images}) {
    const Problem problem = model.type == ModelSpec::Type::cnn ? image_problem() : row_problem();
    for (const std::int64_t batch : {2, 16, 200}) {
      const TrainingSpec spec = spec_of(MemoryProfile::balanced, batch);
      const auto backend = make_cpu_backend();
      NetworkTrainer trainer(*backend, model, spec, problem);
      train(trainer, TrainingData(problem, batch), batch, 0, 1);
      CHECK(trainer.memory().scratch <= 2 * predict_memory(model, spec, problem).scratch);
    }
  }
}

TEST_CASE("arrays that are in use at once do not overlap") {
  const Network row = build_network(row_model(), row_problem().sample, 4);
  const Network image = build_network(image_model(), image_problem().sample, 3);
  for (const Network* network : {&row, &image}) {
    for (const bool recompute : {false, true}) {
      const Program program =
          plan_program(*network, {.batch = 7, .working = DType::bf16, .recompute = recompute});
      for (std::size_t a = 0; a < program.storages.size(); ++a) {
        CHECK(program.storages[a].offset + program.storages[a].bytes <= program.bytes);
        CHECK(program.storages[a].offset % 64 == 0);
        for (std::size_t b = 0; b < a; ++b) {
          CHECK_FALSE(meet(program.storages[a], program.storages[b]));
        }
      }
    }
  }
}

TEST_CASE("memory is used again once nothing needs it") {
  // Three arrays of 64, 128 and 64 bytes, the last when the first is done with.
  std::vector<Storage> storages{{.bytes = 64, .first = 0, .last = 1},
                                {.bytes = 128, .first = 1, .last = 3},
                                {.bytes = 60, .first = 2, .last = 3}};
  CHECK(place(storages) == 192);
  CHECK(storages[1].offset == 0);
  CHECK(storages[0].offset == 128);
  CHECK(storages[2].offset == 128);
}

TEST_CASE("the efficient profile needs less memory for activations") {
  const ModelSpec rows{.units = {64, 64, 64, 64}, .norm = Norm::layer, .dropout = 0.1};
  ModelSpec images = image_model();
  images.blocks = 3;
  const auto activations = [](const ModelSpec& model, const Problem& problem, MemoryProfile memory,
                              std::int64_t batch) {
    return predict_memory(model, spec_of(memory, batch), problem).activations;
  };
  // In pieces, and with batch norm whole.
  CHECK(activations(rows, row_problem(), MemoryProfile::efficient, 64) * 4 <
        activations(rows, row_problem(), MemoryProfile::balanced, 64));
  CHECK(activations(images, image_problem(), MemoryProfile::efficient, 64) * 4 <
        activations(images, image_problem(), MemoryProfile::balanced, 64) * 3);
}

TEST_CASE("computing activations again gives the same numbers, to the bit") {
  for (const bool image : {false, true}) {
    CAPTURE(image);
    const ModelSpec model = image ? image_model() : row_model();
    const Problem problem = image ? image_problem() : row_problem();
    // With dropout, and running statistics that must move once a step.
    CHECK(state_after_steps(model, problem, spec_of(MemoryProfile::efficient)) ==
          state_after_steps(model, problem, spec_of(MemoryProfile::balanced)));
    CHECK(state_after_steps(model, problem, spec_of(MemoryProfile::performance)) ==
          state_after_steps(model, problem, spec_of(MemoryProfile::balanced)));
  }
}

TEST_CASE("a batch in pieces has the gradients of the whole, to rounding") {
  ModelSpec model = row_model();
  model.dropout = 0;
  const TrainingData data(row_problem(), 50);
  const auto gradients = [&](MemoryProfile memory) {
    const auto backend = make_cpu_backend();
    NetworkTrainer trainer(*backend, model, spec_of(memory, 50), row_problem());
    trainer.accumulate(data.batch(0, 50), 50);  // pieces of 16, 16, 16 and 2
    return trainer.gradients();
  };
  CHECK(greatest_difference(gradients(MemoryProfile::efficient),
                            gradients(MemoryProfile::balanced)) < 1e-5);
}

TEST_CASE("batches that make one update have the gradients of one batch, to rounding") {
  ModelSpec model = row_model();
  model.dropout = 0;
  const TrainingData data(row_problem(), 32);
  const auto gradients = [&](const std::vector<std::int64_t>& batches) {
    const auto backend = make_cpu_backend();
    NetworkTrainer trainer(*backend, model, spec_of(MemoryProfile::balanced, 32), row_problem());
    std::int64_t first = 0;
    for (const std::int64_t samples : batches) {
      trainer.accumulate(data.batch(first, samples), 32);
      first += samples;
    }
    return trainer.gradients();
  };
  CHECK(greatest_difference(gradients({16, 16}), gradients({32})) < 1e-5);
  CHECK(greatest_difference(gradients({20, 11, 1}), gradients({32})) < 1e-5);
}

TEST_CASE("too little memory is told with its remedy, and given back") {
  CountingBackend backend;
  backend.limit_bytes = 40'000;
  const TrainingSpec spec;
  try {
    const NetworkTrainer trainer(backend, row_model(), spec, row_problem());
    FAIL("it had enough");
  } catch (const DeviceMemoryError& error) {
    CHECK(std::string(error.what()) ==
          "cpu: allocating " +
              std::to_string(predict_memory(row_model(), spec, row_problem()).activations) +
              " bytes for activations: out of memory: the limit of the test; lower training.batch, "
              "set training.memory to \"efficient\", or make the model smaller");
  }
}

}  // namespace autoglm::nn
