#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "search_space/spec_document.h"

using namespace autoglm;

namespace {

// The spec with the overrides, as JSON, or the line that a user reads.
std::string with(const std::string& text, const std::vector<std::string>& assignments) {
  try {
    SpecRoot root = read_spec(text, "s.json");
    for (const std::string& assignment : assignments) {
      root = with_override(root, assignment);
    }
    return to_json(*root);
  } catch (const SpecError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("--set replaces what stands at a dotted path") {
  CHECK(with(R"({"a": {"b": 1, "c": 2}, "d": 3})", {"a.b=0.5"}) ==
        R"({"a": {"b": 0.5, "c": 2}, "d": 3})");
  CHECK(with(R"({"a": ["x", ["y", "z"]]})", {"a.1.0=python3"}) ==
        R"({"a": ["x", ["python3", "z"]]})");
  CHECK(with(R"({"a": 1})", {"a=2", "a=3"}) == R"({"a": 3})");
}

TEST_CASE("--set makes the objects on its way") {
  CHECK(with("{}", {"a.b.c=1", "a.b.d=2"}) == R"({"a": {"b": {"c": 1, "d": 2}}})");
}

TEST_CASE("the value of --set is JSON, else a string") {
  CHECK(with("{}", {"a=gp"}) == R"({"a": "gp"})");
  CHECK(with("{}", {"a=\"gp\""}) == R"({"a": "gp"})");
  CHECK(with("{}", {"a=1e-3"}) == R"({"a": 0.001})");
  CHECK(with("{}", {"a=null"}) == R"({"a": null})");
  CHECK(with("{}", {"a={\"b\": [1, 2]}"}) == R"({"a": {"b": [1, 2]}})");
  CHECK(with("{}", {"a="}) == R"({"a": ""})");
  CHECK(with("{}", {"a=[1, 2"}) == R"({"a": "[1, 2"})");
  CHECK(with("{}", {"a=b == 'c'"}) == R"({"a": "b == 'c'"})");
  CHECK(with("{}", {"a=2h"}) == R"({"a": "2h"})");
  CHECK(with("{}", {"a=//host/path"}) == R"({"a": "//host/path"})");
}

TEST_CASE("a name with dots is found, the longest that is there first") {
  CHECK(with(R"({"p": {"a": {"b": 1}, "a.b": {"max": 2}}})", {"p.a.b.max=9"}) ==
        R"({"p": {"a": {"b": 1}, "a.b": {"max": 9}}})");
  CHECK(with(R"({"p": {"a": {"b": 1}}})", {"p.a.b=9"}) == R"({"p": {"a": {"b": 9}}})");
}

TEST_CASE("mistakes in what --set gave are placed there, then and later") {
  const SpecRoot root =
      with_override(read_spec(R"({"p": {"lr": {"max": 1}}})", "s.json"), "p.lr.max=abc");
  const SpecNode& max = *root->member("p")->member("lr")->member("max");
  CHECK_THROWS_WITH_AS(max.as_number(),
                       "--set p.lr.max=abc: /p/lr/max: must be a number, not the string \"abc\"",
                       SpecError);
  CHECK(root->member("p")->members[0].key_place.line == 1);
  CHECK(root->member("p")->member("lr")->members[0].key_place.source == "--set p.lr.max=abc");
  CHECK_THROWS_WITH_AS(
      with_override(root, "p=[{\"a\": x}, 1]")->member("p")->as_object(),
      "--set p=[{\"a\": x}, 1]: /p: must be an object, not the string \"[{\\\"a\\\": x}, 1]\"",
      SpecError);
  CHECK_THROWS_WITH_AS(
      with_override(root, "p={\"a\": [true]}")->member("p")->member("a")->elements[0]->as_number(),
      "--set p={\"a\": [true]}: /p/a/0: must be a number, not true", SpecError);
}

TEST_CASE("a path that leads nowhere is a mistake") {
  CHECK(with("{}", {"a"}) == "--set a: must be KEY=VALUE, such as --set searcher=gp");
  CHECK(with("{}", {"=1"}) ==
        "--set =1: the key \"\" has an empty step; write it like parameters.lr.max");
  CHECK(with("{}", {"a..b=1"}) ==
        "--set a..b=1: the key \"a..b\" has an empty step; write it like parameters.lr.max");
  CHECK(with(R"({"a": "gp"})", {"a.b.c=1"}) ==
        "--set a.b.c=1: /a: is \"gp\" and has no key \"b.c\"; set it to an object first");
  CHECK(with(R"({"a": [1, 2]})", {"a.2=3"}) ==
        "--set a.2=3: /a/2: no such element; the list has 2, counted from 0");
  CHECK(with(R"({"a": [1, 2]})", {"a.-1=3"}) ==
        "--set a.-1=3: /a/-1: no such element; the list has 2, counted from 0");
  CHECK(with(R"({"a": [1, 2]})", {"a.x.y=3"}) ==
        "--set a.x.y=3: /a/x: no such element; the list has 2, counted from 0");
}

TEST_CASE("a value of --set that breaks a rule is no string for that") {
  CHECK(with("{}", {"a={\"b\": 1, \"b\": 2}"}) ==
        "--set a={\"b\": 1, \"b\": 2}: /a/b: the key \"b\" was already given; remove one of the "
        "two");
  CHECK(with("{}", {"a=\xff"}) ==
        "--set a=\\xff: /a: the byte \\xff is no UTF-8; save the text as "
        "UTF-8");
  CHECK(with("{}", {"a=1e999"}) ==
        "--set a=1e999: /a: 1e999 is beyond the greatest number that a computer has, about "
        "1.8e308; write a smaller one");
}

TEST_CASE("--set goes no deeper than a hundred steps") {
  std::string deep = "a";
  for (int i = 0; i < 100; ++i) {
    deep += ".a";
  }
  CHECK(with("{}", {deep + "=1"}).ends_with(": has more than 100 steps; make it flatter"));
}
