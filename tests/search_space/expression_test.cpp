#include "search_space/expression.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

using namespace autoglm;

namespace {

using Names = std::map<std::string, Value, std::less<>>;

const Names kKnownNames = {{"n", std::int64_t{3}},
                           {"lr", 0.5},
                           {"opt", std::string("sgd")},
                           {"flag", true},
                           {"val loss", 0.25},
                           {"nothing", Value()},
                           {"it's", std::string("it's")},
                           {"x", std::nan("")}};

Expression::Lookup lookup(const Names& names) {
  return [&names](std::string_view name) -> const Value* {
    const auto found = names.find(name);
    return found == names.end() ? nullptr : &found->second;
  };
}

bool holds(const std::string& text) {
  return Expression::parse(text, Dialect::condition).holds(lookup(kKnownNames));
}

double number(const std::string& text) {
  return Expression::parse(text, Dialect::arithmetic).number(lookup(kKnownNames));
}

// The mistake and where it is.
std::string mistake(const std::string& text, Dialect dialect = Dialect::arithmetic) {
  try {
    Expression::parse(text, dialect);
  } catch (const ExpressionError& error) {
    return std::to_string(error.offset) + ": " + error.what();
  }
  return "none";
}

std::string condition_mistake(const std::string& text) { return mistake(text, Dialect::condition); }

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) {
    result += text;
  }
  return result;
}

}  // namespace

TEST_CASE("a condition compares parameters with values") {
  CHECK(holds("opt == 'sgd'"));
  CHECK(holds("opt != \"adam\""));
  CHECK(holds("n == 3"));
  CHECK(holds("n == 3.0"));
  CHECK(holds("3 >= n"));
  CHECK(holds("n > -1"));
  CHECK(holds("lr <= 5e-1"));
  CHECK(holds("lr < .6"));
  CHECK(holds("flag == true"));
  CHECK(holds("flag"));
  CHECK_FALSE(holds("opt == 'SGD'"));
  CHECK_FALSE(holds("n < 3"));
  CHECK_FALSE(holds("flag == false"));
}

TEST_CASE("in and not in look a value up in a list") {
  CHECK(holds("opt in ['adam', 'sgd']"));
  CHECK(holds("n in [1, 3.0, -5]"));
  CHECK(holds("opt not in ['adam']"));
  CHECK(holds("flag in [true]"));
  CHECK_FALSE(holds("n not in [1, 2, 3]"));
  CHECK_FALSE(holds("opt in ['s', 'g', 'd']"));
}

TEST_CASE("1 == true does not hold, and text is no number") {
  CHECK_FALSE(Expression::parse("n == flag", Dialect::condition)
                  .holds(lookup({{"n", std::int64_t{1}}, {"flag", true}})));
  CHECK_FALSE(holds("flag in [1, 1.0]"));
  CHECK_FALSE(holds("1 == true"));
  CHECK_FALSE(holds("flag == 1"));
  CHECK_FALSE(holds("n in ['3']"));
  CHECK_FALSE(holds("nothing == n"));
}

TEST_CASE("not binds more than and, that more than or") {
  CHECK(holds("true or false and false"));
  CHECK_FALSE(holds("(true or false) and false"));
  CHECK(holds("not false and true"));
  CHECK_FALSE(holds("not (false or true)"));
  CHECK(holds("not n == 4"));  // not (n == 4)
  CHECK(holds("not not true"));
}

TEST_CASE("names that are no identifiers stand in backquotes, quotes are escaped by a backslash") {
  CHECK(holds("`val loss` < 0.3"));
  CHECK(holds("`opt` == 'sgd'"));
  CHECK(holds("`it's` == 'it\\'s'"));
  CHECK(holds("'a\\\\' == \"a\\\\\""));
  CHECK(holds("'\\\"' == '\"'"));
  CHECK(holds("'\\n' == '\\\\n'"));  // before another letter a backslash is one
  const Expression expression = Expression::parse("`a\\`b` == 1 and `in` > 2", Dialect::condition);
  CHECK(expression.names() == std::vector<std::string>{"a`b", "in"});
}

TEST_CASE("a condition on a missing value does not hold, also under not") {
  CHECK_FALSE(holds("missing == 1"));
  CHECK_FALSE(holds("not missing == 1"));
  CHECK_FALSE(holds("missing != 1"));
  CHECK_FALSE(holds("missing not in [1]"));
  CHECK_FALSE(holds("missing"));
  CHECK_FALSE(holds("missing == 1 and true"));
}

TEST_CASE("a missing value decides only where it matters") {
  CHECK(holds("missing == 1 or n == 3"));
  CHECK(holds("n == 3 or missing == 1"));
  CHECK(holds("not (missing == 1 and n == 4)"));
  CHECK_FALSE(holds("not (missing == 1 or n == 4)"));
  const Expression expression = Expression::parse("missing == 1 and n == 4", Dialect::condition);
  CHECK(expression.evaluate(lookup(kKnownNames)) == Value(false));
  CHECK(Expression::parse("missing == 1 or n == 4", Dialect::condition)
            .evaluate(lookup(kKnownNames)) == std::nullopt);
}

TEST_CASE("arithmetic binds as in Python") {
  CHECK(number("1 + 2 * 3") == 7);
  CHECK(number("(1 + 2) * 3") == 9);
  CHECK(number("10 - 4 - 3") == 3);
  CHECK(number("100 / 5 / 2") == 10);
  CHECK(number("2 ** 3 ** 2") == 512);
  CHECK(number("-2 ** 2") == -4);
  CHECK(number("2 ** -1") == 0.5);
  CHECK(number("--3") == 3);
  CHECK(number("2 * -3") == -6);
  CHECK(number("7 / 2") == 3.5);
  CHECK(number("0.7 * lr + 0.3 / n") == doctest::Approx(0.45));
}

TEST_CASE("a remainder has the sign of its divisor") {
  CHECK(number("7 % 3") == 1);
  CHECK(number("-7 % 3") == 2);
  CHECK(number("7 % -3") == -2);
  CHECK(number("-7 % -3") == -1);
  CHECK(number("5.5 % 2") == 1.5);
  CHECK(number("-6 % 3") == 0);
}

TEST_CASE("functions are those of mathematics") {
  CHECK(number("abs(-2)") == 2);
  CHECK(number("min(3, 1, 2)") == 1);
  CHECK(number("max(n, lr)") == 3);
  CHECK(number("log(exp(2))") == doctest::Approx(2));
  CHECK(number("sqrt(16)") == 4);
  CHECK(number("floor(-1.5)") == -2);
  CHECK(number("ceil(1.2)") == 2);
  CHECK(number("min(max(1, 2), 3) + abs(1 - 2)") == 3);
}

TEST_CASE("a name is a function only before a parenthesis") {
  const Names names = {{"max", 4.0}, {"log", 2.0}};
  CHECK(Expression::parse("max + log", Dialect::arithmetic).number(lookup(names)) == 6);
}

TEST_CASE("what has no value is not a number, and no comparison with it holds") {
  CHECK(std::isinf(number("1 / 0")));
  CHECK(std::isnan(number("0 / 0")));
  CHECK(std::isnan(number("1 % 0")));
  CHECK(std::isnan(number("log(-1)")));
  CHECK(std::isnan(number("missing + 1")));
  CHECK(std::isnan(number("min(missing, 1)")));
  CHECK(std::isnan(number("min(1, x)")));
  CHECK(std::isnan(number("opt * 2")));
  for (const char* text : {"x < 1", "x >= 1", "x == x", "0 / 0 == 0 / 0"}) {
    CHECK_FALSE(Expression::parse(text, Dialect::arithmetic).holds(lookup(kKnownNames)));
  }
}

TEST_CASE("ordering text and numbers has no value") {
  CHECK(Expression::parse("opt < n", Dialect::condition).evaluate(lookup(kKnownNames)) ==
        std::nullopt);
  CHECK_FALSE(holds("not (opt < n)"));
}

TEST_CASE("an expression knows its names in order, its text and whether it is a condition") {
  const Expression expression = Expression::parse("b * a <= b and c in [1]", Dialect::arithmetic);
  CHECK(expression.names() == std::vector<std::string>{"b", "a", "c"});
  CHECK(expression.text() == "b * a <= b and c in [1]");
  for (const char* text : {"a < 1", "a in [1]", "not a", "a and b", "a or b", "true"}) {
    CHECK(Expression::parse(text, Dialect::arithmetic).is_logical());
  }
  for (const char* text : {"a", "a + 1", "1", "'x'", "-a", "log(a)"}) {
    CHECK_FALSE(Expression::parse(text, Dialect::arithmetic).is_logical());
  }
}

TEST_CASE("comparisons do not chain") {
  const std::string rule = "comparisons do not chain; write a < b and b < c";
  CHECK(mistake("a < b < c") == "6: " + rule);
  CHECK(mistake("1 == a == b") == "7: " + rule);
  CHECK(mistake("a in [1] == true") == "9: " + rule);
  CHECK(mistake("a < b in [1]") == "6: " + rule);
}

TEST_CASE("operands must fit their operators") {
  CHECK(mistake("a < 'x'") == "4: < needs numbers; \"x\" does not fit (text has ==, != and in)");
  CHECK(mistake("a + true") == "4: + needs numbers; true does not fit");
  CHECK(mistake("(a < b) + 1") == "3: + needs numbers; this, which is true or false, does not fit");
  CHECK(mistake("a and 3") == "6: and needs conditions; 3 does not fit");
  CHECK(mistake("not 'x'") == "4: not needs conditions; \"x\" does not fit");
  CHECK(mistake("-'x'") == "1: - needs numbers; \"x\" does not fit (text has ==, != and in)");
  CHECK(mistake("log(a < 1)") ==
        "6: a function needs numbers; this, which is true or false, does not fit");
  CHECK(mistake("1 == 'x'") == "2: 1 never equals \"x\" since they differ in kind");
  CHECK(mistake("(a < 1) == 'x'") ==
        "8: this, which is true or false, never equals \"x\" since they differ in kind");
}

TEST_CASE("a condition has no arithmetic") {
  const std::string remedy = "; compare a parameter with a value, or write a constraint";
  CHECK(condition_mistake("n + 1 == 3") ==
        "2: a condition has no arithmetic, but here is +" + remedy);
  CHECK(condition_mistake("n ** 2 == 4") ==
        "2: a condition has no arithmetic, but here is **" + remedy);
  CHECK(condition_mistake("abs(n) == 3") ==
        "0: a condition has no arithmetic, but here is abs" + remedy);
  CHECK(condition_mistake("-n == 3") == "0: a condition has no arithmetic, but here is -" + remedy);
  CHECK(condition_mistake("n == -3") == "none");
}

TEST_CASE("what other languages write is answered with what is written here") {
  CHECK(mistake("a = 1") == "2: \"=\" is not known here; write ==");
  CHECK(mistake("a === 1") == "2: \"===\" is not known here; write ==");
  CHECK(mistake("a <> 1") == "2: \"<>\" is not known here; write !=");
  CHECK(mistake("a =< 1") == "2: \"=<\" is not known here; write <=");
  CHECK(mistake("a && b") == "2: \"&&\" is not known here; write and");
  CHECK(mistake("a || b") == "2: \"||\" is not known here; write or");
  CHECK(mistake("!a") == "0: \"!\" is not known here; write not");
  CHECK(mistake("a ^ 2") == "2: \"^\" is not known here; write **");
  CHECK(mistake("a // 2") == "2: \"//\" is not known here; write floor(a / b)");
  CHECK(mistake("a == True") == "5: True is written true here");
  CHECK(mistake("a And b") == "2: And is written and here");
  CHECK(mistake("tanh(a)") ==
        "0: there is no function tanh; there are abs min max log exp sqrt floor ceil");
  CHECK(mistake("val.loss < 1") == "0: a name with a point stands in backquotes; write `val.loss`");
}

TEST_CASE("mistakes of form are placed where they are") {
  CHECK(mistake("") == "0: the expression is empty; write one, or remove the key");
  CHECK(mistake("  ") == "0: the expression is empty; write one, or remove the key");
  CHECK(mistake("a <") == "3: the expression ends where a value is expected");
  CHECK(mistake("a b") == "2: an operator is missing before b");
  CHECK(mistake("a < )") == "4: a value is expected here, not \")\"");
  CHECK(mistake("(a < 1") == "6: \")\" is missing here");
  CHECK(mistake("a < 1)") == "5: an operator is missing before )");
  CHECK(mistake("a in 1") == "5: a list must follow \"in\"; write it like ['a', 'b'] or [1, 2]");
  CHECK(mistake("a in []") == "6: the list is empty; name at least one value");
  CHECK(mistake("a in [1, ]") == "9: a comma before \"]\"; remove it");
  CHECK(mistake("a in [1 2]") == "8: the list must go on with \",\" or end with \"]\" here");
  CHECK(mistake("a in [b]") == "6: a list holds values, not names; write 'b'");
  CHECK(mistake("a in [-'b']") == "7: a number must follow \"-\" here");
  CHECK(mistake("a not [1]") == "6: \"in\" must follow \"not\" here; write: not in [...]");
  CHECK(mistake("a == 'x") == "5: this ' has no counterpart; close it");
  CHECK(mistake("`` < 1") == "0: a name is missing between the backquotes");
  CHECK(mistake("a < 1x") == "4: this number is malformed; write it like 3, 0.5 or 1e-4");
  CHECK(mistake("a < 0x10") == "4: this number is malformed; write it like 3, 0.5 or 1e-4");
  CHECK(mistake("a < 1.2.3") == "4: this number is malformed; write it like 3, 0.5 or 1e-4");
  CHECK(mistake("a < 1e999") == "4: this number is beyond those that a computer has");
  CHECK(mistake("é < 1") ==
        "0: \"é\" is not known here; names that are not plain words stand in backquotes");
  CHECK(mistake("a < \x01") ==
        "4: \"\\u0001\" is not known here; names that are not plain words stand in backquotes");
  CHECK(mistake("min(1)") == "0: min takes two arguments or more, not 1");
  CHECK(mistake("log(1, 2)") == "0: log takes one argument, not 2");
  CHECK(mistake("log()") == "4: a value is expected here, not \")\"");
}

TEST_CASE("a hundred levels of nesting are read, more are not") {
  const std::string rule = ": the expression is nested more than 100 deep; make it simpler";
  CHECK(mistake(repeated("(", 100) + "a" + repeated(")", 100)) == "none");
  CHECK(mistake(repeated("(", 101) + "a" + repeated(")", 101)) == "100" + rule);
  CHECK(mistake(repeated("-", 10'000) + "a") == "100" + rule);
  CHECK(mistake(repeated("not ", 10'000) + "a") == "400" + rule);
  CHECK(mistake(repeated("2 ** ", 10'000) + "2") == "502" + rule);
  CHECK(mistake(repeated("abs(", 101) + "a" + repeated(")", 101)) == "403" + rule);
}

TEST_CASE("long sums and lists of conditions are no nesting") {
  CHECK(number("0" + repeated(" + 1", 10'000)) == 10'000);
  CHECK(holds("false" + repeated(" or n == 3", 5000)));
  CHECK(mistake(repeated("1 + ", 20'000) + "1") ==
        "0: an expression of more than 65536 bytes; make it shorter");
}
