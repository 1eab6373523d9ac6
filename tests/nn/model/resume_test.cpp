// A run that is continued from its state is the run that was not stopped.
#include <doctest/doctest.h>

#include "training_data.h"

namespace autoglm::nn {
namespace {

struct Setting {
  ModelSpec model{};
  Problem problem{};
  Precision precision = Precision::fp32;
  OptimizerSpec::Type rule = OptimizerSpec::Type::adamw;
};

TrainingSpec spec_of(const Setting& setting) {
  TrainingSpec spec;
  spec.batch = 16;
  spec.precision = setting.precision;
  spec.optimizer.type = setting.rule;
  return spec;
}

}  // namespace

TEST_CASE("a run that was saved and loaded goes on to the bit") {
  const Setting settings[] = {
      {row_model(), row_problem()},
      {row_model(), row_problem(), Precision::bf16, OptimizerSpec::Type::sgd},
      {image_model(), image_problem(), Precision::fp32, OptimizerSpec::Type::adam},
      {image_model(), image_problem(), Precision::fp16}};
  for (const Setting& setting : settings) {
    const TrainingSpec spec = spec_of(setting);
    const TrainingData data(setting.problem, 12 * spec.batch);
    const auto backend = make_cpu_backend();
    NetworkTrainer whole(*backend, setting.model, spec, setting.problem);
    train(whole, data, spec.batch, 0, 12);

    NetworkTrainer begun(*backend, setting.model, spec, setting.problem);
    train(begun, data, spec.batch, 0, 5);
    NetworkTrainer resumed(*backend, setting.model, spec, setting.problem);
    resumed.load(begun.save());
    resumed.set_counters(begun.counters());
    CHECK(resumed.updates() == 5);
    train(resumed, data, spec.batch, 5, 7);

    CHECK(resumed.save() == whole.save());
    CHECK(resumed.take_training_loss() == whole.take_training_loss());
    const Samples batch = data.batch(0, spec.batch);
    CHECK(resumed.evaluate(batch, nullptr) == whole.evaluate(batch, nullptr));
  }
}

TEST_CASE("the state of another model is told from this one's") {
  const auto backend = make_cpu_backend();
  const TrainingSpec spec;
  NetworkTrainer small(*backend, {.units = {4}}, spec, row_problem());
  NetworkTrainer wide(*backend, {.units = {8}}, spec, row_problem());
  const std::vector<NamedArray> before = small.save();
  CHECK_THROWS_WITH_AS(small.load(wide.save()),
                       "the state: fc1.weight: 80 numbers, and this model has 40; it was saved by "
                       "another model, so restore the spec or begin anew",
                       ArrayError);
  CHECK_THROWS_WITH_AS(small.load({before.front(), {"fc9.weight", {1, 2}}}),
                       "the state: fc9.weight: 2 numbers, and this model has none; it was saved by "
                       "another model, so restore the spec or begin anew",
                       ArrayError);
  CHECK(small.save() == before);
}

TEST_CASE("what it takes to predict is a part of the state") {
  const auto backend = make_cpu_backend();
  const NetworkTrainer trainer(*backend, image_model(), {}, image_problem());
  const std::vector<NamedArray> all = trainer.save();
  std::vector<NamedArray> learnt;
  for (const StateArray& array : trainer.state(NetworkTrainer::StatePart::learnt)) {
    learnt.push_back(
        {array.name, std::vector<float>(static_cast<std::size_t>(array.shape.count()))});
    trainer.download(array, learnt.back().numbers.data());
  }
  CHECK(find_array(learnt, "conv1.weight") != nullptr);
  CHECK(find_array(learnt, "norm1.running_mean") != nullptr);
  for (const NamedArray& array : learnt) {
    CHECK(array.name.find('@') == std::string::npos);
    CHECK(*find_array(all, array.name) == array);
  }
}

}  // namespace autoglm::nn
