#include "trainer/train/train_trial.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/trainer/spec_fixture.h"
#include "trainer/launch/section_template.h"
#include "trainer/train/parse_train_spec.h"

namespace autoglm {
namespace {

/// A section whose `training` holds these keys.
std::string with_training(const std::string& keys) {
  return R"({"kind": "train", "model": {"type": "mlp", "units": 8}, "data": {"path": "a.csv"}, )"
         R"("training": {)" +
         keys + "}}";
}

std::string with_model(const std::string& keys) {
  return R"({"kind": "train", "model": {)" + keys +
         R"(}, "data": {"path": "a.csv"}, "training": {}})";
}

std::string with_data(const std::string& keys) {
  return R"({"kind": "train", "model": {"type": "mlp"}, "data": {)" + keys +
         R"(}, "training": {}})";
}

nn::TrainSpec parsed(const std::string& json) {
  return parse_train_spec(*read_spec(json, "trial.json"), "/data");
}

Configuration configuration(const std::string& json) {
  return parse_configuration(*read_spec(json, "configuration"), example_space());
}

TEST_CASE("a training trial is autoglm itself with a file of the trial's own") {
  const CommandSpec spec =
      parse_trial(with_training(R"("lr": "{lr}", "weight_decay": "{momentum}")"));
  const Configuration sgd = configuration(R"({"optimizer": "sgd", "lr": 0.01, "momentum": 0.5})");
  CHECK(command_line(spec, sgd, example_facts()) ==
        std::vector<std::string>{"/bin/autoglm", "train", "/study dir/17/2/trial.json"});
  CHECK(
      spec.section(sgd, example_facts()) ==
      R"({"kind": "train", "model": {"type": "mlp", "units": 8}, "data": {"path": "/spec/a.csv"}, )"
      R"("training": {"lr": 0.01, "weight_decay": 0.5, "seed": 91}})");
  CHECK(spec.cwd == "/spec");
}

TEST_CASE("a trial's file has the seed of the attempt, or the one that the section sets") {
  const Configuration any = configuration(R"({"optimizer": "adam", "lr": 0.01})");
  TrialFacts facts = example_facts();
  facts.seed = 350239076;
  CHECK(parsed(parse_trial(with_training("")).section(any, facts)).training.seed == 350239076);
  CHECK(parsed(parse_trial(with_training(R"("seed": 4)")).section(any, facts)).training.seed == 4);
}

TEST_CASE("a key whose parameter is inactive is left out of a trial's file") {
  const CommandSpec spec =
      parse_trial(with_training(R"("lr": "{lr}", "weight_decay": "{momentum}")"));
  const std::string text =
      spec.section(configuration(R"({"optimizer": "adam", "lr": 0.01})"), example_facts());
  CHECK(text.find("weight_decay") == std::string::npos);
  CHECK(parsed(text).training.optimizer.weight_decay == 0.01);
}

TEST_CASE("amounts of memory have the units in which they are reported, or binary ones") {
  const auto limit = [](const std::string& value) {
    return parsed(with_training(R"("memory_limit": )" + value)).training.memory_limit_bytes;
  };
  CHECK(limit(R"("60MB")") == 60'000'000);
  CHECK(limit(R"("60MiB")") == 62'914'560);
  CHECK(limit(R"("1.5KB")") == 1500);
  CHECK(limit(R"("2GiB")") == 2'147'483'648);
  CHECK(limit(R"("7B")") == 7);
  CHECK(limit("7") == 7);
}

TEST_CASE("repeats with one seed for all are refused") {
  std::string section = with_training(R"("seed": 3)");
  section.insert(1, R"("seeds": 3, )");
  CHECK_THROWS_WITH_AS(parse_trial(section),
                       "trial.json:1:117: /training/seed: would be that of all 3 repeats "
                       "(\"seeds\"), which so would be the same run; take one of the two keys away",
                       SpecError);
}

TEST_CASE("values keep their types, and texts may hold several names") {
  const SpecRoot section = read_spec(
      R"({"a": "{lr}", "b": ["{optimizer}", "{momentum}"], "c": "run-{trial.number}-{lr}",)"
      R"( "d": "{{lr}}", "e": true})",
      "trial.json");
  const SpecRoot filled =
      filled_section(*section, example_space(),
                     configuration(R"({"optimizer": "adam", "lr": 1e-3})"), example_facts());
  CHECK(to_json(*filled) ==
        R"({"a": 0.001, "b": ["adam"], "c": "run-17-0.001", "d": "{lr}", "e": true})");
}

TEST_CASE("the limits that every kind of trial has are there") {
  std::string section = with_training("");
  section.insert(1, R"("timeout": "20m", "retries": 2, "seeds": 3, "env": {"A": "{lr}"}, )");
  const CommandSpec spec = parse_trial(section);
  CHECK(spec.timeout_seconds == 1200);
  CHECK(spec.retries == 2);
  CHECK(spec.seeds == 3);
  CHECK(spec.env.size() == 1);
}

TEST_CASE("a training trial has one GPU") {
  std::string section = with_training("");
  section.insert(1, R"("gpus": 2, )");
  CHECK_THROWS_WITH_AS(
      parse_trial(section),
      doctest::Contains("/gpus: is 2, but the built-in trainer uses one GPU; write 1"), SpecError);
}

TEST_CASE("what a section leaves out has its documented default") {
  const nn::TrainSpec spec = parsed(with_training(""));
  CHECK(spec.model.units == std::vector<std::int64_t>{8, 8});
  CHECK(spec.training.optimizer.type == nn::OptimizerSpec::Type::adamw);
  CHECK(spec.training.optimizer.weight_decay == 0.01);
  CHECK(spec.training.clip_norm == 1);
  CHECK(spec.training.schedule.first_epochs == 10);
  CHECK(spec.training.schedule.growth == 2);
  CHECK(spec.training.schedule.step_epochs == 10);
  CHECK(spec.training.schedule.factor == 0.9);
  CHECK(spec.training.loss.focal_alpha == 1);
  CHECK(spec.training.loss.focal_gamma == 2);
  CHECK(spec.training.watch.interval == 50);
  CHECK(spec.data.path == "/data/a.csv");
  CHECK(parsed(with_training(R"("optimizer": "sgd")")).training.optimizer.weight_decay == 0);
}

TEST_CASE("widths are one number repeated, or a list") {
  CHECK(parsed(with_model(R"("type": "mlp", "units": 32, "layers": 3)")).model.units ==
        std::vector<std::int64_t>{32, 32, 32});
  CHECK(parsed(with_model(R"("type": "mlp", "units": [64, 16])")).model.units ==
        std::vector<std::int64_t>{64, 16});
  CHECK(parsed(with_model(R"("type": "mlp", "units": 9, "layers": 0)")).model.units.empty());
  CHECK(parsed(with_model(R"("type": "cnn", "channels": 16, "stages": 3)")).model.channels ==
        std::vector<std::int64_t>{16, 32, 64});
  CHECK(mistake_in(with_model(R"("type": "mlp", "units": [8], "layers": 2)")) ==
        "trial.json:1:68: /model/layers: says how often one width is repeated, but the widths are "
        "a list; keep one");
}

TEST_CASE("a limit of 0 turns a rule of watch off") {
  const nn::WatchSpec watch =
      parsed(with_training(R"("watch": {"patience": 0, "overfitting": 0, "divergence": 0,)"
                           R"( "vanishing": 0, "exploding": 0})"))
          .training.watch;
  CHECK(watch.patience == 0);
  CHECK(watch.overfitting == 0);
  CHECK(watch.divergence == 0);
  CHECK(watch.vanishing == 0);
  CHECK(watch.exploding == 0);
  CHECK(mistake_in(with_training(R"("watch": {"divergence": 1})")) ==
        "trial.json:1:121: /training/watch/divergence: must be above 1, or 0, not 1");
  CHECK(mistake_in(with_training(R"("watch": {"exploding": -1})")) ==
        "trial.json:1:120: /training/watch/exploding: must be at least 0, not -1");
}

TEST_CASE("mistakes in the sections name place, value, rule and remedy") {
  CHECK(mistake_in(with_training(R"("lr": 0)")) ==
        "trial.json:1:103: /training/lr: must be above 0, not 0");
  CHECK(mistake_in(with_training(R"("optimizer": "adamm")")) ==
        R"(trial.json:1:110: /training/optimizer: there is no "adamm"; did you mean "adam"?)");
  CHECK(
      mistake_in(with_training(R"("precision": "int8")")) ==
      R"(trial.json:1:110: /training/precision: there is no "int8"; write one of fp32, bf16, fp16)");
  CHECK(mistake_in(with_training(R"("batches": 3)")) ==
        R"(trial.json:1:97: /training/batches: unknown key "batches"; did you mean "batch"?)");
  CHECK(mistake_in(with_model(R"("type": "cnn")")) ==
        "trial.json:1:28: /model: \"channels\" is missing; say how many the first stage has: "
        "\"channels\": 32");
  CHECK(mistake_in(with_model(R"("type": "cnn", "channels": 4, "kernel": 4)")) ==
        "trial.json:1:69: /model/kernel: must be odd, not 4");
  CHECK(mistake_in(with_data(R"("path": "a", "folds": 5, "validation": 0.2)")) ==
        "trial.json:1:76: /data/folds: validates on each fold in turn, so \"validation\" has no "
        "place; take one away");
  CHECK(mistake_in(with_data(R"("path": "a", "test": 0.9)")) ==
        "trial.json:1:75: /data/test: 0.9 and a validation share of 0.2 leave nothing to train on; "
        "together they must be below 1");
  CHECK(mistake_in(with_data(R"("path": "a", "memory": "2 apples")")) ==
        R"(trial.json:1:77: /data/memory: "2 apples" is no amount of memory; write 512MB or 2GiB)");
  CHECK(mistake_in(R"({"kind": "train", "model": {"type": "mlp"}})") ==
        R"(trial.json:1:1: /: the trial needs "data"; add it)");
}

// Regression: these became 1 or 0, and what was computed with them NaN.
TEST_CASE("a number that is computed with as f32 keeps to its bounds there too") {
  CHECK(mistake_in(with_training(R"("beta2": 0.99999999)")) ==
        "trial.json:1:106: /training/beta2: must be at least 0 and below 1 also as an f32, and "
        "0.99999999 is 1 then");
  CHECK(mistake_in(with_training(R"("epsilon": 1e-50)")) ==
        "trial.json:1:108: /training/epsilon: must be above 0 also as an f32, and 1e-50 is 0 then");
  CHECK(mistake_in(with_training(R"("lr": 1e39)")) ==
        "trial.json:1:103: /training/lr: must fit into an f32, of a size up to 3.4e38, and 1e+39 "
        "does not");
  for (const std::string key : {"momentum", "beta1", "label_smoothing"}) {
    CHECK(mistake_in(with_training("\"" + key + "\": 0.99999999")) != "");
  }
  CHECK(mistake_in(with_training(R"("loss": {"type": "focal", "alpha": 1e-50})")) != "");
  CHECK(mistake_in(with_model(R"("type": "mlp", "dropout": 0.99999999)")) != "");
  CHECK(parsed(with_training(R"("beta2": 0.9999999)")).training.optimizer.beta2 == 0.9999999);
}

TEST_CASE("a test share is measured against a validation share only where there is one") {
  CHECK(parsed(with_data(R"("path": "a", "test": 0.85, "folds": 5)")).data.test == 0.85);
  CHECK(parsed(with_data(R"("path": "a", "test": 0.85, "validation_path": "b")")).data.test ==
        0.85);
}

TEST_CASE("labels are smoothed for the cross-entropy alone") {
  for (const std::string loss : {"focal", "mse"}) {
    CHECK(mistake_in(with_training(R"("label_smoothing": 0.1, "loss": ")" + loss + "\"")) ==
          "trial.json:1:116: /training/label_smoothing: goes with cross_entropy, not with " + loss +
              "; take one of the two away");
  }
  CHECK(parsed(with_training(R"("label_smoothing": 0, "loss": "mse")"))
            .training.loss.label_smoothing == 0);
}

TEST_CASE("a parameter that a key cannot take is found before anything runs") {
  CHECK(mistake_in(with_training(R"("lr": "{optimizer}")")) ==
        R"(trial.json:1:103: /training/lr: must be a number, not the string "adam")");
  CHECK(
      mistake_in(with_training(R"("optimizer": "{note}")")) ==
      R"(trial.json:1:110: /training/optimizer: there is no "plain"; write one of sgd, adam, adamw)");
  CHECK(mistake_in(with_training(R"("lr": "{momentum}")")) ==
        "trial.json:1:103: /training/lr: must be above 0, not 0");
  CHECK(mistake_in(with_training(R"("lr": "{lrr}")")) ==
        R"(trial.json:1:103: /training/lr: no parameter is called "lrr"; did you mean "lr"?)");
  // The model's type would be missing where the condition of momentum does not hold.
  CHECK(mistake_in(with_model(R"("type": "{momentum}")")) != "");
}

TEST_CASE("paths of data are those of the spec's folder") {
  const nn::DataSpec data =
      parsed(with_data(R"("path": "x/../a.idx", "labels": "/abs/l.idx", "image": [28, 28])")).data;
  CHECK(data.path == "/data/a.idx");
  CHECK(data.labels == "/abs/l.idx");
  CHECK(data.image->channels == 1);
}

}  // namespace
}  // namespace autoglm
