// The journal: which events are written when.
#include "storage/recorder.h"

#include <doctest/doctest.h>

#include "tests/storage/fixtures.h"

using namespace autoglm;
using namespace autoglm::testing;

namespace {

struct Recorded {
  std::unique_ptr<Storage> storage = make_memory_storage();
  SearchSpace space = example_space();
  StudyRecord study = storage->create(example_study());
  Recorder recorder{*storage, study, space};
  std::int64_t sequence = 0;

  void tell(EventKind kind, const Trial& trial, const Report* report = nullptr) {
    recorder.on_event({.kind = kind, .sequence = sequence++, .trial = trial, .report = report});
  }
  std::vector<Trial> stored() const { return storage->trials(study); }
};

}  // namespace

TEST_CASE("a trial given out is durable after flush, not before") {
  Recorded recorded;
  recorded.tell(EventKind::asked, running_trial(0));
  recorded.tell(EventKind::started, running_trial(0));
  CHECK(recorded.stored().empty());
  recorded.recorder.flush();
  REQUIRE(recorded.stored().size() == 1);
  CHECK(recorded.stored()[0].state == TrialState::running);
  CHECK(recorded.storage->find("mnist")->sequence == 2);
}

TEST_CASE("reports wait for company, the end of a trial does not") {
  Recorded recorded;
  Trial trial = running_trial(0);
  recorded.tell(EventKind::asked, trial);
  recorded.recorder.flush();
  for (std::int64_t step = 0; step < 3; ++step) {
    trial.reports.push_back({.step = step, .metrics = {{"loss", 1.0 / double(step + 1)}}});
    set_metric(trial.metrics, "loss", trial.reports.back().metrics[0].second);
    recorded.tell(EventKind::reported, trial, &trial.reports.back());
  }
  trial.state = TrialState::complete;
  trial.values = {0.25};
  recorded.tell(EventKind::finished, trial);
  recorded.recorder.flush();
  const Trial stored = recorded.stored().at(0);
  CHECK(stored.state == TrialState::complete);
  REQUIRE(stored.reports.size() == 3);
  CHECK(stored.reports[2].metrics[0].second == 1.0 / 3);
  CHECK(stored.metrics == MetricValues{{"loss", 1.0 / 3}});
}

TEST_CASE("reports of one attempt are not taken for those of the next") {
  Recorded recorded;
  Trial trial = running_trial(0);
  recorded.tell(EventKind::asked, trial);
  trial.reports = {{.step = 0, .metrics = {{"loss", 0.5}}},
                   {.step = 1, .metrics = {{"loss", 0.4}}}};
  recorded.tell(EventKind::reported, trial, &trial.reports[0]);
  recorded.tell(EventKind::reported, trial, &trial.reports[1]);
  trial.attempts.push_back({.number = 2});
  trial.reports.clear();
  recorded.tell(EventKind::started, trial);
  trial.reports = {{.step = 0, .metrics = {{"loss", 0.6}}}};
  recorded.tell(EventKind::reported, trial, &trial.reports[0]);
  recorded.recorder.flush();
  const Trial stored = recorded.stored().at(0);
  CHECK(stored.attempts.size() == 2);
  REQUIRE(stored.reports.size() == 1);
  CHECK(stored.reports[0].metrics == MetricValues{{"loss", 0.6}});
}

TEST_CASE("trials that came together are written in the order of their numbers") {
  Recorded recorded;
  recorded.tell(EventKind::asked, running_trial(0));
  recorded.tell(EventKind::asked, running_trial(1));
  recorded.tell(EventKind::enqueued, waiting_trial(2));
  recorded.tell(EventKind::finished, complete_trial(0));
  recorded.recorder.flush();
  REQUIRE(recorded.stored().size() == 3);
  CHECK(recorded.stored()[0].state == TrialState::complete);
  CHECK(recorded.stored()[2].state == TrialState::waiting);
}

TEST_CASE("what storage could not take is written when it can") {
  Recorded recorded;
  recorded.tell(EventKind::asked, running_trial(1));  // there is no trial 0
  CHECK(storage_error([&] { recorded.recorder.flush(); }) ==
        "study \"mnist\": trial 1 cannot follow trial -1; this is a bug");
  CHECK(recorded.stored().empty());
  recorded.tell(EventKind::asked, running_trial(0));
  recorded.recorder.flush();
  CHECK(recorded.stored().size() == 2);
}

TEST_CASE("the account of a long trial takes linear time") {
  constexpr std::int64_t kReports = 20'000;
  TemporaryFolder folder;
  const auto storage = open_sqlite(folder / "study.db", OpenMode::create);
  const SearchSpace space = example_space();
  const StudyRecord study = storage->create(example_study());
  Recorder recorder(*storage, study, space);
  Trial trial = running_trial(0);
  recorder.on_event({.kind = EventKind::asked, .sequence = 0, .trial = trial});
  for (std::int64_t step = 0; step < kReports; ++step) {
    trial.reports.push_back({.step = step, .metrics = {{"loss", 1.0}}, .sequence = step + 1});
    recorder.on_event({.kind = EventKind::reported,
                       .sequence = step + 1,
                       .trial = trial,
                       .report = &trial.reports.back()});
    recorder.flush();
  }
  recorder.on_event({.kind = EventKind::finished, .sequence = kReports + 1, .trial = trial});
  recorder.flush();
  CHECK(storage->trials(study).at(0).reports.size() == kReports);
}
