// 16-bit training beside that in f32. A bf16 number has 8 significant bits, an fp16 number 11, so
// one rounding is off by up to 2^-9 or 2^-12 of it; a step rounds each value a few times on its
// way.
#include <doctest/doctest.h>

#include <cmath>

#include "training_data.h"

namespace autoglm::nn {
namespace {

TrainingSpec spec_of(Precision precision) {
  TrainingSpec spec;
  spec.precision = precision;
  spec.clip_norm = 0;
  return spec;
}

// Of the first batch, without the loss scale.
std::vector<NamedArray> gradients_of(const ModelSpec& model, const Problem& problem,
                                     Precision precision) {
  const auto backend = make_cpu_backend();
  const TrainingSpec spec = spec_of(precision);
  NetworkTrainer trainer(*backend, model, spec, problem);
  const TrainingData data(problem, spec.batch);
  trainer.accumulate(data.batch(0, spec.batch), spec.batch);
  std::vector<NamedArray> gradients = trainer.gradients();
  for (NamedArray& array : gradients) {
    for (float& number : array.numbers) {
      number /= precision == Precision::fp16 ? 65536.0F : 1.0F;
    }
  }
  return gradients;
}

double loss_after(const ModelSpec& model, const Problem& problem, Precision precision,
                  std::uint64_t seed) {
  const auto backend = make_cpu_backend();
  TrainingSpec spec = spec_of(precision);
  spec.seed = seed;
  NetworkTrainer trainer(*backend, model, spec, problem);
  const TrainingData data(problem, 30 * spec.batch);
  train(trainer, data, spec.batch, 0, 30);
  const Samples all = data.batch(0, 30 * spec.batch);
  return trainer.evaluate(all, nullptr) / static_cast<double>(all.count);
}

}  // namespace

TEST_CASE("16-bit gradients are those of f32 up to their rounding") {
  for (const bool image : {false, true}) {
    CAPTURE(image);
    ModelSpec model = image ? image_model() : row_model();
    // ReLU and maximum take another branch where two numbers are equal but for rounding.
    model.activation = Activation::gelu;
    model.halving = ModelSpec::Halving::average;
    const Problem problem = image ? image_problem() : row_problem();
    const std::vector<NamedArray> exact = gradients_of(model, problem, Precision::fp32);
    // About sixteen roundings.
    CHECK(greatest_difference(gradients_of(model, problem, Precision::bf16), exact) < 0.032);
    CHECK(greatest_difference(gradients_of(model, problem, Precision::fp16), exact) < 0.004);
  }
}

// A single network may end a fifth away: where two numbers are equal but for rounding, ReLU and
// maximum take another branch.
TEST_CASE("16-bit training ends where that in f32 does") {
  constexpr std::uint64_t kSeeds = 20;
  for (const bool image : {false, true}) {
    CAPTURE(image);
    const ModelSpec model = image ? image_model() : row_model();
    const Problem problem = image ? image_problem() : row_problem();
    double bf16 = 0;
    double fp16 = 0;
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      const double exact = loss_after(model, problem, Precision::fp32, seed);
      bf16 += (loss_after(model, problem, Precision::bf16, seed) / exact - 1) / kSeeds;
      fp16 += (loss_after(model, problem, Precision::fp16, seed) / exact - 1) / kSeeds;
    }
    CHECK(std::fabs(bf16) < (image ? 0.1 : 0.005));
    CHECK(std::fabs(fp16) < (image ? 0.08 : 0.002));
  }
}

TEST_CASE("fp16 gradients that overflow are left out until the loss scale suits them") {
  const Problem problem{.sample = {10}, .outputs = 2, .classification = false};
  TrainingData data(problem, std::int64_t{40} * 32);
  for (float& target : data.targets()) {
    target = 40 + target;  // the first gradients are 2 * 40 / 2 / 32 * 65536 = 81920, above 65504
  }
  const auto backend = make_cpu_backend();
  ModelSpec model = row_model();
  model.dropout = 0;
  NetworkTrainer trainer(*backend, model, spec_of(Precision::fp16), problem);
  const std::vector<NamedArray> before = trainer.save();
  train(trainer, data, 32, 0, 1);
  CHECK(trainer.report().skipped);
  CHECK(trainer.report().overflows == 1);
  CHECK(trainer.report().loss_scale == 32768);
  CHECK_FALSE(std::isfinite(trainer.report().gradient_norm));
  CHECK(*find_array(trainer.save(), "fc1.weight") == *find_array(before, "fc1.weight"));
  const double first_loss = trainer.take_training_loss();
  train(trainer, data, 32, 1, 29, 0.1);
  trainer.take_training_loss();
  train(trainer, data, 32, 30, 10, 0.1);
  const UpdateReport& report = trainer.report();
  CHECK(report.overflows < 10);
  CHECK(report.applied + report.overflows == 40);
  CHECK(report.applied > 30);
  CHECK(std::isfinite(report.gradient_norm));
  CHECK(trainer.take_training_loss() < 0.5 * first_loss);
}

}  // namespace autoglm::nn
