#include "trainer/train/parse_train_spec.h"

#include "trainer/launch/trial_limits.h"

namespace autoglm {

nn::TrainSpec parse_train_spec(const SpecNode& trial, const std::string& directory) {
  ObjectReader reader(trial, "the trial");
  const SpecNode* const kind = reader.find("kind");
  if (kind != nullptr && kind->as_string() != "train") {
    kind->fail("must be \"train\" here; other programs run by themselves");
  }
  nn::TrainSpec spec{
      .model = parse_model_spec(reader.require("model")),
      .data = parse_data_spec(reader.require("data"), directory),
      .training = parse_training_spec(reader.require("training")),
  };
  // What the tuner keeps to when it runs this as a trial; a run on its own has no use for it.
  CommandSpec limits;
  read_trial_limits(reader, limits);
  reader.find("env");
  reader.finish();
  return spec;
}

}  // namespace autoglm
