// What optuna_roundtrip.py has autoglm's storage do: make_study write|read|resume FILE.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <exception>
#include <functional>
#include <limits>
#include <map>

#include "storage/json_text.h"
#include "tests/storage/fixtures.h"

namespace autoglm::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A trial in every state, with every kind of parameter, and with reports that are no numbers.
void write_states(Storage& storage) {
  const StudyRecord study = storage.create(example_study());
  std::vector<Trial> trials{complete_trial(0), running_trial(1), waiting_trial(2)};
  for (const TrialState state : {TrialState::paused, TrialState::pruned, TrialState::failed,
                                 TrialState::infeasible, TrialState::abandoned}) {
    Trial& trial = trials.emplace_back(complete_trial(static_cast<std::int64_t>(trials.size())));
    trial.state = state;
    trial.reason = fmt::format("a reason for \"{}\"", to_string(state));
    trial.finished = is_finished(state) ? trial.finished : 0;
    if (state != TrialState::pruned) {
      trial.values.clear();
    }
  }
  trials[1].reports = {{.step = 0, .metrics = {{"loss", std::nan("")}}},
                       {.step = 3, .metrics = {{"loss", kInfinity}, {"accuracy", 0.5}}},
                       {.step = 10, .metrics = {{"loss", -kInfinity}}},
                       {.step = 11, .metrics = {{"accuracy", 0.5}}}};
  write_trials(storage, study, example_space(), trials);
}

void write_two_objectives(Storage& storage) {
  StudyRecord record = example_study();
  record.name = "two \"objectives\" ä";
  record.goals = {Goal::maximize, Goal::minimize};
  record.metric_names = {"acc", "ms"};
  const StudyRecord study = storage.create(record);
  Trial trial = complete_trial(0);
  trial.values = {0.9, kInfinity};
  Trial pruned = complete_trial(1);
  pruned.state = TrialState::pruned;
  pruned.values = {0.1, 5};
  write_trials(storage, study, example_space(), {trial, pruned});
}

SearchSpace one_choice_space(std::vector<Value> choices, double max) {
  return SearchSpace({{.name = "kind", .domain = Choice{.choices = std::move(choices)}},
                      {.name = "x", .domain = FloatRange{.min = 0, .max = max}}},
                     {});
}

Trial one_choice_trial(std::int64_t number, Value kind, double x) {
  Trial trial = complete_trial(number);
  trial.configuration = Configuration({{"kind", std::move(kind)}, {"x", x}});
  trial.values = {x};
  return trial;
}

// A spec that was changed on resume: another choice at the end, a wider range.
void write_grown(Storage& storage) {
  StudyRecord record = example_study();
  record.name = "grown";
  const StudyRecord study = storage.create(record);
  const std::vector<Value> before{std::monostate{}, true, std::int64_t{3}, 2.5};
  write_trials(storage, study, one_choice_space(before, 1),
               {one_choice_trial(0, before[0], 0.5), one_choice_trial(1, before[3], 1)});
  std::vector<Value> after = before;
  after.emplace_back(std::string("new"));
  write_trials(storage, study, one_choice_space(after, 4), {one_choice_trial(2, after[4], 3.5)});
}

void write(const std::string& path) {
  const auto storage = open_sqlite(path, OpenMode::create);
  write_states(*storage);
  write_two_objectives(*storage);
  write_grown(*storage);
}

std::string trial_json(const Trial& trial) {
  std::string intermediate;
  for (const Report& report : trial.reports) {
    intermediate += fmt::format("{}\"{}\": {}", intermediate.empty() ? "" : ", ", report.step,
                                metrics_json(report.metrics));
  }
  std::string attributes;
  for (const auto& [name, json] : trial.user_attrs) {
    attributes += fmt::format("{}{}: {}", attributes.empty() ? "" : ", ", json_quoted(name), json);
  }
  return fmt::format(
      R"({{"number": {}, "state": "{}", "params": {}, "partial": {}, "external": {}, "origin": "{}", )"
      R"("reason": {}, "values": {}, "intermediate": {{{}}}, "user_attrs": {{{}}}, "started": {}, )"
      R"("finished": {}}})",
      trial.number, to_string(trial.state), lossless_json(trial.configuration), trial.partial,
      trial.external, to_string(trial.origin), json_quoted(trial.reason),
      numbers_json(trial.values), intermediate, attributes, trial.started, trial.finished);
}

// A line of JSON a study.
void read(const std::string& path) {
  const auto storage = open_sqlite(path, OpenMode::read_only);
  for (const StudyRecord& study : storage->studies()) {
    std::string trials;
    for (const Trial& trial : storage->trials(study)) {
      trials += (trials.empty() ? "" : ", ") + trial_json(trial);
    }
    fmt::print(R"({{"name": {}, "uuid": "{}", "maximize": {}, "metrics": {}, "trials": [{}]}})"
               "\n",
               json_quoted(study.name), study.uuid, study.goals.at(0) == Goal::maximize,
               strings_json(study.metric_names), trials);
  }
}

// Goes on with the only study, which Optuna made: takes it over, runs what waits, adds a trial.
void resume(const std::string& path) {
  const auto storage = open_sqlite(path, OpenMode::create);
  StudyRecord study = storage->studies().at(0);
  study.metric_names = {"loss"};
  study = storage->update(study);
  std::vector<Trial> trials = storage->trials(study);
  std::vector<Trial> changed;
  for (Trial& trial : trials) {
    if (trial.state == TrialState::waiting) {
      trial.configuration.set("kind", std::string("b"));
      trial.partial = false;
      trial.state = TrialState::complete;
      trial.values = {0.125};
      trial.finished = trial.started = trial.created = 1'795'330'663'123'456'789;
      changed.push_back(trial);
    }
  }
  const SearchSpace space(
      {{.name = "x", .domain = FloatRange{.min = 0, .max = 1}},
       {.name = "kind", .domain = Choice{.choices = {std::string("a"), std::string("b")}}}},
      {});
  write_trials(*storage, study, space, changed, false);
  Trial next = complete_trial(static_cast<std::int64_t>(trials.size()));
  next.configuration = Configuration({{"x", 0.5}, {"kind", std::string("a")}});
  write_trials(*storage, study, space, {next});
}

}  // namespace
}  // namespace autoglm::testing

int main(int argc, char** argv) {
  const std::map<std::string, std::function<void(const std::string&)>> actions{
      {"write", autoglm::testing::write},
      {"read", autoglm::testing::read},
      {"resume", autoglm::testing::resume}};
  try {
    if (argc == 3 && actions.contains(argv[1])) {
      actions.at(argv[1])(argv[2]);
      return 0;
    }
    fmt::print(stderr, "usage: make_study write|read|resume FILE\n");
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 7;
  }
}
