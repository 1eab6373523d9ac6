// Networks with the parameters and data of pytorch_reference.py compute and learn what PyTorch's
// do.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "difference.h"
#include "network_run.h"
#include "trainer/nn/model/network_trainer.h"

namespace autoglm::nn {
namespace {

constexpr std::int64_t kClasses = 5;
constexpr std::int64_t kSteps = 10;
constexpr double kClose = 1e-5;  // of the greatest number of a tensor

struct Case {
  std::string name{};
  ModelSpec model{};
  TrainingSpec training{};
  Problem problem{};
};

using Rule = OptimizerSpec::Type;
using Halving = ModelSpec::Halving;

Case row_case(const std::string& name, ModelSpec model, const OptimizerSpec& rule) {
  Case result{.name = name, .model = std::move(model)};
  result.training.optimizer = rule;
  result.training.batch = 16;
  result.training.clip_norm = 0;
  result.problem = {.sample = {12}, .outputs = kClasses};
  return result;
}

Case image_case(const std::string& name, ModelSpec model, const OptimizerSpec& rule) {
  Case result = row_case(name, std::move(model), rule);
  result.model.type = ModelSpec::Type::cnn;
  result.training.batch = 8;
  result.problem.sample = {8, 8, 2};
  return result;
}

void set_focal(Case& which) {
  which.training.loss = {.type = LossSpec::Type::focal, .focal_alpha = 0.5, .focal_gamma = 2};
}

// CASES of pytorch_reference.py.
std::vector<Case> row_cases() {
  Case sgd = row_case("mlp_sgd", {.units = {16, 16}, .norm = Norm::layer, .residual = true},
                      {.type = Rule::sgd, .lr = 0.05, .nesterov = true, .weight_decay = 0.01});
  sgd.training.loss.label_smoothing = 0.1;
  sgd.training.clip_norm = 0.5;
  Case adamw = row_case("mlp_adamw", {.units = {16, 8}, .activation = Activation::gelu},
                        {.type = Rule::adamw, .lr = 0.01, .weight_decay = 0.1});
  adamw.training.clip_norm = 0.3;
  Case adam = row_case("mlp_adam", {.units = {16}, .activation = Activation::tanh},
                       {.type = Rule::adam, .lr = 0.01, .weight_decay = 0.05, .decay_all = true});
  adam.problem = {.sample = {12}, .outputs = 2, .classification = false};
  Case focal =
      row_case("mlp_focal", {.units = {16}, .norm = Norm::batch, .activation = Activation::silu},
               {.type = Rule::sgd, .lr = 0.1, .momentum = 0.5, .weight_decay = 0});
  set_focal(focal);
  return {sgd, adamw, adam, focal};
}

std::vector<Case> image_cases() {
  const ModelSpec residual{.channels = {4, 8}, .norm = Norm::batch, .residual = true};
  Case sgd =
      image_case("cnn_sgd", residual, {.type = Rule::sgd, .lr = 0.05, .weight_decay = 0.001});
  sgd.training.clip_norm = 1;
  Case adam =
      image_case("cnn_adam", residual, {.type = Rule::adam, .lr = 0.003, .weight_decay = 0.01});
  set_focal(adam);
  Case adamw = image_case(
      "cnn_adamw", {.units = {8}, .channels = {4, 6}, .blocks = 2, .halving = Halving::average},
      {.type = Rule::adamw, .lr = 0.003, .weight_decay = 0.05});
  adamw.training.loss.label_smoothing = 0.2;
  adamw.training.clip_norm = 0.5;
  const Case stride = image_case("cnn_stride",
                                 {.channels = {4, 8},
                                  .kernel = 5,
                                  .halving = Halving::stride,
                                  .norm = Norm::layer,
                                  .activation = Activation::gelu,
                                  .residual = true},
                                 {.type = Rule::adamw, .lr = 0.003, .weight_decay = 0.05});
  return {sgd, adam, adamw, stride};
}

std::vector<Case> cases() {
  std::vector<Case> all = row_cases();
  const std::vector<Case> images = image_cases();
  all.insert(all.end(), images.begin(), images.end());
  return all;
}

const std::vector<NamedArray>& reference() {
  static const std::vector<NamedArray> arrays = [] {
    std::ifstream file(PYTORCH_REFERENCE, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    return arrays_of(bytes, "pytorch_reference.bin");
  }();
  return arrays;
}

const std::vector<float>& numbers(const std::string& name) {
  const NamedArray* array = find_array(reference(), name);
  REQUIRE_MESSAGE(array != nullptr, name);
  return array->numbers;
}

// The greatest difference() of our arrays from those of the same names under `prefix`.
double farthest(const std::vector<NamedArray>& ours, const std::string& prefix) {
  double most = 0;
  for (const NamedArray& array : ours) {
    if (!array.name.starts_with('@')) {  // counters
      CAPTURE(array.name);
      const double here = difference(array.numbers, numbers(prefix + array.name));
      CHECK(here < kClose);
      most = farther(most, here);
    }
  }
  return most;
}

// The three batches of a case.
class Batches {
 public:
  explicit Batches(const Case& of)
      : case_(of), kind_(of.model.type == ModelSpec::Type::cnn ? "cnn" : "mlp") {
    for (const float label : numbers(kind_ + "/labels")) {
      labels_.push_back(static_cast<std::int32_t>(label));
    }
  }

  Samples batch(std::int64_t step) const {
    const std::int64_t first = step % 3 * case_.training.batch;
    Samples result{
        .count = case_.training.batch,
        .inputs = numbers(kind_ + "/inputs").data() + first * case_.problem.sample.count()};
    if (case_.problem.classification) {
      result.labels = labels_.data() + first;
    } else {
      result.targets = numbers(kind_ + "/targets").data() + first * case_.problem.outputs;
    }
    return result;
  }

 private:
  const Case& case_;
  std::string kind_;
  std::vector<std::int32_t> labels_;
};

// Gives a trainer the case's parameters.
void start(NetworkTrainer& trainer, const Case& of) {
  std::vector<NamedArray> state = trainer.save();
  for (const ParameterInfo& info : trainer.network().layout().parameters()) {
    const auto array = std::find_if(state.begin(), state.end(), [&info](const NamedArray& found) {
      return found.name == info.name;
    });
    array->numbers = numbers(of.name + "/initial/" + info.name);
  }
  trainer.load(state);
}

}  // namespace

TEST_CASE("networks compute what PyTorch's compute") {
  for (const Case& of : cases()) {
    CAPTURE(of.name);
    NetworkRun run(build_network(of.model, of.problem.sample, of.problem.outputs),
                   of.training.batch);
    for (const ParameterInfo& info : run.layout().parameters()) {
      const std::vector<float>& initial = numbers(of.name + "/initial/" + info.name);
      REQUIRE(static_cast<std::int64_t>(initial.size()) == info.shape.count());
      std::copy(initial.begin(), initial.end(), run.master(info));
    }
    const Samples batch = Batches(of).batch(0);
    const std::vector<float> inputs(batch.inputs,
                                    batch.inputs + batch.count * of.problem.sample.count());
    CHECK(difference(run.forward(inputs), numbers(of.name + "/outputs")) < kClose);
  }
}

TEST_CASE("networks have the gradients that PyTorch's have") {
  for (const Case& of : cases()) {
    CAPTURE(of.name);
    const auto backend = make_cpu_backend();
    NetworkTrainer trainer(*backend, of.model, of.training, of.problem);
    start(trainer, of);
    trainer.accumulate(Batches(of).batch(0), of.training.batch);
    CHECK(farthest(trainer.gradients(), of.name + "/gradient/") < kClose);
  }
}

TEST_CASE("networks learn in ten steps what PyTorch's learn") {
  for (const Case& of : cases()) {
    CAPTURE(of.name);
    const auto backend = make_cpu_backend();
    NetworkTrainer trainer(*backend, of.model, of.training, of.problem);
    start(trainer, of);
    const Batches batches(of);
    for (std::int64_t step = 0; step < kSteps; ++step) {
      CAPTURE(step);
      trainer.accumulate(batches.batch(step), of.training.batch);
      trainer.update(of.training.optimizer.lr);
      const double wanted =
          static_cast<double>(numbers(of.name + "/losses")[static_cast<std::size_t>(step)]);
      CHECK(std::abs(trainer.take_training_loss() - wanted) < 1e-4 * std::abs(wanted));
    }
    CHECK(farthest(trainer.save(), of.name + "/final/") < kClose);
    std::vector<float> results(static_cast<std::size_t>(of.training.batch * of.problem.outputs));
    trainer.evaluate(batches.batch(0), results.data());
    CHECK(difference(results, numbers(of.name + "/evaluated")) < kClose);
  }
}

}  // namespace autoglm::nn
