// Replaces operator new of the whole test program, to count its calls.
#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

#include "counting_backend.h"
#include "training_data.h"

namespace {

std::int64_t calls_of_new = 0;

void* counted(std::size_t bytes) {
  ++calls_of_new;
  void* const memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

}  // namespace

void* operator new(std::size_t bytes) { return counted(bytes); }
void* operator new[](std::size_t bytes) { return counted(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return counted(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return counted(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace autoglm::nn {

TEST_CASE("training and evaluating allocate nothing once they have run") {
  for (const MemoryProfile memory : {MemoryProfile::efficient, MemoryProfile::balanced}) {
    for (const Precision precision : {Precision::fp32, Precision::fp16}) {
      for (const bool image : {false, true}) {
        const Problem problem = image ? image_problem() : row_problem();
        TrainingSpec spec;
        spec.memory = memory;
        spec.precision = precision;
        const TrainingData data(problem, 20 * spec.batch);
        CountingBackend backend;
        NetworkTrainer trainer(backend, image ? image_model() : row_model(), spec, problem);
        std::vector<float> results(static_cast<std::size_t>(spec.batch * problem.outputs));
        std::int64_t before = 0;
        for (std::int64_t step = 0; step < 20; ++step) {
          if (step == 10) {
            backend.allocations = 0;
            before = calls_of_new;
          }
          const Samples batch = data.batch(step * spec.batch, spec.batch);
          trainer.accumulate(batch, spec.batch);
          trainer.update(0.01);
          trainer.report();
          trainer.take_training_loss();
          trainer.evaluate(batch, results.data());
        }
        const std::int64_t after = calls_of_new;
        CHECK(after == before);
        CHECK(backend.allocations == 0);
      }
    }
  }
}

}  // namespace autoglm::nn
