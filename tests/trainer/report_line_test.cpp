#include "trainer/launch/report_line.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "trainer/launch/line_splitter.h"
#include "trainer/launch/report_steps.h"

namespace autoglm {
namespace {

bool is_output(std::string_view line) { return !parse_report_line(line).has_value(); }

TEST_CASE("top-level numbers of a JSON object are metrics, and step is the step") {
  const auto report = parse_report_line(
      R"({"step": 4, "loss": 0.5, "done": true, "note": "x", "none": null, "deep": {"a": 1}, "n": -3})");
  REQUIRE(report.has_value());
  CHECK(report->step == 4);
  CHECK(report->metrics == MetricValues{{"loss", 0.5}, {"n", -3}});
}

TEST_CASE("an object is a report alone or after a tag that ends in a colon, a bracket or a blank") {
  for (const char* line : {R"({"a":1})", R"(metrics:{"a":1})", R"([12:30:01]{"a":1})",
                           R"(INFO {"a":1})", "\t{\"a\":1}", "{\"a\":1} \r"}) {
    CAPTURE(line);
    REQUIRE(parse_report_line(line).has_value());
    CHECK(parse_report_line(line)->metrics == MetricValues{{"a", 1}});
  }
}

TEST_CASE("a line that does not fit is output") {
  CHECK(is_output(""));
  CHECK(is_output("loss 0.5"));
  CHECK(is_output(R"(x{"a":1})"));
  CHECK(is_output(R"(a {} {"a":1})"));
  CHECK(is_output(R"({"a":1} and more)"));
  CHECK(is_output(R"({"a":1)"));
  CHECK(is_output(R"({'a':1})"));
  CHECK(is_output(R"([{"a":1}])"));
  CHECK(is_output(R"({"a":1,})"));
  CHECK(is_output("{}"));
  CHECK(is_output(R"({"step": 3})"));
  CHECK(is_output(R"({"loss": true, "name": "x"})"));
  CHECK(is_output(R"({"a": 1e999})"));
  CHECK(is_output("{\"a\": 1, \"b\": \"\xff\"}"));
  CHECK(is_output(std::string("{\"a\": 1, \"b\": \"\0\"}", 18)));
}

TEST_CASE("a step is an integer from 0 to 2^53, or the line is output") {
  CHECK(parse_report_line(R"({"step": 0, "a": 1})")->step == 0);
  CHECK(parse_report_line(R"({"step": 9007199254740992, "a": 1})")->step == 9007199254740992);
  CHECK(parse_report_line(R"({"step": 12.0, "a": 1})")->step == 12);
  CHECK(is_output(R"({"step": 9007199254740993, "a": 1})"));
  CHECK(is_output(R"({"step": -1, "a": 1})"));
  CHECK(is_output(R"({"step": 1.5, "a": 1})"));
  CHECK(is_output(R"({"step": "1", "a": 1})"));
  CHECK(is_output(R"({"step": true, "a": 1})"));
  CHECK(is_output(R"({"step": null, "a": 1})"));
  CHECK(is_output(R"({"step": NaN, "a": 1})"));
  CHECK(is_output(R"({"step": [1], "a": 1})"));
}

TEST_CASE("NaN, Infinity and -Infinity are numbers as Python writes them") {
  const auto report = parse_report_line(
      R"({"a": NaN, "none": null, "b": Infinity, "c": -Infinity, "text": "NaN\" NaN", "d": 1})");
  REQUIRE(report.has_value());
  REQUIRE(report->metrics.size() == 4);
  CHECK(std::isnan(*find_metric(report->metrics, "a")));
  CHECK(*find_metric(report->metrics, "b") == std::numeric_limits<double>::infinity());
  CHECK(*find_metric(report->metrics, "c") == -std::numeric_limits<double>::infinity());
  CHECK(*find_metric(report->metrics, "d") == 1);
  CHECK(is_output(R"({"a": nan})"));
  CHECK(is_output(R"({NaN: 1})"));
}

TEST_CASE("of a key that occurs twice the last value counts") {
  CHECK(parse_report_line(R"({"a": 1, "a": 2})")->metrics == MetricValues{{"a", 2}});
}

TEST_CASE("a report that is written reads back the same") {
  const ReportLine report{.step = 3, .metrics = {{"a \"b\"", 0.1}, {"c", -1e300}}};
  const std::string line = format_report_line(report);
  CHECK(line == R"({"step": 3, "a \"b\"": 0.1, "c": -1e+300})");
  CHECK(parse_report_line(line)->metrics == report.metrics);
  CHECK(format_report_line({.metrics = {{"a", std::nan("")}, {"b", -INFINITY}}}) ==
        R"({"a": NaN, "b": -Infinity})");
}

TEST_CASE("a metric without a step gets the one after its last, 0 first") {
  ReportSteps steps;
  const auto step_of = [&steps](const ReportLine& line) { return steps.place(line).at(0).step; };
  CHECK(step_of({.metrics = {{"a", 1}}}) == 0);
  CHECK(step_of({.metrics = {{"a", 1}}}) == 1);
  CHECK(step_of({.step = 10, .metrics = {{"a", 1}}}) == 10);
  CHECK(step_of({.metrics = {{"a", 1}}}) == 11);
  CHECK(step_of({.metrics = {{"b", 1}}}) == 0);
}

TEST_CASE("metrics of a line that were last reported at different steps make several reports") {
  ReportSteps steps;
  steps.place({.step = 4, .metrics = {{"a", 1}}});
  const std::vector<Report> reports = steps.place({.metrics = {{"a", 1}, {"b", 2}, {"c", 3}}});
  REQUIRE(reports.size() == 2);
  CHECK(reports[0].step == 5);
  CHECK(reports[0].metrics == MetricValues{{"a", 1}});
  CHECK(reports[1].step == 0);
  CHECK(reports[1].metrics == MetricValues{{"b", 2}, {"c", 3}});
}

TEST_CASE("there is no step after the greatest") {
  ReportSteps steps;
  steps.place({.step = kMaxStep, .metrics = {{"a", 1}}});
  CHECK(steps.place({.metrics = {{"a", 1}}}).empty());
}

std::vector<std::string> split(const std::vector<std::string>& pieces) {
  std::vector<std::string> lines;
  LineSplitter splitter;
  const auto take = [&lines](std::string_view line) { lines.emplace_back(line); };
  for (const std::string& piece : pieces) {
    splitter.feed(piece, take);
  }
  splitter.finish(take);
  return lines;
}

TEST_CASE("lines are whole however their bytes arrive, and end in LF, CR or both") {
  CHECK(split({"a\nbc", "d", "\n\ne\r\nf\rg", "\n", "h"}) ==
        std::vector<std::string>{"a", "bcd", "e", "f", "g", "h"});
}

TEST_CASE("of a long line no more is kept than shows that it is too long") {
  const std::string limit(kMaxReportLine, 'x');
  CHECK(split({limit + "\n"}) == std::vector<std::string>{limit});
  CHECK(split({limit + "yz\nb"}) == std::vector<std::string>{limit + "y", "b"});
  CHECK(split({limit, limit, limit + "\nb\n"}) == std::vector<std::string>{limit + "x", "b"});
}

TEST_CASE("a JSON object on a line of more than 64 KiB is output") {
  const std::string blanks(kMaxReportLine - 8, ' ');
  CHECK_FALSE(is_output("{\"a\": 1" + blanks + "}"));
  CHECK(is_output("{\"a\": 1 " + blanks + "}"));
}

}  // namespace
}  // namespace autoglm
