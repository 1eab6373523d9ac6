#include "tests/storage/fixtures.h"

#include <cstdlib>
#include <stdexcept>

namespace autoglm::testing {
namespace {

namespace fs = std::filesystem;

constexpr TimeNs kMorning = 1'795'330'663'123'456'789;  // 2026-11-22 06:57:43.123456789 UTC
constexpr TimeNs kSecond = 1'000'000'000;

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "autoglm-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error("no temporary folder");
  }
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

SearchSpace example_space() {
  using namespace std::string_literals;
  std::vector<Parameter> parameters{
      {.name = "lr", .domain = FloatRange{.min = 1e-5, .max = 0.1, .log = true}},
      {.name = "layers", .domain = IntRange{.min = 1, .max = 8}},
      {.name = "optimizer", .domain = Choice{.choices = {"adam"s, "sgd"s}}},
      {.name = "momentum",
       .domain = FloatRange{.min = 0.5, .max = 0.99},
       .active_if = Expression::parse("optimizer == 'sgd'", Dialect::condition)},
      {.name = "batch",
       .domain = Choice{.choices = {std::int64_t{16}, std::int64_t{32}, std::int64_t{64}},
                        .ordered = true}},
      {.name = "dropout", .domain = FloatRange{.min = 0, .max = 0.5, .step = 0.05}},
  };
  return SearchSpace(std::move(parameters), {});
}

StudyRecord example_study() {
  return {.name = "mnist",
          .goals = {Goal::minimize},
          .metric_names = {"loss"},
          .spec_text = "{\"name\": \"mnist\"} // mine",
          .spec_json = "{\"name\": \"mnist\"}",
          .version = "0.1.0",
          .searcher = "gp",
          .searcher_options = "{\"acquisition\": \"ei\"}",
          .searcher_revision = 3,
          .numerics = "v3",
          .pruner = "asha",
          .pruner_options = "{\"reduction\": 3}",
          .seed = 0xfedcba9876543210,
          .max_trials = 100,
          .shard = "1/2",
          .merged = 3};
}

Trial running_trial(std::int64_t number) {
  using namespace std::string_literals;
  Trial trial{.number = number,
              .configuration = Configuration({{"lr", 0.01},
                                              {"layers", std::int64_t{2}},
                                              {"optimizer", "sgd"s},
                                              {"momentum", 0.9},
                                              {"batch", std::int64_t{32}},
                                              {"dropout", 0.25}}),
              .state = TrialState::running,
              .seed = 91,
              .why = "ei 0.4",
              .searcher = "gp",
              .chosen_with = R"({"max_trials": 100})",
              .seen = 3 * number,
              .asked_sequence = 3 * number,
              .created = kMorning + number * kSecond,
              .started = kMorning + number * kSecond + 1};
  trial.attempts.push_back({.number = 1,
                            .seed = 0xffffffffffffffff,
                            .directory = "/runs/mnist.trials/0/1",
                            .pid = 4242,
                            .started = trial.started});
  return trial;
}

Trial complete_trial(std::int64_t number) {
  Trial trial = running_trial(number);
  trial.state = TrialState::complete;
  trial.reports = {{.step = 0,
                    .metrics = {{"loss", 0.5}, {"accuracy", 0.8}},
                    .sequence = 3 * number + 1,
                    .time = trial.started + 1},
                   {.step = 1, .metrics = {{"loss", 0.25}}, .sequence = 3 * number + 2}};
  trial.metrics = {{"loss", 0.25}, {"accuracy", 0.8}};
  trial.values = {0.25};
  trial.user_attrs = {{"host", "\"node7\""}};
  trial.finished = trial.started + 90 * kSecond;
  trial.finished_sequence = 3 * number + 2;
  Attempt& attempt = trial.attempts.back();
  attempt.finished = trial.finished;
  attempt.outcome = "exit status 0";
  attempt.user_seconds = 1.5;
  attempt.system_seconds = 0.25;
  attempt.peak_memory_bytes = 5'000'000'000;
  attempt.values = {0.25};
  return trial;
}

Trial waiting_trial(std::int64_t number) {
  return {.number = number,
          .configuration = Configuration({{"lr", 0.001}}),
          .partial = true,
          .origin = TrialOrigin::enqueued,
          .asked_sequence = 3 * number,
          .created = kMorning + number * kSecond};
}

void write_trials(Storage& storage, const StudyRecord& study, const SearchSpace& space,
                  const std::vector<Trial>& trials, bool created) {
  std::vector<TrialWrite> writes;
  std::int64_t sequence = 0;
  for (const Trial& trial : trials) {
    TrialWrite& write = writes.emplace_back();
    write.trial = &trial;
    write.created = created;
    for (const Report& report : trial.reports) {
      write.reports.push_back(&report);
    }
    sequence = std::max({sequence, trial.asked_sequence + 1, trial.finished_sequence + 1});
  }
  storage.write(study, space, writes, sequence);
}

}  // namespace autoglm::testing
