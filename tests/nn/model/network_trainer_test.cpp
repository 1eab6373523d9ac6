#include "trainer/nn/model/network_trainer.h"

#include <doctest/doctest.h>

#include <cmath>

#include "difference.h"
#include "training_data.h"

namespace autoglm::nn {
namespace {

// Central differences of the training loss at each parameter, beside the gradient; dropout draws
// the same numbers each time, since loading takes the count of passes back.
double loss_gradient_error(const ModelSpec& model, const Problem& problem, const LossSpec& loss) {
  TrainingSpec spec;
  spec.loss = loss;
  spec.batch = 6;
  const auto backend = make_cpu_backend();
  NetworkTrainer trainer(*backend, model, spec, problem);
  const TrainingData data(problem, spec.batch);
  std::vector<NamedArray> state = trainer.save();
  const StepCounters begin = trainer.counters();
  const auto loss_at = [&] {
    trainer.load(state);
    trainer.set_counters(begin);  // so that the same is dropped out
    trainer.accumulate(data.batch(0, spec.batch), spec.batch);
    return trainer.take_training_loss();
  };
  loss_at();
  double error = 0;
  double greatest = 0;
  const std::vector<NamedArray> gradients = trainer.gradients();
  for (std::size_t a = 0; a < gradients.size(); ++a) {
    for (std::size_t i = 0; i < gradients[a].numbers.size(); ++i) {
      float& parameter = state[a].numbers[i];
      const float middle = parameter;
      parameter = middle + 0.004F;
      const double above = loss_at();
      parameter = middle - 0.004F;
      const double slope = (above - loss_at()) / 0.008;
      parameter = middle;
      error = farther(error, std::abs(slope - static_cast<double>(gradients[a].numbers[i])));
      greatest = farther(greatest, std::abs(slope));
    }
  }
  return error / greatest;
}

// Smooth, so that slopes by steps are slopes.
ModelSpec small_rows() {
  return {.units = {6, 6},
          .norm = Norm::layer,
          .activation = Activation::tanh,
          .dropout = 0.3,
          .residual = true};
}

ModelSpec small_images() {
  return {.type = ModelSpec::Type::cnn,
          .units = {4},
          .channels = {3, 4},
          .halving = ModelSpec::Halving::average,
          .norm = Norm::batch,
          .activation = Activation::gelu,
          .dropout = 0.3,
          .residual = true};
}

}  // namespace

TEST_CASE("the gradients of whole networks are the slopes of their losses") {
  const Problem numbers{.sample = {10}, .outputs = 3, .classification = false};
  const Problem images{.sample = {6, 6, 2}, .outputs = 3, .classification = true};
  CHECK(loss_gradient_error(small_rows(), row_problem(), {}) < 2e-3);
  CHECK(loss_gradient_error(small_rows(), row_problem(), {.label_smoothing = 0.2}) < 2e-3);
  CHECK(loss_gradient_error(small_rows(), row_problem(), {.type = LossSpec::Type::focal}) < 2e-3);
  CHECK(loss_gradient_error(small_rows(), numbers, {}) < 2e-3);
  CHECK(loss_gradient_error(small_images(), images, {}) < 2e-3);
}

TEST_CASE("a network learns, and its evaluation is the plain loss of its probabilities") {
  for (const bool image : {false, true}) {
    const Problem problem = image ? image_problem() : row_problem();
    TrainingSpec spec;
    spec.loss.label_smoothing = 0.1;
    const auto backend = make_cpu_backend();
    NetworkTrainer trainer(*backend, image ? image_model() : row_model(), spec, problem);
    const TrainingData data(problem, 40 * spec.batch);
    const Samples all = data.batch(0, 40 * spec.batch);
    const double before = trainer.evaluate(all, nullptr);
    train(trainer, data, spec.batch, 0, 40);
    std::vector<float> results(static_cast<std::size_t>(all.count * problem.outputs));
    const double after = trainer.evaluate(all, results.data());
    CHECK(after < 0.9 * before);
    double loss = 0;
    for (std::int64_t i = 0; i < all.count; ++i) {
      double sum = 0;
      for (std::int64_t k = 0; k < problem.outputs; ++k) {
        sum += static_cast<double>(results[static_cast<std::size_t>(i * problem.outputs + k)]);
      }
      CHECK(sum == doctest::Approx(1).epsilon(1e-5));
      loss -= std::log(static_cast<double>(
          results[static_cast<std::size_t>(i * problem.outputs + all.labels[i])]));
    }
    CHECK(after == doctest::Approx(loss).epsilon(1e-4));
  }
}

TEST_CASE("evaluating changes nothing, and needs no labels") {
  const TrainingSpec spec;
  const auto backend = make_cpu_backend();
  NetworkTrainer trainer(*backend, image_model(), spec, image_problem());
  const TrainingData data(image_problem(), 100);
  train(trainer, data, spec.batch, 0, 2);
  const std::vector<NamedArray> before = trainer.save();
  Samples batch = data.batch(0, 100);
  std::vector<float> with(300);
  std::vector<float> without(300);
  trainer.evaluate(batch, with.data());
  batch.labels = nullptr;
  CHECK(trainer.evaluate(batch, without.data()) == 0);
  CHECK(with == without);
  CHECK(trainer.save() == before);
}

TEST_CASE("dropout draws other numbers in each pass, the same in each run") {
  TrainingSpec spec;
  const TrainingData data(row_problem(), spec.batch);
  const auto losses = [&] {
    const auto backend = make_cpu_backend();
    NetworkTrainer trainer(*backend, row_model(), spec, row_problem());
    std::vector<double> found;
    for (int pass = 0; pass < 3; ++pass) {
      trainer.accumulate(data.batch(0, spec.batch), spec.batch);
      trainer.update(0);
      found.push_back(trainer.take_training_loss());
    }
    return found;
  };
  const std::vector<double> first = losses();
  CHECK(first[0] != first[1]);
  CHECK(first[1] != first[2]);
  CHECK(losses() == first);
}

TEST_CASE("a report holds the mean and variance of each gradient, as it was applied") {
  for (const Precision precision : {Precision::fp32, Precision::fp16}) {
    TrainingSpec spec;
    spec.precision = precision;
    spec.clip_norm = 0.05;
    const auto backend = make_cpu_backend();
    NetworkTrainer trainer(*backend, row_model(), spec, row_problem());
    const TrainingData data(row_problem(), spec.batch);
    train(trainer, data, spec.batch, 0, 1);
    const UpdateReport& report = trainer.report();
    CHECK(report.gradient_norm > 0.05);
    CHECK(report.applied == 1);
    const std::vector<NamedArray> gradients = trainer.gradients();
    const double scale = precision == Precision::fp16 ? 65536 : 1;
    const double factor = 0.05 / static_cast<double>(report.gradient_norm) / scale;
    REQUIRE(gradients.size() == report.gradients.size());
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      const auto count = static_cast<double>(gradients[i].numbers.size());
      double mean = 0;
      double variance = 0;
      for (const float number : gradients[i].numbers) {
        mean += static_cast<double>(number) * factor / count;
      }
      for (const float number : gradients[i].numbers) {
        variance += std::pow(static_cast<double>(number) * factor - mean, 2) / count;
      }
      CHECK(report.gradients[i].name == gradients[i].name);
      CHECK(static_cast<double>(report.gradients[i].mean) == doctest::Approx(mean).epsilon(1e-3));
      CHECK(static_cast<double>(report.gradients[i].variance) ==
            doctest::Approx(variance).epsilon(1e-3));
    }
  }
}

TEST_CASE("a last batch of one sample does not spoil running statistics") {
  TrainingSpec spec;
  const auto backend = make_cpu_backend();
  NetworkTrainer trainer(*backend, {.units = {8}, .norm = Norm::batch}, spec, row_problem());
  const TrainingData data(row_problem(), 4);
  trainer.accumulate(data.batch(0, 3), 3);
  trainer.update(0.01);
  const NamedArray before = *find_array(trainer.save(), "norm1.running_variance");
  trainer.accumulate(data.batch(3, 1), 1);
  trainer.update(0.01);
  CHECK(std::isfinite(trainer.take_training_loss()));
  CHECK(*find_array(trainer.save(), "norm1.running_variance") == before);
}

TEST_CASE("a loss that does not suit the task is a mistake") {
  const auto backend = make_cpu_backend();
  const Problem numbers{.sample = {3}, .outputs = 1, .classification = false};
  const auto build = [&](const LossSpec& loss, const Problem& problem) {
    TrainingSpec spec;
    spec.loss = loss;
    const NetworkTrainer trainer(*backend, {}, spec, problem);
  };
  CHECK_THROWS_WITH_AS(build({.type = LossSpec::Type::focal}, numbers),
                       "training.loss: the target is a number; choose \"mse\"", ModelError);
  CHECK_THROWS_WITH_AS(build({.type = LossSpec::Type::squared}, row_problem()),
                       "training.loss: \"mse\" is for regression, and the target is a "
                       "class; choose \"cross_entropy\" or \"focal\"",
                       ModelError);
  CHECK_THROWS_WITH_AS(
      build({.type = LossSpec::Type::focal, .label_smoothing = 0.1}, row_problem()),
      "training.label_smoothing: the focal loss is not defined for smoothed labels; set it to 0",
      ModelError);
  CHECK_THROWS_WITH_AS(build({.label_smoothing = 0.1}, numbers),
                       "training.label_smoothing: the target is a number, and there is no class to "
                       "smooth; set it to 0",
                       ModelError);
}

TEST_CASE("batch norm of hidden layers needs a batch of more than one") {
  const auto backend = make_cpu_backend();
  const auto build = [&](Norm norm, std::int64_t batch) {
    const ModelSpec model{.units = {4}, .norm = norm};
    const TrainingSpec training{.batch = batch};
    require_trainable(model, training, row_problem());
    const NetworkTrainer trainer(*backend, model, training, row_problem());
  };
  CHECK_NOTHROW(build(Norm::batch, 2));
  CHECK_NOTHROW(build(Norm::layer, 1));
  CHECK_THROWS_WITH_AS(
      build(Norm::batch, 1),
      "training.batch: of 1 sample batch norm makes 0, whatever the sample is; take "
      "2 or more, or another norm",
      ModelError);
}

}  // namespace autoglm::nn
