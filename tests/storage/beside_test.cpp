// What processes do to a study beside the one that holds it.
#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "tests/storage/child_process.h"
#include "tests/storage/fixtures.h"

using namespace autoglm;
using namespace autoglm::testing;

namespace {

// A study with a trial that `ask` gave out and one that a tuner runs.
struct Asked {
  TemporaryFolder folder{};
  std::string path = folder / "study.db";
  std::unique_ptr<Storage> storage = open_sqlite(path, OpenMode::create);
  SearchSpace space = example_space();
  StudyRecord study = storage->create(example_study());

  Asked() {
    Trial elsewhere = running_trial(0);
    elsewhere.attempts.clear();
    elsewhere.external = true;
    write_trials(*storage, study, space, {elsewhere, running_trial(1)});
  }

  /// Another process ends trial 0.
  void tell(double value) const {
    open_sqlite(path, OpenMode::read_write)
        ->revise(study, 0, [value](Trial& trial, std::int64_t event) {
          trial.state = TrialState::complete;
          trial.values = {value};
          trial.finished = 1'000'000'000;
          trial.finished_sequence = event;
          return std::vector<const Report*>();
        });
  }
};

int append_many(const std::string& path, const StudyRecord& study, int count) {
  const auto storage = open_sqlite(path, OpenMode::read_write);
  for (int i = 0; i < count; ++i) {
    storage->append(study, {.origin = TrialOrigin::enqueued, .created = getpid()});
  }
  return 0;
}

}  // namespace

TEST_CASE("a trial is found by its number") {
  const Asked asked;
  CHECK(asked.storage->find_trial(asked.study, 0)->external);
  CHECK(asked.storage->find_trial(asked.study, 1)->attempts.size() == 1);
  CHECK_FALSE(asked.storage->find_trial(asked.study, 2));
  CHECK_FALSE(asked.storage->find_trial(asked.study, -1));
}

TEST_CASE("what was revised is read back, and its event numbered") {
  const Asked asked;
  std::vector<std::int64_t> events;
  for (const double loss : {0.5, 0.25}) {
    asked.storage->revise(asked.study, 0, [&](Trial& trial, std::int64_t event) {
      events.push_back(event);
      trial.reports.push_back({.step = event, .metrics = {{"loss", loss}}, .sequence = event});
      trial.metrics = {{"loss", loss}};
      return std::vector<const Report*>{&trial.reports.back()};
    });
  }
  CHECK(events[1] == events[0] + 1);
  CHECK(asked.storage->find("mnist")->sequence == events[1] + 1);
  const Trial trial = *asked.storage->find_trial(asked.study, 0);
  REQUIRE(trial.reports.size() == 2);
  CHECK(*find_metric(trial.reports[1].metrics, "loss") == 0.25);
  CHECK(trial.reports[1].sequence == events[1]);
  CHECK(*find_metric(trial.metrics, "loss") == 0.25);
}

TEST_CASE("a revision that throws changes nothing") {
  const Asked asked;
  CHECK_THROWS_AS(
      asked.storage->revise(asked.study, 0,
                            [](Trial& trial, std::int64_t) -> std::vector<const Report*> {
                              trial.state = TrialState::complete;
                              throw std::runtime_error("no");
                            }),
      std::runtime_error);
  CHECK(asked.storage->find_trial(asked.study, 0)->state == TrialState::running);
}

TEST_CASE("a number that no trial has is nothing to revise") {
  const Asked asked;
  const auto never = [](Trial&, std::int64_t) -> std::vector<const Report*> {
    throw std::logic_error("there is no trial");
  };
  CHECK_FALSE(asked.storage->revise(asked.study, 2, never));
}

TEST_CASE("the holder hears of an end that another process told, of those that it watches") {
  const Asked asked;
  const std::array<std::int64_t, 2> watched{0, 1};
  CHECK(asked.storage->arrived(asked.study, 2, watched).empty());
  CHECK_FALSE(asked.storage->may_have_arrived());
  asked.tell(0.125);
  CHECK(asked.storage->may_have_arrived());
  const std::vector<Trial> ended = asked.storage->arrived(asked.study, 2, watched);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].number == 0);
  CHECK(ended[0].values == std::vector<double>{0.125});
}

TEST_CASE("what was lent is overdue from its time on, while it runs elsewhere") {
  const Asked asked;
  const std::array<std::int64_t, 2> both{0, 1};
  asked.storage->lend(asked.study, both, 1000);
  CHECK(asked.storage->overdue(asked.study, 999).empty());
  CHECK(asked.storage->overdue(asked.study, 1000) == std::vector<std::int64_t>{0});  // 1: a tuner's
  SUBCASE("lent for good it never is") {
    asked.storage->lend(asked.study, both, 0);
    CHECK(asked.storage->overdue(asked.study, 1000).empty());
  }
  SUBCASE("told it is no more") {
    asked.tell(0.5);
    CHECK(asked.storage->overdue(asked.study, 1000).empty());
  }
}

TEST_CASE("reports of a life that ended untold are not those of the next one") {
  const Asked asked;
  asked.storage->revise(asked.study, 0, [](Trial& trial, std::int64_t event) {
    trial.reports.push_back({.step = 1, .metrics = {{"loss", 0.5}}, .sequence = event});
    return std::vector<const Report*>{&trial.reports.back()};
  });
  Trial again = running_trial(0);
  again.attempts.clear();
  again.state = TrialState::waiting;
  write_trials(*asked.storage, asked.study, asked.space, {again}, false);
  again.state = TrialState::running;
  write_trials(*asked.storage, asked.study, asked.space, {again}, false);
  CHECK(asked.storage->find_trial(asked.study, 0)->reports.empty());
}

TEST_CASE("trials that many processes append at once all have a number of their own") {
  const Asked asked;
  constexpr int kEach = 20;
  {
    const auto body = [&](const auto&) { return append_many(asked.path, asked.study, kEach); };
    ChildProcess one(body);
    ChildProcess two(body);
    ChildProcess three(body);
    CHECK(one.wait() + two.wait() + three.wait() == 0);
  }
  const std::vector<Trial> trials = asked.storage->trials(asked.study);
  REQUIRE(trials.size() == 2 + 3 * kEach);
  CHECK(trials.back().number == 1 + 3 * kEach);
}

TEST_CASE("one process at a time has the turn, and its end passes it on") {
  const Asked asked;
  ChildProcess first([&](const auto& say) {
    const auto storage = open_sqlite(asked.path, OpenMode::read_write);
    storage->take_turn();
    say("mine");
    return wait_forever();
  });
  REQUIRE(first.hear() == "mine");
  ChildProcess second([&](const auto& say) {
    const auto storage = open_sqlite(asked.path, OpenMode::read_write);
    say("waits");
    storage->take_turn();
    say("mine");
    return 0;
  });
  REQUIRE(second.hear() == "waits");
  CHECK_FALSE(second.has_ended());
  first.kill();
  CHECK(second.hear() == "mine");
  CHECK(second.wait() == 0);
}
