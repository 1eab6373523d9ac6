#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "search_space/spec_document.h"

using namespace autoglm;

namespace {

std::string complaint(const std::function<void()>& action) {
  try {
    action();
  } catch (const SpecError& error) {
    return error.what();
  }
  return "no mistake";
}

SpecRoot list(const std::string& text) { return read_spec(text, "s.json"); }

}  // namespace

TEST_CASE("a value of the wrong kind is named with its value and place") {
  const SpecRoot root = list(R"([3, 2.5, "a", true, null, [], {}])");
  const auto& e = root->elements;
  CHECK(complaint([&] { e[0]->as_string(); }) ==
        "s.json:1:2: /0: must be a string, not the number 3");
  CHECK(complaint([&] { e[2]->as_number(); }) ==
        "s.json:1:10: /2: must be a number, not the string \"a\"");
  CHECK(complaint([&] { e[1]->as_integer(); }) ==
        "s.json:1:5: /1: must be an integer, not the number 2.5");
  CHECK(complaint([&] { e[0]->as_bool(); }) ==
        "s.json:1:2: /0: must be true or false, not the number 3");
  CHECK(complaint([&] { e[3]->as_array(); }) == "s.json:1:15: /3: must be a list, not true");
  CHECK(complaint([&] { e[4]->as_object(); }) == "s.json:1:21: /4: must be an object, not null");
  CHECK(complaint([&] { e[6]->as_string(); }) ==
        "s.json:1:31: /6: must be a string, not an object");
  CHECK(complaint([&] { e[5]->as_value(); }) ==
        "s.json:1:27: /5: must be a number, a string, true, false or null, not a list");
}

TEST_CASE("a value that is nearly right is shown as it should be written") {
  const SpecRoot root = list(R"(["0.1", "true", 8.0, "7", 1e300])");
  const auto& e = root->elements;
  CHECK(complaint([&] { e[0]->as_number(); }) ==
        "s.json:1:2: /0: must be a number, not the string \"0.1\"; remove the quotes");
  CHECK(complaint([&] { e[1]->as_bool(); }) ==
        "s.json:1:9: /1: must be true or false, not the string \"true\"; remove the quotes");
  CHECK(complaint([&] { e[2]->as_integer(); }) ==
        "s.json:1:17: /2: must be an integer, not the number 8.0; write 8");
  CHECK(complaint([&] { e[3]->as_integer(); }) ==
        "s.json:1:22: /3: must be an integer, not the string \"7\"; remove the quotes");
  CHECK(complaint([&] { e[4]->as_integer(); }) ==
        "s.json:1:27: /4: must be an integer, not the number 1e+300");
}

TEST_CASE("integers are held to their bounds") {
  const SpecRoot root = list("[0, 11, 5]");
  CHECK(complaint([&] { root->elements[0]->as_integer(1, 10); }) ==
        "s.json:1:2: /0: must be at least 1, not 0");
  CHECK(complaint([&] { root->elements[1]->as_integer(1, 10); }) ==
        "s.json:1:5: /1: must be at most 10, not 11");
  CHECK(root->elements[2]->as_integer(5, 5) == 5);
}

TEST_CASE("durations are a number and a unit") {
  CHECK(parse_duration("90s") == 90.0);
  CHECK(parse_duration("1.5h") == 5400.0);
  CHECK(parse_duration("250ms") == 0.25);
  CHECK(parse_duration("10m") == 600.0);
  CHECK(parse_duration("2d") == 172800.0);
  CHECK(parse_duration("0s") == 0.0);
  CHECK(parse_duration("36500d") == 3153600000.0);
  for (const char* text :
       {"",     "s",    "90",    "90 s",  " 90s",    "-1s",         "+1s",
        "1e3s", ".5h",  "5.h",   "1w",    "2 hours", "90S",         "inf s",
        "nans", "infs", "0x10s", "1h30m", "36501d",  "3153600001s", "999999999999d"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
  CHECK(complaint([] { list(R"({"timeout": "2 hours"})")->member("timeout")->as_seconds(); }) ==
        "s.json:1:13: /timeout: must be a duration such as \"90s\", \"10m\", \"2h\" or \"1.5d\", "
        "at most 36500d, not the string \"2 hours\"");
  CHECK(complaint([] { list(R"({"timeout": 90})")->member("timeout")->as_seconds(); }) ==
        "s.json:1:13: /timeout: must be a duration such as \"90s\", \"10m\", \"2h\" or \"1.5d\", "
        "at most 36500d, not the number 90");
}

TEST_CASE("a mistake within a string is placed at its character") {
  const SpecRoot root = list(R"(["é == 'x'", "a\tb"])");
  CHECK(complaint([&] { root->elements[0]->fail_within(3, "here"); }) ==
        "s.json:1:5: /0: here");  // é takes two bytes
  CHECK(complaint([&] { root->elements[1]->fail_within(2, "here"); }) ==
        "s.json:1:14: /1: here");  // with escapes only the string has a place
}

TEST_CASE("JSON is written on one line as it was read") {
  CHECK(to_json(*list("{\"a\" : [ ] ,\n\"b\":{ }, \"c\\\"\":\"\\u001b\\n\\\\é\"} // end")) ==
        R"({"a": [], "b": {}, "c\"": "\u001b\n\\é"})");
}

TEST_CASE("an object's reader names unknown, missing and doubled keys") {
  const SpecRoot root = list(R"({"gaol": "minimize"})");
  CHECK(complaint([&] {
          ObjectReader reader(*root, "the metric");
          reader.find("name");
          reader.find("goal", {"direction", "mode"});
          reader.finish();
        }) == "s.json:1:2: /gaol: unknown key \"gaol\"; did you mean \"goal\"?");
  CHECK(complaint([&] {
          ObjectReader reader(*root, "the metric");
          reader.find("name");
          reader.find("target", {"aim"});
          reader.finish();
        }) == "s.json:1:2: /gaol: unknown key \"gaol\" of the metric; known are name, target");
  CHECK(complaint([&] { ObjectReader(*root, "the metric").require("name"); }) ==
        "s.json:1:1: /: the metric needs \"name\"; add it");
  CHECK(complaint([&] { ObjectReader(*root, "the metric").require("goal"); }) ==
        "s.json:1:2: /gaol: unknown key \"gaol\"; did you mean \"goal\"?");
  CHECK(complaint([] { ObjectReader(*list("[]"), "the metric"); }) ==
        "s.json:1:1: /: must be an object, not a list");
}

TEST_CASE("a key and its alias together are a mistake at the second") {
  const SpecRoot root = list(R"({"mode": "min", "goal": "max", "direction": 1})");
  CHECK(complaint([&] {
          ObjectReader(*root, "it").find("goal", {"direction", "mode"});
        }) == "s.json:1:17: /goal: \"goal\" means the same as \"mode\"; remove one of the two");
}

TEST_CASE("an alias stands for its key, and keys that begin with x- for nothing") {
  const SpecRoot root = list(R"({"x-note": 1, "mode": "min", "x": 2})");
  ObjectReader reader(*root, "it");
  const SpecMember* const member = reader.find_member("goal", {"direction", "mode"});
  CHECK(member->key == "mode");
  CHECK(member->value->as_string() == "min");
  CHECK(complaint([&] { reader.finish(); }) ==
        "s.json:1:30: /x: unknown key \"x\" of it; known are goal");
}

TEST_CASE("the word that was probably meant is the nearest within a third of its length") {
  const std::vector<std::string> names = {"minimize", "maximize", "min", "gp", "cmaes"};
  CHECK(did_you_mean("minimise", names) == "minimize");
  CHECK(did_you_mean("mni", names) == "min");           // neighbours swapped: 1
  CHECK(did_you_mean("GP", names) == "gp");             // capitals do not count
  CHECK(did_you_mean("CMA-ES", names) == "cmaes");      // 1 of 6
  CHECK(did_you_mean("maxmise", names) == "maximize");  // 2 of 8
  CHECK_FALSE(did_you_mean("maxim", names));            // 3 of 8
  CHECK_FALSE(did_you_mean("tpe", names));
  CHECK_FALSE(did_you_mean("x", {"y"}));  // nothing in common
  CHECK_FALSE(did_you_mean("", names));
  CHECK_FALSE(did_you_mean(std::string(1000, 'm'), names));
}
