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
    const std::string bytes = to_bytes(begun.save());
    NetworkTrainer resumed(*backend, setting.model, spec, setting.problem);
    resumed.load(arrays_of(bytes, "test"));
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
  CHECK_THROWS_WITH_AS(small.load(wide.save()),
                       "checkpoint: fc1.weight: 80 numbers, and this model has 40; it was saved by "
                       "another model, so restore the spec or begin anew",
                       ArrayError);
  CHECK_THROWS_WITH_AS(small.load({}),
                       "checkpoint: fc1.weight: missing, and this model has 40; it was saved by "
                       "another model, so restore the spec or begin anew",
                       ArrayError);
}

TEST_CASE("arrays survive the way through bytes, and damage is seen") {
  const std::vector<NamedArray> arrays{{"a", {1.5F, -0.0F}}, {"", {}}, {"b.c", {3e38F}}};
  const std::string bytes = to_bytes(arrays);
  CHECK(bytes.size() == 8 + 8 + (16 + 1 + 8) + 16 + (16 + 3 + 4));
  CHECK(arrays_of(bytes, "x") == arrays);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CHECK_THROWS_AS(arrays_of(bytes.substr(0, length), "x"), ArrayError);
  }
  CHECK_THROWS_WITH_AS(
      arrays_of(bytes + "!", "run.state"),
      "run.state: goes on behind its last array; it was damaged, take an older one", ArrayError);
  CHECK_THROWS_WITH_AS(
      arrays_of("AGARRAY9", "run.state"),
      "run.state: does not begin with AGARRAY1, so it is no list of arrays of this "
      "version; take one that autoglm has written",
      ArrayError);
}

}  // namespace autoglm::nn
