// Optuna's encodings. The texts are those of Optuna 5.0 (distribution_to_json, its models).
#include "storage/optuna_rows.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "storage/json_text.h"

using namespace autoglm;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr TimeNs kMorning = 1'795'330'663'123'456'000;  // 2026-11-22 06:57:43.123456 UTC

}  // namespace

TEST_CASE("distributions are written as Optuna writes them") {
  CHECK(
      distribution_json(FloatRange{.min = 1e-5, .max = 0.1, .log = true}) ==
      R"({"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}})");
  CHECK(
      distribution_json(FloatRange{.min = 0, .max = 0.5, .step = 0.25}) ==
      R"({"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 0.5, "log": false}})");
  CHECK(
      distribution_json(IntRange{.min = -2, .max = 8, .step = 2}) ==
      R"({"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": -2, "high": 8}})");
  CHECK(
      distribution_json(IntRange{.min = 1, .max = 1024, .log = true}) ==
      R"({"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 1024}})");
  using namespace std::string_literals;
  CHECK(
      distribution_json(
          Choice{.choices = {"adam"s, true, std::monostate{}, 2.5, std::int64_t{3}}}) ==
      R"({"name": "CategoricalDistribution", "attributes": {"choices": ["adam", true, null, 2.5, 3]}})");
}

TEST_CASE("a choice is stored as its index, a number as itself") {
  using namespace std::string_literals;
  const Choice choice{.choices = {"a"s, std::monostate{}, 2.5}};
  CHECK(internal_value(choice, "a"s) == 0);
  CHECK(internal_value(choice, std::monostate{}) == 1);
  CHECK(internal_value(choice, 2.5) == 2);
  CHECK(internal_value(IntRange{.min = 0, .max = 9}, std::int64_t{7}) == 7);
  CHECK(internal_value(FloatRange{}, 0.1) == 0.1);
}

TEST_CASE("every distribution that Optuna ever wrote is understood") {
  const auto kind = [](const char* json) { return distribution_from_json(json).kind; };
  using Kind = Distribution::Kind;
  CHECK(kind(R"({"name": "FloatDistribution", "attributes": {"low": 0.0, "high": 1.0}})") ==
        Kind::number);
  CHECK(kind(R"({"name": "UniformDistribution", "attributes": {"low": 0, "high": 1}})") ==
        Kind::number);
  CHECK(kind(R"({"name": "LogUniformDistribution", "attributes": {"low": 1, "high": 2}})") ==
        Kind::number);
  CHECK(kind(R"({"name": "DiscreteUniformDistribution", "attributes": {"q": 1}})") == Kind::number);
  CHECK(kind(R"({"name": "IntDistribution", "attributes": {}})") == Kind::integer);
  CHECK(kind(R"({"name": "IntUniformDistribution", "attributes": {}})") == Kind::integer);
  CHECK(kind(R"({"name": "IntLogUniformDistribution", "attributes": {}})") == Kind::integer);
  CHECK(kind(R"({"type": "int", "low": 1, "high": 2})") == Kind::integer);
  CHECK(kind(R"({"type": "float", "low": 1, "high": 2})") == Kind::number);
  CHECK(kind("no JSON") == Kind::number);
  for (const char* json :
       {R"({"name": "CategoricalDistribution", "attributes": {"choices": ["ä", NaN, null, 1]}})",
        R"({"type": "categorical", "choices": ["\u00e4", NaN, null, 1]})"}) {
    const Distribution read = distribution_from_json(json);
    CHECK(read.kind == Kind::categorical);
    REQUIRE(read.choices.size() == 4);
    CHECK(read.choices[0] == Value(std::string("ä")));
    CHECK(std::isnan(std::get<double>(read.choices[1])));
    CHECK(read.choices[2] == Value(std::monostate{}));
    CHECK(read.choices[3] == Value(std::int64_t{1}));
  }
}

TEST_CASE("numbers that are not finite have a type beside them") {
  for (const double value : {1.5, kInfinity, -kInfinity}) {
    CHECK(value_from_optuna(optuna_value_type(value), value) == value);
  }
  CHECK(std::string(optuna_value_type(0)) == "FINITE");
  CHECK(std::string(optuna_value_type(kInfinity)) == "INF_POS");
  CHECK(std::string(optuna_value_type(-kInfinity)) == "INF_NEG");
  CHECK(std::string(optuna_value_type(std::nan(""))) == "NAN");
  CHECK(std::isnan(value_from_optuna("NAN", 0)));
}

TEST_CASE("times are UTC with six digits, and before 1970 too") {
  CHECK(optuna_time(kMorning + 789) == "2026-11-22 06:57:43.123456");
  CHECK(optuna_time(5'000) == "1970-01-01 00:00:00.000005");
  CHECK(optuna_time(-1'000) == "1969-12-31 23:59:59.999999");
  CHECK(time_from_optuna("2026-11-22 06:57:43.123456", TimeZone::utc) == kMorning);
  CHECK(time_from_optuna("2026-11-22T06:57:43.123456", TimeZone::utc) == kMorning);
  CHECK(time_from_optuna("2026-11-22 06:57:43", TimeZone::utc) == kMorning - 123'456'000);
  CHECK(time_from_optuna("", TimeZone::utc) == 0);
  CHECK(time_from_optuna("yesterday", TimeZone::utc) == 0);
}

TEST_CASE("Optuna before 5 meant local time") {
  CHECK(zone_of_library("4.9.0") == TimeZone::local);
  CHECK(zone_of_library("3.2.0") == TimeZone::local);
  CHECK(zone_of_library("5.0.0rc1") == TimeZone::utc);
  CHECK(zone_of_library("10.0.0") == TimeZone::utc);
  CHECK(zone_of_library("autoglm 0.1.0") == TimeZone::utc);
  setenv("TZ", "Asia/Tokyo", 1);
  CHECK(time_from_optuna("2026-11-22 15:57:43.123456", TimeZone::local) == kMorning);
  setenv("TZ", "UTC", 1);
}

TEST_CASE("our states are told as the nearest of Optuna's") {
  const std::pair<TrialState, std::string> names[] = {
      {TrialState::waiting, "WAITING"}, {TrialState::running, "RUNNING"},
      {TrialState::paused, "RUNNING"},  {TrialState::complete, "COMPLETE"},
      {TrialState::pruned, "PRUNED"},   {TrialState::failed, "FAIL"},
      {TrialState::infeasible, "FAIL"}, {TrialState::abandoned, "FAIL"}};
  for (const auto& [state, name] : names) {
    CHECK(optuna_state(state) == name);
    CHECK(optuna_state(state_from_optuna(name)) == name);
  }
}

TEST_CASE("JSON with Python's bare NaN is read") {
  const Configuration read =
      configuration_from_json(R"({"a": NaN, "b": -Infinity, "c": [1, NaN]})");
  CHECK(std::isnan(std::get<double>(*read.find("a"))));
  CHECK(*read.find("b") == Value(-kInfinity));
  CHECK(*read.find("c") == Value(std::string("[1,NaN]")));
  CHECK(configuration_from_json("[1]").empty());
  CHECK(configuration_from_json("{").empty());
}

TEST_CASE("metrics are proper JSON whatever they are") {
  const MetricValues metrics{{"a \"b\"", std::nan("")}, {"c", -kInfinity}, {"d", 0.1}, {"e", 3}};
  const std::string json = metrics_json(metrics);
  CHECK(json == R"({"a \"b\"": "nan", "c": "-inf", "d": 0.1, "e": 3.0})");
  const MetricValues read = metrics_from_json(json);
  REQUIRE(read.size() == 4);
  CHECK(read[0].first == "a \"b\"");
  CHECK(std::isnan(read[0].second));
  CHECK(read[1].second == -kInfinity);
  CHECK(read[2].second == 0.1);
}
