// What every attempt owes to the study.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "tests/trainer/runner_harness.h"

namespace autoglm {
namespace {

TEST_CASE("a program that ends well is started, reports and finishes, in this order") {
  RunnerHarness harness(script(R"(echo '{{"step": 4, "loss": 0.5}}'; echo '{{"loss": 0.25}}')"));
  const auto story = harness.run({.trial = 7, .attempt = 2});

  REQUIRE(story.events.size() == 4);
  const auto& started = std::get<Started>(story.events[0]);
  CHECK(started.trial == 7);
  CHECK(started.attempt == 2);
  CHECK(started.pid > 1);
  CHECK(started.directory == harness.attempt_folder(7, 2));
  CHECK(story.report_texts() == std::vector<std::string>{"4 loss=0.5", "5 loss=0.25"});
  CHECK(std::holds_alternative<Finished>(story.events[3]));
  CHECK(story.finished.trial == 7);
  CHECK(story.finished.attempt == 2);
  CHECK(story.finished.ending == Ending::exited);
  CHECK(story.finished.code == 0);
  CHECK(story.finished.detail.empty());
}

}  // namespace
}  // namespace autoglm
