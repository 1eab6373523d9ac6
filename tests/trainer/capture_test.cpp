#include "trainer/launch/capture.h"

#include <doctest/doctest.h>

#include <cmath>

namespace autoglm {
namespace {

TEST_CASE("a named group that reads as a number is a metric, wherever it stands in the line") {
  const Capture capture({"Accuracy = (?P<acc>[0-9.]+)%"});
  const auto report = capture.find("epoch 3 | Accuracy = 87.5% | 3 s");
  REQUIRE(report.has_value());
  CHECK(report->metrics == MetricValues{{"acc", 87.5}});
  CHECK_FALSE(report->step.has_value());
  CHECK_FALSE(capture.find("Accuracy = unknown").has_value());
  CHECK_FALSE(capture.find("Accuracy = 1.2.3%").has_value());
}

TEST_CASE("a group called step is the step, also from another pattern on the same line") {
  const Capture capture({"epoch (?P<step>\\d+)", "loss[ =]+(?P<loss>\\S+)", "acc (?P<acc>\\S+)"});
  const auto report = capture.find("epoch 12: loss = 1e-3, acc +0.5");
  REQUIRE(report.has_value());
  CHECK(report->step == 12);
  CHECK(report->metrics == MetricValues{{"acc", 0.5}});
  CHECK(capture.find("epoch 12: loss = 1e-3")->metrics == MetricValues{{"loss", 1e-3}});
}

TEST_CASE("a line whose step is none is output") {
  const Capture capture({"(?P<step>\\S+) (?P<loss>\\S+)"});
  CHECK(capture.find("7 0.5")->step == 7);
  CHECK_FALSE(capture.find("-1 0.5").has_value());
  CHECK_FALSE(capture.find("1.5 0.5").has_value());
  CHECK_FALSE(capture.find("first 0.5").has_value());
  CHECK_FALSE(capture.find("1e300 0.5").has_value());
}

TEST_CASE("numbers may be infinite or none") {
  const Capture capture({"loss (?P<loss>\\S+)"});
  CHECK(std::isnan(capture.find("loss nan")->metrics[0].second));
  CHECK(capture.find("loss -inf")->metrics[0].second == -INFINITY);
  CHECK_FALSE(capture.find("loss 0x10").has_value());
  CHECK_FALSE(capture.find("loss +-1").has_value());
}

TEST_CASE("bytes that are no UTF-8 do not hide a metric on the same line") {
  const Capture capture({"loss (?P<loss>[0-9.]+)"});
  CHECK(capture.find("\xff\xfe loss 0.5 \xc3")->metrics == MetricValues{{"loss", 0.5}});
}

TEST_CASE("a pattern that cannot be used says why") {
  CHECK(problem_with_pattern("loss (?P<loss>[0-9.]+)") == std::nullopt);
  CHECK(problem_with_pattern("loss ([0-9.]+)") ==
        "has no named group; write (?P<loss>[0-9.]+) for a metric called loss");
  CHECK(problem_with_pattern("loss (?P<loss>") == "does not compile: missing ): loss (?P<loss>");
}

}  // namespace
}  // namespace autoglm
