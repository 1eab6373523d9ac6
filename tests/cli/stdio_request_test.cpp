#include "cli/stdio_request.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace autoglm;

namespace {

std::string complaint(std::string_view line) {
  try {
    parse_stdio_request(line);
  } catch (const StdioError& error) {
    return std::string(to_string(error.code)) + ": " + error.what();
  }
  return "none";
}

TellRequest tell(std::string_view line) { return std::get<TellRequest>(parse_stdio_request(line)); }

}  // namespace

TEST_CASE("a tell has all that can be said of a trial's end") {
  const TellRequest told = tell(
      R"({"tell": {"trial": 3, "value": 2, "state": "pruned", "reason": "slow", "duration_s": 1.5,)"
      R"( "user_attrs": {"host": "a", "sizes": [1, {"b": null}]}}})");
  CHECK(told.trial == 3);
  CHECK(told.value == 2.0);
  CHECK(told.state == TrialState::pruned);
  CHECK(told.reason == "slow");
  CHECK(told.duration_seconds == 1.5);
  REQUIRE(told.user_attrs.size() == 2);
  CHECK(told.user_attrs[0].second == R"("a")");
  CHECK(told.user_attrs[1].second == R"([1,{"b":null}])");
}

TEST_CASE("a tell without a state is complete") {
  CHECK(tell(R"({"tell": {"trial": 0, "value": 1}})").state == TrialState::complete);
}

TEST_CASE("values come by name") {
  const TellRequest told = tell(R"({"tell": {"trial": 0, "values": {"loss": 0.5, "ms": 7}}})");
  REQUIRE(told.values);
  CHECK(*find_metric(*told.values, "ms") == 7);
}

TEST_CASE("a report takes texts for what JSON has no number for") {
  const auto report = std::get<ReportRequest>(parse_stdio_request(
      R"({"report": {"trial": 0, "step": 4, "metrics": {"a": "nan", "b": "inf", "c": "-inf"}}})"));
  CHECK(report.step == 4);
  CHECK(std::isnan(*find_metric(report.metrics, "a")));
  CHECK(*find_metric(report.metrics, "b") == INFINITY);
  CHECK(*find_metric(report.metrics, "c") == -INFINITY);
}

TEST_CASE("an enqueued configuration is handed on as JSON") {
  const auto request =
      std::get<EnqueueRequest>(parse_stdio_request(R"({"enqueue": {"lr": 0.01, "opt": "é"}})"));
  CHECK(request.configuration == R"({"lr":0.01,"opt":"é"})");
}

TEST_CASE("what is no JSON is bad_json") {
  CHECK(complaint("") == "bad_json: the line is blank; write a JSON object");
  CHECK(complaint(" \t\r") == "bad_json: the line is blank; write a JSON object");
  CHECK(complaint("ask") == "bad_json: byte 1: invalid value");
  CHECK(complaint(R"({"ask": 1)") ==
        "bad_json: byte 10: missing a comma or '}' after an object member");
  CHECK(complaint(R"({"ask": 1} {"ask": 1})") ==
        "bad_json: byte 12: the document root must not be followed by other values");
  CHECK(complaint(R"({"tell": {"trial": 0, "value": NaN}})") == "bad_json: byte 32: invalid value");
  CHECK(complaint("{\"ask\": 1} // no comments").substr(0, 9) == "bad_json:");
  CHECK(complaint("{\"\xff\": 1}").substr(0, 9) == "bad_json:");
  CHECK(complaint(std::string_view("{\"ask\": 1}\0", 11)) == "bad_json: byte 11: a NUL character");
}

TEST_CASE("a duplicate key is bad_json at any depth") {
  CHECK(complaint(R"({"ask": 1, "ask": 2})") ==
        "bad_json: the key \"ask\" is there twice; keep one of them");
  CHECK(complaint(R"({"tell": {"trial": 0, "value": 1, "user_attrs": {"a": 1, "a": 2}}})") ==
        "bad_json: the key \"a\" is there twice; keep one of them");
}

TEST_CASE("a line over 1 MiB is bad_json, one of 1 MiB is not") {
  const std::string head = R"({"ask": )";
  const std::string blanks(kLongestLine - head.size() - 2, ' ');
  CHECK(complaint(head + blanks + "1}") == "none");
  CHECK(complaint(head + blanks + " 1}") == "bad_json: the line has more than 1048576 bytes");
}

TEST_CASE("deep nesting is bad_json, however deep") {
  CHECK(complaint(std::string(500'000, '[') + std::string(500'000, ']')) ==
        "bad_json: nested more than 100 levels deep");
}

TEST_CASE("what is no request is bad_request") {
  CHECK(complaint("[]") == "bad_request: the line: must be an object, not []");
  CHECK(complaint("{}") ==
        "bad_request: the line: must have one key, not 0; write one of ask, tell, report, "
        "recommend, enqueue, status, explain");
  CHECK(complaint(R"({"ask": 1, "status": true})") ==
        "bad_request: the line: must have one key, not 2; write one of ask, tell, report, "
        "recommend, enqueue, status, explain");
  CHECK(complaint(R"({"reprot": 1})") ==
        "bad_request: the line: unknown key \"reprot\"; did you mean \"report\"?");
  CHECK(complaint(R"({"status": 1})") == "bad_request: /status: must be true, not 1");
}

TEST_CASE("ask takes 1 to 10,000 and recommend 1 to 100") {
  CHECK(complaint(R"({"ask": 10000})") == "none");
  CHECK(complaint(R"({"ask": 0})") ==
        "bad_request: /ask: must be an integer from 1 to 10000, not 0");
  CHECK(complaint(R"({"ask": 10001})") ==
        "bad_request: /ask: must be an integer from 1 to 10000, not 10001");
  CHECK(complaint(R"({"ask": 1.5})") ==
        "bad_request: /ask: must be an integer from 1 to 10000, not 1.5");
  CHECK(complaint(R"({"ask": true})") ==
        "bad_request: /ask: must be an integer from 1 to 10000, not true");
  CHECK(complaint(R"({"recommend": 100})") == "none");
  CHECK(complaint(R"({"recommend": 101})") ==
        "bad_request: /recommend: must be an integer from 1 to 100, not 101");
}

TEST_CASE("a tell that is misspelt or misshapen is bad_request") {
  CHECK(complaint(R"({"tell": {"value": 1}})") ==
        "bad_request: /tell: \"trial\" is missing; add the number of a trial");
  CHECK(complaint(R"({"tell": {"trial": 0, "vlaue": 1}})") ==
        "bad_request: /tell: unknown key \"vlaue\"; did you mean \"value\"?");
  CHECK(complaint(R"({"tell": {"trial": 0, "state": "running"}})") ==
        "bad_request: /tell/state: must be complete, pruned, failed, infeasible or abandoned, not "
        "\"running\"");
  CHECK(complaint(R"({"tell": {"trial": 0, "value": 1, "duration_s": -1}})") ==
        "bad_request: /tell/duration_s: must be a number of seconds from 0 to 3153600000, not -1");
  CHECK(complaint(R"({"tell": {"trial": 0, "value": 1, "duration_s": 1e30}})") ==
        "bad_request: /tell/duration_s: must be a number of seconds from 0 to 3153600000, not "
        "1e30");
  CHECK(complaint(R"({"tell": {"trial": 0, "value": 1, "values": {"loss": 1}}})") ==
        "bad_request: /tell: \"value\" and \"values\" are both there; keep one of them");
}

TEST_CASE("a value that is no finite number is bad_value") {
  CHECK(complaint(R"({"tell": {"trial": 0, "value": "0.5"}})") ==
        "bad_value: /tell/value: must be a finite number, not \"0.5\"");
  CHECK(complaint(R"({"tell": {"trial": 0, "value": null}})") ==
        "bad_value: /tell/value: must be a finite number, not null");
  CHECK(complaint(R"({"tell": {"trial": 0, "value": true}})") ==
        "bad_value: /tell/value: must be a finite number, not true");
  CHECK(complaint(R"({"tell": {"trial": 0, "value": 1e999}})").substr(0, 10) == "bad_value:");
  CHECK(complaint(R"({"tell": {"trial": 0, "values": {"loss": "nan"}}})") ==
        "bad_value: /tell/values/loss: must be a finite number, not \"nan\"");
  CHECK(complaint(R"({"report": {"trial": 0, "step": 0, "metrics": {"loss": "NaN"}}})") ==
        "bad_value: /report/metrics/loss: must be a number, \"nan\", \"inf\" or \"-inf\", not "
        "\"NaN\"");
}

TEST_CASE("a value with a state that has none is bad_value") {
  CHECK(complaint(R"({"tell": {"trial": 0, "value": 1, "state": "failed"}})") ==
        "bad_value: /tell: a value goes with complete and pruned only, not with failed; leave one "
        "of them out");
}

TEST_CASE("a report needs a step from 0 to 2^53 and a metric") {
  CHECK(complaint(R"({"report": {"trial": 0, "step": 9007199254740992, "metrics": {"a": 1}}})") ==
        "none");
  CHECK(complaint(R"({"report": {"trial": 0, "step": 9007199254740993, "metrics": {"a": 1}}})") ==
        "bad_request: /report/step: must be an integer from 0 to 9007199254740992, not "
        "9007199254740993");
  CHECK(complaint(R"({"report": {"trial": 0, "metrics": {"a": 1}}})") ==
        "bad_request: /report: \"step\" is missing; add it");
  CHECK(complaint(R"({"report": {"trial": 0, "step": 1, "metrics": {}}})") ==
        "bad_request: /report/metrics: is empty; add a metric and its number");
}

TEST_CASE("a long value is cut in the message, between characters") {
  const std::string text(100, 'x');
  CHECK(complaint(R"({"status": ")" + text + R"("})") ==
        "bad_request: /status: must be true, not \"" + std::string(59, 'x') + "…");
}
