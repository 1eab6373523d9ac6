// What every storage owes.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/storage/fixtures.h"

using namespace autoglm;
using namespace autoglm::testing;

namespace {

struct InMemory {
  std::unique_ptr<Storage> storage = make_memory_storage();
  /// Whoever comes later sees what was written.
  Storage& reopened() { return *storage; }
};

struct InFile {
  TemporaryFolder folder{};
  std::unique_ptr<Storage> storage = open_sqlite(folder / "study.db", OpenMode::create);
  Storage& reopened() {
    storage->close();
    storage = open_sqlite(folder / "study.db", OpenMode::read_write);
    return *storage;
  }
};

void check_same(const Trial& a, const Trial& b) {
  CHECK(a.number == b.number);
  CHECK(configuration_json(a.configuration) == configuration_json(b.configuration));
  CHECK(a.partial == b.partial);
  CHECK(a.state == b.state);
  CHECK(a.reason == b.reason);
  CHECK(a.origin == b.origin);
  CHECK(a.seed == b.seed);
  CHECK(a.failures == b.failures);
  CHECK(a.metrics == b.metrics);
  CHECK(a.values == b.values);
  CHECK(a.user_attrs == b.user_attrs);
  CHECK(a.why == b.why);
  CHECK(a.chosen_with == b.chosen_with);
  CHECK(a.searcher == b.searcher);
  CHECK(a.seen == b.seen);
  CHECK(a.asked_sequence == b.asked_sequence);
  CHECK(a.finished_sequence == b.finished_sequence);
  CHECK(a.created == b.created);
  CHECK(a.started == b.started);
  CHECK(a.finished == b.finished);
  CHECK(a.external == b.external);
}

void check_same(const Attempt& a, const Attempt& b) {
  CHECK(a.number == b.number);
  CHECK(a.repeat == b.repeat);
  CHECK(a.seed == b.seed);
  CHECK(a.directory == b.directory);
  CHECK(a.pid == b.pid);
  CHECK(a.started == b.started);
  CHECK(a.finished == b.finished);
  CHECK(a.outcome == b.outcome);
  CHECK(a.user_seconds == b.user_seconds);
  CHECK(a.system_seconds == b.system_seconds);
  CHECK(a.peak_memory_bytes == b.peak_memory_bytes);
  CHECK(a.values == b.values);
}

void check_same(const Report& a, const Report& b) {
  CHECK(a.step == b.step);
  CHECK(a.metrics == b.metrics);
  CHECK(a.sequence == b.sequence);
  CHECK(a.time == b.time);
}

}  // namespace

TEST_CASE_TEMPLATE("a study comes back as it was written", Place, InMemory, InFile) {
  Place place;
  const StudyRecord created = place.storage->create(example_study());
  CHECK_FALSE(created.uuid.empty());
  CHECK(created.created > 0);

  const std::optional<StudyRecord> found = place.reopened().find("mnist");
  REQUIRE(found);
  CHECK(found->id == created.id);
  CHECK(found->uuid == created.uuid);
  CHECK(found->goals == std::vector{Goal::minimize});
  CHECK(found->metric_names == std::vector<std::string>{"loss"});
  CHECK(found->spec_text == "{\"name\": \"mnist\"} // mine");
  CHECK(found->spec_json == "{\"name\": \"mnist\"}");
  CHECK(found->version == "0.1.0");
  CHECK(found->searcher == "gp");
  CHECK(found->searcher_options == "{\"acquisition\": \"ei\"}");
  CHECK(found->searcher_revision == 3);
  CHECK(found->numerics == "v3");
  CHECK(found->pruner == "asha");
  CHECK(found->pruner_options == "{\"reduction\": 3}");
  CHECK(found->seed == 0xfedcba9876543210);
  CHECK(found->max_trials == 100);
  CHECK(found->shard == "1/2");
  CHECK(found->merged == 3);
  CHECK(found->ended.empty());
  CHECK(found->created == created.created);
  CHECK_FALSE(place.storage->find("cifar"));
}

TEST_CASE_TEMPLATE("what may change of a study is changed by update", Place, InMemory, InFile) {
  Place place;
  StudyRecord study = place.storage->create(example_study());
  study.spec_text = "{}";
  study.numerics = "baseline";
  study.shard = "2/4";
  study.max_trials.reset();
  study.ended = "interrupted";
  place.storage->update(study);
  const StudyRecord found = place.reopened().find("mnist").value();
  CHECK(found.spec_text == "{}");
  CHECK(found.numerics == "baseline");
  CHECK(found.shard == "2/4");
  CHECK_FALSE(found.max_trials);
  CHECK(found.ended == "interrupted");
  CHECK(found.uuid == study.uuid);
}

TEST_CASE_TEMPLATE("studies of one storage have their own trials", Place, InMemory, InFile) {
  Place place;
  StudyRecord other = example_study();
  other.name = "cifar";
  other.goals = {Goal::maximize, Goal::minimize};
  other.metric_names = {"acc", "ms"};
  const StudyRecord first = place.storage->create(example_study());
  const StudyRecord second = place.storage->create(other);
  write_trials(*place.storage, first, example_space(), {running_trial(0), running_trial(1)});
  write_trials(*place.storage, second, example_space(), {waiting_trial(0)});

  const std::vector<StudyRecord> studies = place.reopened().studies();
  REQUIRE(studies.size() == 2);
  CHECK(studies[0].name == "mnist");
  CHECK(studies[1].name == "cifar");
  CHECK(studies[1].goals == std::vector{Goal::maximize, Goal::minimize});
  CHECK(place.storage->trials(studies[0]).size() == 2);
  CHECK(place.storage->trials(studies[1]).size() == 1);
}

TEST_CASE_TEMPLATE("a trial in any state comes back whole", Place, InMemory, InFile) {
  Place place;
  const StudyRecord study = place.storage->create(example_study());
  std::vector<Trial> trials{complete_trial(0), running_trial(1), waiting_trial(2)};
  for (const TrialState state : {TrialState::paused, TrialState::pruned, TrialState::failed,
                                 TrialState::infeasible, TrialState::abandoned}) {
    Trial& trial = trials.emplace_back(running_trial(static_cast<std::int64_t>(trials.size())));
    trial.state = state;
    trial.reason = "because \"of\" \n that";
    trial.origin = TrialOrigin::initial;
    trial.failures = 2;
    trial.finished = is_finished(state) ? trial.started + 5 : 0;
  }
  trials[1].external = true;
  write_trials(*place.storage, study, example_space(), trials);

  const std::vector<Trial> read = place.reopened().trials(study);
  REQUIRE(read.size() == trials.size());
  for (std::size_t i = 0; i < trials.size(); ++i) {
    CAPTURE(i);
    check_same(read[i], trials[i]);
    REQUIRE(read[i].attempts.size() == trials[i].attempts.size());
    for (std::size_t k = 0; k < trials[i].attempts.size(); ++k) {
      check_same(read[i].attempts[k], trials[i].attempts[k]);
    }
    REQUIRE(read[i].reports.size() == trials[i].reports.size());
    for (std::size_t k = 0; k < trials[i].reports.size(); ++k) {
      check_same(read[i].reports[k], trials[i].reports[k]);
    }
  }
}

TEST_CASE_TEMPLATE("values keep their type and every bit", Place, InMemory, InFile) {
  Place place;
  const StudyRecord study = place.storage->create(example_study());
  Trial trial = running_trial(0);
  trial.configuration = Configuration({{"one", 1.0},
                                       {"two", std::int64_t{2}},
                                       {"sum", 0.1 + 0.2},
                                       {"small", 5e-324},
                                       {"large", std::int64_t{9007199254740993}},
                                       {"yes", true},
                                       {"none", std::monostate{}},
                                       {"text", std::string("ä\"\\\n\x01 😀")}});
  write_trials(*place.storage, study, example_space(), {trial});
  const std::vector<Trial> trials = place.reopened().trials(study);
  const Configuration& read = trials.at(0).configuration;
  REQUIRE(read.size() == 8);
  CHECK(*read.find("one") == Value(1.0));
  CHECK(*read.find("two") == Value(std::int64_t{2}));
  CHECK(*read.find("sum") == Value(0.1 + 0.2));
  CHECK(*read.find("small") == Value(5e-324));
  CHECK(*read.find("large") == Value(std::int64_t{9007199254740993}));
  CHECK(*read.find("yes") == Value(true));
  CHECK(*read.find("none") == Value(std::monostate{}));
  CHECK(*read.find("text") == Value(std::string("ä\"\\\n\x01 😀")));
}

TEST_CASE_TEMPLATE("metrics that are no finite numbers are kept", Place, InMemory, InFile) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Place place;
  const StudyRecord study = place.storage->create(example_study());
  Trial trial = running_trial(0);
  trial.metrics = {{"loss", std::nan("")}, {"norm", -kInfinity}};
  trial.reports = {{.step = 7, .metrics = {{"loss", std::nan("")}, {"norm", kInfinity}}}};
  write_trials(*place.storage, study, example_space(), {trial});
  const Trial read = place.reopened().trials(study).at(0);
  CHECK(std::isnan(*find_metric(read.metrics, "loss")));
  CHECK(*find_metric(read.metrics, "norm") == -kInfinity);
  REQUIRE(read.reports.size() == 1);
  CHECK(std::isnan(*find_metric(read.reports[0].metrics, "loss")));
  CHECK(*find_metric(read.reports[0].metrics, "norm") == kInfinity);
}

TEST_CASE_TEMPLATE("writing the same twice changes nothing", Place, InMemory, InFile) {
  Place place;
  const StudyRecord study = place.storage->create(example_study());
  const std::vector<Trial> trials{complete_trial(0), running_trial(1), waiting_trial(2)};
  write_trials(*place.storage, study, example_space(), trials);
  write_trials(place.reopened(), study, example_space(), trials);
  const std::vector<Trial> read = place.storage->trials(study);
  REQUIRE(read.size() == 3);
  check_same(read[0], trials[0]);
  CHECK(read[0].reports.size() == 2);
  CHECK(read[0].attempts.size() == 1);
  check_same(read[1], trials[1]);
  check_same(read[2], trials[2]);
}

TEST_CASE_TEMPLATE("steps stay in the order in which they first came", Place, InMemory, InFile) {
  Place place;
  const StudyRecord study = place.storage->create(example_study());
  Trial trial = running_trial(0);
  trial.reports = {{.step = 5, .metrics = {{"loss", 0.5}}, .sequence = 1},
                   {.step = 2, .metrics = {{"loss", 0.2}}, .sequence = 2}};
  write_trials(*place.storage, study, example_space(), {trial});
  // Step 5 again, with a new metric; the storage is told of that one only.
  trial.reports = {{.step = 5, .metrics = {{"loss", 0.55}, {"acc", 1}}, .sequence = 3, .time = 9}};
  write_trials(*place.storage, study, example_space(), {trial}, false);
  const Trial read = place.reopened().trials(study).at(0);
  REQUIRE(read.reports.size() == 2);
  check_same(read.reports[0], trial.reports[0]);
  CHECK(read.reports[1].step == 2);
}

TEST_CASE_TEMPLATE("a new attempt begins its reports anew", Place, InMemory, InFile) {
  Place place;
  const StudyRecord study = place.storage->create(example_study());
  Trial trial = running_trial(0);
  trial.reports = {{.step = 0, .metrics = {{"loss", 0.5}}},
                   {.step = 1, .metrics = {{"loss", 0.4}}}};
  write_trials(*place.storage, study, example_space(), {trial});
  trial.attempts.push_back({.number = 2});
  trial.reports = {{.step = 0, .metrics = {{"loss", 0.6}}}};
  write_trials(*place.storage, study, example_space(), {trial}, false);
  const Trial read = place.reopened().trials(study).at(0);
  CHECK(read.attempts.size() == 2);
  REQUIRE(read.reports.size() == 1);
  CHECK(*find_metric(read.reports[0].metrics, "loss") == 0.6);
}

TEST_CASE_TEMPLATE("an attempt that goes on from a checkpoint keeps what came before it", Place,
                   InMemory, InFile) {
  Place place;
  const StudyRecord study = place.storage->create(example_study());
  Trial trial = running_trial(0);
  trial.attempts = {{.number = 1, .outcome = "paused"}};
  trial.reports = {{.step = 0, .metrics = {{"loss", 0.5}}}};
  write_trials(*place.storage, study, example_space(), {trial});
  trial.attempts.push_back({.number = 2});
  trial.reports = {{.step = 1, .metrics = {{"loss", 0.4}}}};
  write_trials(*place.storage, study, example_space(), {trial}, false);
  const Trial read = place.reopened().trials(study).at(0);
  REQUIRE(read.reports.size() == 2);
  CHECK(*find_metric(read.reports[0].metrics, "loss") == 0.5);
  CHECK(*find_metric(read.reports[1].metrics, "loss") == 0.4);
}

TEST_CASE_TEMPLATE("a trial that waits, runs and waits again keeps its number", Place, InMemory,
                   InFile) {
  Place place;
  const StudyRecord study = place.storage->create(example_study());
  write_trials(*place.storage, study, example_space(), {waiting_trial(0)});
  Trial trial = running_trial(0);
  write_trials(*place.storage, study, example_space(), {trial}, false);
  CHECK(place.reopened().trials(study).at(0).state == TrialState::running);
  trial.state = TrialState::waiting;
  trial.reason = "interrupted";
  write_trials(*place.storage, study, example_space(), {trial}, false);
  const std::vector<Trial> read = place.reopened().trials(study);
  REQUIRE(read.size() == 1);
  check_same(read[0], trial);
}

TEST_CASE_TEMPLATE("the number of the next event is kept", Place, InMemory, InFile) {
  Place place;
  const StudyRecord study = place.storage->create(example_study());
  write_trials(*place.storage, study, example_space(), {complete_trial(0)});
  CHECK(place.reopened().find("mnist")->sequence == 3);
}

TEST_CASE_TEMPLATE("a second study of the same name is refused", Place, InMemory, InFile) {
  Place place;
  place.storage->create(example_study());
  const std::string message = storage_error([&place] { place.storage->create(example_study()); });
  CHECK(message.ends_with("has a study \"mnist\" already; give this one another name"));
}

TEST_CASE_TEMPLATE("a gap in the numbers is refused", Place, InMemory, InFile) {
  Place place;
  const StudyRecord study = place.storage->create(example_study());
  write_trials(*place.storage, study, example_space(), {running_trial(0)});
  const std::string message = storage_error(
      [&] { write_trials(*place.storage, study, example_space(), {running_trial(2)}); });
  CHECK(message.ends_with("study \"mnist\": trial 2 cannot follow trial 0; this is a bug"));
  CHECK(place.storage->trials(study).size() == 1);
}
