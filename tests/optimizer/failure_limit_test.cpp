#include "optimizer/failure_limit.h"

#include <doctest/doctest.h>

namespace autoglm {
namespace {

Trial failed(std::int64_t number) {
  return {.number = number, .state = TrialState::failed, .reason = "exit status 1: bad lr"};
}

Trial ended(TrialState state) { return {.state = state}; }

std::string reason_of(const FailureLimit& limit) {
  return limit.reached() ? limit.reached()->reason : "";
}

TEST_CASE("the first three trials that end failing alike end the study, with what they said") {
  FailureLimit limit(std::nullopt, true);
  limit.note(failed(0), "1 bad lr");
  limit.note(failed(1), "1 bad lr");
  CHECK(reason_of(limit).empty());
  limit.note(failed(2), "1 bad lr");
  REQUIRE(limit.reached().has_value());
  CHECK(limit.reached()->reason == "failed_alike");
  CHECK(limit.reached()->detail ==
        "the first three trials failed alike; trial 2: exit status 1: bad lr");
}

TEST_CASE("three that fail each in its own way do not, nor three alike after a good one") {
  FailureLimit different(std::nullopt, true);
  different.note(failed(0), "1 bad lr");
  different.note(failed(1), "1 bad momentum");
  different.note(failed(2), "1 bad lr");
  CHECK(reason_of(different).empty());

  FailureLimit later(std::nullopt, true);
  later.note(ended(TrialState::pruned), "");
  for (int i = 1; i < 5; ++i) {
    later.note(failed(i), "1 bad lr");
  }
  CHECK(reason_of(later).empty());
}

TEST_CASE("a device that fails three trials in succession ends the study, however each says it") {
  FailureLimit limit(std::nullopt, true);
  limit.note(ended(TrialState::complete), "");
  limit.note(failed(1), "9 in linear_forward", true);
  limit.note(failed(2), "9 in softmax", true);
  limit.note(ended(TrialState::complete), "");
  limit.note(failed(4), "9 in softmax", true);
  limit.note(ended(TrialState::infeasible), "");
  limit.note(failed(5), "9 in adam", true);
  limit.note(failed(6), "1 bad lr");
  limit.note(failed(7), "9 in adam", true);
  limit.note(failed(8), "9 in upload", true);
  CHECK(reason_of(limit).empty());
  limit.note(failed(9), "9 in softmax", true);
  REQUIRE(limit.reached().has_value());
  CHECK(limit.reached()->reason == "device_failed");
  CHECK(limit.reached()->detail ==
        "the device failed in 3 trials in succession; trial 9: exit status 1: bad lr");

  FailureLimit none(std::nullopt, false);
  for (int i = 0; i < 4; ++i) {
    none.note(failed(i), "9", true);
  }
  CHECK(reason_of(none).empty());
}

TEST_CASE("64, 65 and 75 count for nothing") {
  FailureLimit limit(1, true);
  limit.note(ended(TrialState::infeasible), "");
  limit.note(failed(1), "");
  limit.note(ended(TrialState::abandoned), "");
  CHECK(reason_of(limit).empty());
}

TEST_CASE("ten failures end a study with none complete") {
  FailureLimit limit(std::nullopt, true);
  for (int i = 0; i < 9; ++i) {
    limit.note(failed(i), std::string(static_cast<std::size_t>(i + 1), 'x'));
  }
  CHECK(reason_of(limit).empty());
  limit.note(failed(9), "other");
  REQUIRE(limit.reached().has_value());
  CHECK(limit.reached()->reason == "max_failures");
  CHECK(limit.reached()->detail ==
        "10 trials failed and none is complete; the last: trial 9: exit status 1: bad lr");
  limit.note(ended(TrialState::complete), "");
  CHECK(reason_of(limit).empty());
}

TEST_CASE("max_failures counts failures in all, not in a row") {
  FailureLimit limit(2, true);
  limit.note(failed(0), "a");
  limit.note(ended(TrialState::complete), "");
  CHECK(reason_of(limit).empty());
  limit.note(failed(2), "b");
  CHECK(limit.reached()->detail ==
        "2 trials failed (max_failures 2); the last: trial 2: exit status 1: bad lr");
}

TEST_CASE("without the defaults only a max_failures that is given ends a study") {
  FailureLimit none(std::nullopt, false);
  FailureLimit given(20, false);
  for (int i = 0; i < 20; ++i) {
    CHECK(reason_of(given).empty());
    none.note(failed(i), "alike");
    given.note(failed(i), "alike");
  }
  CHECK(reason_of(none).empty());
  CHECK(reason_of(given) == "max_failures");
}

}  // namespace
}  // namespace autoglm
