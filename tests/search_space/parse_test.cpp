#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "search_space/search_space.h"

using namespace autoglm;

namespace {

// The spaces of these tests stand on the first line of "s.json".
SearchSpace parse(const std::string& parameters, const std::string& constraints = "[]",
                  std::vector<std::string>* notes = nullptr) {
  const SpecRoot root =
      read_spec("{\"p\": " + parameters + ", \"c\": " + constraints + "}", "s.json");
  return parse_search_space(*root->member("p"), root->member("c"), notes);
}

// What is wrong, without file, line and column.
std::string mistake(const std::string& parameters, const std::string& constraints = "[]") {
  try {
    parse(parameters, constraints);
  } catch (const SpecError& error) {
    const std::string line = error.what();
    return line.substr(line.find('/'));
  }
  return "none";
}

// The mistake of one parameter "a", of whose object these are the members.
std::string mistake_in(const std::string& members) { return mistake("{\"a\": {" + members + "}}"); }

std::string described(const std::string& members) {
  return describe(parse("{\"a\": {" + members + "}}").parameters()[0].domain);
}

// The mistake of a condition on these parameters.
std::string condition_mistake(const std::string& condition) {
  return mistake(R"({"opt": {"type": "categorical", "choices": ["adam", "sgd"]},
      "flag": {"type": "categorical", "choices": [true, false]},
      "mixed": {"type": "categorical", "choices": ["auto", 1, 2]},
      "n": {"type": "int", "min": 1, "max": 8},
      "a": {"type": "constant", "value": 1, "when": )" +
                 condition + "}}");
}

std::string constraint_mistake(const std::string& constraint) {
  return mistake(R"({"n": {"type": "int", "min": 1, "max": 8},
                     "opt": {"type": "categorical", "choices": ["adam", "sgd"]}})",
                 constraint);
}

std::string configuration(const std::string& given) {
  const SearchSpace space = parse(R"({
      "momentum": {"type": "uniform", "min": 0, "max": 1, "when": "opt == 'sgd'"},
      "opt": {"type": "categorical", "choices": ["adam", "sgd"]},
      "n": {"type": "int", "min": 1, "max": 8}})",
                                  R"(["n < 5 or opt == 'sgd'"])");
  try {
    return configuration_json(parse_configuration(*read_spec(given, "c.json"), space));
  } catch (const SpecError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("every type of parameter is read") {
  CHECK(described(R"("type": "uniform", "min": 0, "max": 0.5)") == "uniform [0.0, 0.5]");
  CHECK(described(R"("type": "uniform", "min": 0, "max": 0.5, "step": 0.05)") ==
        "uniform [0.0, 0.5] step 0.05");
  CHECK(described(R"("type": "log_uniform", "min": 1e-5, "max": 1)") == "log_uniform [1e-05, 1.0]");
  CHECK(described(R"("type": "int", "min": -1, "max": 8)") == "int [-1, 8]");
  CHECK(described(R"("type": "int", "min": 0, "max": 8, "step": 2)") == "int [0, 8] step 2");
  CHECK(described(R"("type": "log_int", "min": 1, "max": 8)") == "log_int [1, 8]");
  CHECK(described(R"("type": "categorical", "choices": ["a", 2, 0.5, true, null])") ==
        "categorical {a, 2, 0.5, true, null}");
  CHECK(described(R"("type": "ordinal", "choices": [16, 32])") == "ordinal {16, 32}");
  CHECK(described(R"("type": "constant", "value": "x")") == "constant x");
}

TEST_CASE("keys that other tools use are understood") {
  CHECK(described(R"("type": "int", "low": 1, "high": 9, "q": 2)") == "int [1, 9] step 2");
  CHECK(described(R"("type": "uniform", "low": 1, "max": 9, "q": 2)") ==
        "uniform [1.0, 9.0] step 2.0");
  CHECK(described(R"("type": "categorical", "values": [1, 2])") == "categorical {1, 2}");
  CHECK(mistake_in(R"("type": "int", "min": 1, "low": 1, "max": 9)") ==
        "/p/a/low: \"low\" means the same as \"min\"; remove one of the two");
  CHECK(mistake_in(R"("type": "int", "high": 9, "min": 1, "max": 9)") ==
        "/p/a/max: \"max\" means the same as \"high\"; remove one of the two");
  CHECK(mistake_in(R"("type": "categorical", "values": [1], "choices": [2])") ==
        "/p/a/choices: \"choices\" means the same as \"values\"; remove one of the two");
  CHECK(mistake_in(R"("type": "int", "min": 1, "max": 9, "q": 2, "step": 2)") ==
        "/p/a/step: \"step\" means the same as \"q\"; remove one of the two");
}

TEST_CASE("bounds may be equal, and a range of one value may have a step") {
  CHECK(described(R"("type": "uniform", "min": 0.5, "max": 0.5, "step": 0.1)") ==
        "uniform [0.5, 0.5] step 0.1");
  CHECK(described(R"("type": "log_int", "min": 8, "max": 8)") == "log_int [8, 8]");
  CHECK(described(R"("type": "int", "min": -9007199254740992, "max": 9007199254740992)") ==
        "int [-9007199254740992, 9007199254740992]");
}

TEST_CASE("a max that is not on the grid gives way to the last value that is, which is noted") {
  std::vector<std::string> notes;
  const SearchSpace space = parse(R"({
      "dropout": {"type": "uniform", "min": 0, "max": 0.5, "step": 0.2},
      "fine": {"type": "uniform", "min": 0, "max": 0.3, "step": 0.1},
      "n": {"type": "int", "min": 1, "max": 9, "step": 3}})",
                                  "[]", &notes);
  CHECK(notes == std::vector<std::string>{
                     "/p/dropout: max 0.5 is not on the grid of step 0.2; 0.4 is the greatest",
                     "/p/n: max 9 is not on the grid of step 3; 7 is the greatest"});
  CHECK(describe(space.find("dropout")->domain) == "uniform [0.0, 0.4] step 0.2");
  CHECK(describe(space.find("fine")->domain) == "uniform [0.0, 0.3] step 0.1");
  CHECK(describe(space.find("n")->domain) == "int [1, 7] step 3");
}

TEST_CASE("bounds that make no range are mistakes") {
  CHECK(mistake_in(R"("type": "uniform", "min": 0.1, "max": 0.01)") ==
        "/p/a: min (0.1) must be below max (0.01); swap them");
  CHECK(mistake_in(R"("type": "int", "min": 3, "max": 1)") ==
        "/p/a: min (3) must be below max (1); swap them");
  CHECK(mistake_in(R"("type": "log_uniform", "min": 0, "max": 1)") ==
        "/p/a/min: must be above 0 for log_uniform, not 0; raise it, or use uniform");
  CHECK(mistake_in(R"("type": "log_int", "min": 0, "max": 8)") ==
        "/p/a/min: must be at least 1 for log_int, not 0; raise it, or use int");
  CHECK(mistake_in(R"("type": "uniform", "min": -1e308, "max": 1e308)") ==
        "/p/a: max - min is beyond the numbers that a computer has; narrow the range");
  CHECK(mistake_in(R"("type": "int", "min": 1, "max": 9007199254740993)") ==
        "/p/a/max: 9007199254740993 is beyond 2^53, up to which every program has exact "
        "integers; use uniform or log_uniform");
  CHECK(mistake_in(R"("type": "int", "min": -1e30, "max": 1)") ==
        "/p/a/min: -1e+30 is beyond 2^53, up to which every program has exact integers; use "
        "uniform or log_uniform");
  CHECK(mistake_in(R"("type": "int", "min": -9223372036854775808, "max": 1)") ==
        "/p/a/min: -9223372036854775808 is beyond 2^53, up to which every program has exact "
        "integers; use uniform or log_uniform");
  CHECK(mistake_in(R"("type": "int", "min": 1, "max": 8.0)") ==
        "/p/a/max: must be an integer, not the number 8.0; write 8");
  CHECK(mistake_in(R"("type": "uniform", "min": "0", "max": 8)") ==
        "/p/a/min: must be a number, not the string \"0\"; remove the quotes");
}

TEST_CASE("steps that make no grid are mistakes") {
  CHECK(mistake_in(R"("type": "uniform", "min": 0, "max": 0.5, "step": 0.6)") ==
        "/p/a/step: step (0.6) is wider than the range from 0.0 to 0.5; make it smaller");
  CHECK(mistake_in(R"("type": "int", "min": 1, "max": 8, "step": 8)") ==
        "/p/a/step: step (8) is wider than the range from 1 to 8; make it smaller");
  CHECK(mistake_in(R"("type": "uniform", "min": 0, "max": 1, "step": 0)") ==
        "/p/a/step: must be above 0, not 0");
  CHECK(mistake_in(R"("type": "int", "min": 0, "max": 1, "step": 0)") ==
        "/p/a/step: must be at least 1, not 0");
  CHECK(mistake_in(R"("type": "uniform", "min": 0, "max": 1, "step": 1e-17)") ==
        "/p/a/step: step (1e-17) makes more than 2^53 values; make it greater, or leave it out");
  CHECK(mistake_in(R"("type": "log_uniform", "min": 1, "max": 9, "step": 2)") ==
        "/p/a/step: \"step\" does not go with the type log_uniform; it belongs to uniform and "
        "int");
  CHECK(mistake_in(R"("type": "log_int", "min": 1, "max": 9, "q": 2)") ==
        "/p/a/q: \"q\" does not go with the type log_int; it belongs to uniform and int");
}

TEST_CASE("choices that are no list of different scalars are mistakes") {
  CHECK(mistake_in(R"("type": "categorical", "choices": [1, true, 1.0])") ==
        "/p/a/choices/1: true is the same value as 1 (choice 0); remove one of the two");
  CHECK(mistake_in(R"("type": "ordinal", "choices": [2, 1, 1.0])") ==
        "/p/a/choices/2: 1.0 is the same value as 1 (choice 1); remove one of the two");
  CHECK(mistake_in(R"("type": "categorical", "choices": ["a", "b", "a"])") ==
        "/p/a/choices/2: \"a\" is the same value as \"a\" (choice 0); remove one of the two");
  CHECK(mistake_in(R"("type": "categorical", "choices": [])") ==
        "/p/a/choices: the list is empty; add a choice");
  CHECK(mistake_in(R"("type": "categorical", "choices": [["a"]])") ==
        "/p/a/choices/0: must be a number, a string, true, false or null, not a list");
  CHECK(mistake_in(R"("type": "categorical", "choices": "a")") ==
        "/p/a/choices: must be a list, not the string \"a\"");
  CHECK(mistake_in(R"("type": "constant", "value": {})") ==
        "/p/a/value: must be a number, a string, true, false or null, not an object");
}

TEST_CASE("missing, unknown and misplaced keys of a parameter are mistakes") {
  CHECK(mistake_in(R"("min": 1, "max": 8)") ==
        "/p/a: every parameter needs \"type\"; add it, here probably \"int\"");
  CHECK(mistake_in(R"("min": 0.5, "max": 8)") ==
        "/p/a: every parameter needs \"type\"; add it, here probably \"uniform\"");
  CHECK(mistake_in(R"("values": [1])") ==
        "/p/a: every parameter needs \"type\"; add it, here probably \"categorical\"");
  CHECK(mistake_in(R"("value": 1)") ==
        "/p/a: every parameter needs \"type\"; add it, here probably \"constant\"");
  CHECK(mistake_in(R"("tpye": "int", "min": 1, "max": 8)") ==
        "/p/a/tpye: unknown key \"tpye\"; did you mean \"type\"?");
  CHECK(mistake_in(R"("type": "int", "min": 1)") ==
        "/p/a: a parameter of type int needs \"max\"; add it");
  CHECK(mistake_in(R"("type": "categorical")") ==
        "/p/a: a parameter of type categorical needs \"choices\"; add it");
  CHECK(mistake_in(R"("type": "int", "min": 1, "mx": 8)") ==
        "/p/a/mx: unknown key \"mx\"; did you mean \"max\"?");
  CHECK(mistake_in(R"("type": "int", "min": 1, "max": 8, "prior": "flat")") ==
        "/p/a/prior: unknown key \"prior\" of a parameter of type int; known are type, min, max, "
        "step, when");
  CHECK(mistake_in(R"("type": "int", "choices": [1, 2])") ==
        "/p/a/choices: \"choices\" does not go with the type int; it belongs to categorical and "
        "ordinal");
  CHECK(mistake_in(R"("type": "categorical", "choices": [1], "min": 1)") ==
        "/p/a/min: \"min\" does not go with the type categorical; it belongs to uniform, "
        "log_uniform, int and log_int");
  CHECK(mistake_in(R"("type": "int", "min": 1, "max": 2, "value": 1)") ==
        "/p/a/value: \"value\" does not go with the type int; it belongs to constant");
  CHECK(mistake_in(R"("type": "int", "min": 1, "max": 2, "x-why": "because")") == "none");
}

TEST_CASE("types of other tools are translated, W&B's exponents are refused by name") {
  CHECK(mistake_in(R"("type": "integer")") ==
        "/p/a/type: no type of parameter is called \"integer\"; did you mean \"int\"?");
  CHECK(mistake_in(R"("type": "float")") ==
        "/p/a/type: no type of parameter is called \"float\"; did you mean \"uniform\"?");
  CHECK(mistake_in(R"("type": "loguniform")") ==
        "/p/a/type: no type of parameter is called \"loguniform\"; did you mean "
        "\"log_uniform\"?");
  CHECK(mistake_in(R"("type": "catgorical")") ==
        "/p/a/type: no type of parameter is called \"catgorical\"; did you mean "
        "\"categorical\"?");
  CHECK(mistake_in(R"("type": "normal")") ==
        "/p/a/type: no type of parameter is called \"normal\"; there are uniform, log_uniform, "
        "int, log_int, categorical, ordinal and constant");
  CHECK(mistake_in(R"("type": 3)") == "/p/a/type: must be a string, not the number 3");
  CHECK(mistake_in(R"("distribution": "log_uniform", "min": -9, "max": 0)") ==
        "/p/a/distribution: \"distribution\" is W&B's word for \"type\", and its log_uniform "
        "takes exponents as bounds; write \"type\": \"log_uniform\" and as bounds the values "
        "themselves");
  CHECK(mistake_in(R"("distribution": "int_uniform", "min": 1, "max": 9)") ==
        "/p/a/distribution: \"distribution\" is W&B's word for \"type\"; write \"type\": \"int\"");
  CHECK(mistake_in(R"("distribution": "beta")") ==
        "/p/a/distribution: \"distribution\" is W&B's word for \"type\"; use that");
}

TEST_CASE("a parameter that is no object is shown as it would be one") {
  CHECK(mistake(R"({"a": [1, 2]})") ==
        "/p/a: must be an object, not a list; write {\"type\": \"categorical\", \"choices\": [1, "
        "2]}");
  CHECK(mistake(R"({"a": 0.1})") ==
        "/p/a: must be an object, not 0.1; write {\"type\": \"constant\", \"value\": 0.1}");
}

TEST_CASE("names of parameters must be fit for commands") {
  const std::string domain = R"(": {"type": "constant", "value": 1}})";
  CHECK(mistake(R"({"Größe in µm/s)" + domain) == "none");
  CHECK(mistake("{\"" + domain) == "/p/: a parameter needs a name");
  CHECK(mistake("{\"a{b" + domain) ==
        "/p/a{b: a parameter's name must have no braces, which mark names in commands; rename it");
  CHECK(mistake("{\"a\\nb" + domain) ==
        "/p/a\\nb: a parameter's name must have no control characters; rename it");
  CHECK(mistake("{\"trial.dir" + domain) ==
        "/p/trial.dir: names that begin with \"trial.\" are autoglm's own, as in {trial.dir}; "
        "rename the parameter");
  CHECK(mistake("{\"study.x" + domain) ==
        "/p/study.x: names that begin with \"study.\" are autoglm's own, as in {trial.dir}; "
        "rename the parameter");
}

TEST_CASE("there must be something to tune, and keys that begin with x- are not it") {
  const std::string rule =
      "/p: there is nothing to tune; add a parameter such as \"lr\": {\"type\": \"log_uniform\", "
      "\"min\": 1e-5, \"max\": 0.1}";
  CHECK(mistake("{}") == rule);
  CHECK(mistake(R"({"x-lr": 3})") == rule);
  CHECK(mistake("[]") == "/p: must be an object, not a list");
}

TEST_CASE("conditions that could never hold are mistakes") {
  CHECK(condition_mistake(R"("opt == 'sgd'")") == "none");
  CHECK(condition_mistake(R"("flag and mixed in ['auto', 2] or not n <= 3")") == "none");
  CHECK(condition_mistake(R"("optt == 'sgd'")") ==
        "/p/a/when: no parameter is called \"optt\"; did you mean \"opt\"?");
  CHECK(condition_mistake(R"("opt == 'sdg'")") ==
        "/p/a/when: \"sdg\" is no choice of opt; did you mean \"sgd\"?");
  CHECK(condition_mistake(R"("opt != 'tpe'")") ==
        "/p/a/when: \"tpe\" is no choice of opt, which is categorical {adam, sgd}");
  CHECK(condition_mistake(R"("opt in ['sgd', 'adma']")") ==
        "/p/a/when: \"adma\" is no choice of opt; did you mean \"adam\"?");
  CHECK(condition_mistake(R"("flag == 1")") == "none");  // does not hold, as documented
  CHECK(condition_mistake(R"("n == true")") == "none");
  CHECK(condition_mistake(R"("flag == 2")") ==
        "/p/a/when: 2 is no choice of flag, which is categorical {true, false}");
  CHECK(condition_mistake(R"("mixed == 3")") ==
        "/p/a/when: 3 is no choice of mixed, which is categorical {auto, 1, 2}");
  CHECK(condition_mistake(R"("n in ['x']")") == "/p/a/when: n is a number and never \"x\"");
  CHECK(condition_mistake(R"("n == 'x'")") ==
        "/p/a/when: n, which is a number, never equals \"x\" since they differ in kind");
}

TEST_CASE("conditions whose operands do not fit are mistakes") {
  CHECK(condition_mistake(R"("opt < 3")") ==
        "/p/a/when: < needs numbers; opt, which is text, does not fit (text has ==, != and in)");
  CHECK(condition_mistake(R"("mixed > 1")") ==
        "/p/a/when: > needs numbers; mixed, which is not always a number, does not fit (text has "
        "==, != and in)");
  CHECK(condition_mistake(R"("n and flag")") ==
        "/p/a/when: and needs conditions; n, which is a number, does not fit");
  CHECK(condition_mistake(R"("n")") == "/p/a/when: must be a comparison, such as layers > 2");
  CHECK(condition_mistake("true") == "/p/a/when: must be a string, not true");
  CHECK(condition_mistake(R"("n + 1 > 2")") ==
        "/p/a/when: a condition has no arithmetic, but here is +; compare a parameter with a "
        "value, or write a constraint");
}

TEST_CASE("a mistake in a condition is placed at its character") {
  CHECK_THROWS_WITH_AS(parse(R"({"a": {"type": "constant", "value": 1, "when": "b == 1"}})"),
                       "s.json:1:55: /p/a/when: no parameter is called \"b\"", SpecError);
}

TEST_CASE("conditions that run in a circle are a mistake that names it") {
  const auto constant = [](const std::string& name, const std::string& when) {
    return "\"" + name + "\": {\"type\": \"int\", \"min\": 1, \"max\": 2, \"when\": \"" + when +
           "\"}";
  };
  CHECK(mistake("{" + constant("a", "a == 1") + "}") ==
        "/p/a/when: the conditions run in a circle: a → a; remove one of them");
  CHECK(mistake("{" + constant("a", "b == 1") + ", " + constant("b", "c == 1 or d == 1") + ", " +
                constant("c", "d == 1") + ", " + constant("d", "b == 2") + "}") ==
        "/p/b/when: the conditions run in a circle: b → c → d → b; remove one of them");
}

TEST_CASE("a chain of two thousand conditions is no circle, and no trouble") {
  std::string parameters = R"({"p0": {"type": "int", "min": 1, "max": 2})";
  for (int i = 1; i < 2000; ++i) {
    parameters += ", \"p" + std::to_string(i) +
                  R"(": {"type": "int", "min": 1, "max": 2, "when": "p)" + std::to_string(i - 1) +
                  " >= 1\"}";
  }
  const SearchSpace space = parse(parameters + "}");
  Rng rng(1, 0);
  CHECK(space.sample(rng).value().size() == 2000);
}

TEST_CASE("constraints are comparisons over parameters") {
  CHECK(constraint_mistake(R"(["n ** 2 <= 16", "opt != 'sgd' or n < 3"])") == "none");
  CHECK(constraint_mistake(R"(["n < 9", "n * 2"])") ==
        "/c/1: must be a comparison, such as layers > 2");
  CHECK(constraint_mistake(R"(["m < 3"])") == "/c/0: no parameter is called \"m\"");
  CHECK(constraint_mistake(R"(["opt * 2 < 3"])") ==
        "/c/0: * needs numbers; opt, which is text, does not fit (text has ==, != and in)");
  CHECK(constraint_mistake(R"("n < 3")") == "/c: must be a list, not the string \"n < 3\"");
  CHECK(constraint_mistake("[3]") == "/c/0: must be a string, not the number 3");
}

TEST_CASE("a user's configuration may be partial, and comes in the space's order") {
  CHECK(configuration("{}") == "{}");
  CHECK(configuration(R"({"n": 2, "opt": "adam"})") == R"({"opt": "adam", "n": 2})");
  CHECK(configuration(R"({"momentum": 1, "n": 7.0, "opt": "sgd", "x-note": []})") ==
        R"({"opt": "sgd", "momentum": 1.0, "n": 7})");
  CHECK(configuration(R"({"momentum": 0.5})") == R"({"momentum": 0.5})");
}

TEST_CASE("a user's configuration that does not belong to the space is refused") {
  CHECK(configuration(R"({"n": 9})") ==
        "c.json:1:7: /n: 9 is outside int [1, 8]; give a value within the bounds");
  CHECK(configuration(R"({"n": true})") ==
        "c.json:1:7: /n: true is no number; int [1, 8] needs one");
  CHECK(configuration(R"({"opt": "adma"})") ==
        "c.json:1:9: /opt: \"adma\" is no choice of categorical {adam, sgd}; did you mean "
        "\"adam\"?");
  CHECK(configuration(R"({"n": [1]})") ==
        "c.json:1:7: /n: must be a number, a string, true, false or null, not a list");
  CHECK(configuration(R"({"lr": 1})") == "c.json:1:2: /lr: no parameter is called \"lr\"");
  CHECK(configuration(R"({"opt": "adam", "momentum": 0.5})") ==
        "c.json:1:17: /momentum: is inactive here: opt == 'sgd' does not hold; remove it");
  CHECK(configuration(R"({"opt": "adam", "n": 6})") ==
        "c.json:1:1: /: the constraint n < 5 or opt == 'sgd' does not hold; change the values");
  CHECK(configuration("[]") == "c.json:1:1: /: must be an object, not a list");
}
