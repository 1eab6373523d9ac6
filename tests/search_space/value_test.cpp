#include "search_space/value.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "search_space/configuration.h"
#include "search_space/random.h"
#include "search_space/utf8.h"

using namespace autoglm;

namespace {

constexpr std::int64_t kBig = (std::int64_t{1} << 53) + 1;  // no double

}  // namespace

TEST_CASE("numbers are written as Python writes them") {
  CHECK(number_text(0.1) == "0.1");
  CHECK(number_text(3.0) == "3.0");
  CHECK(number_text(0.0005) == "0.0005");
  CHECK(number_text(0.0001) == "0.0001");
  CHECK(number_text(1e-05) == "1e-05");
  CHECK(number_text(0.1 + 0.2) == "0.30000000000000004");
  CHECK(number_text(-1234.5) == "-1234.5");
  CHECK(number_text(1e15) == "1000000000000000.0");
  CHECK(number_text(1e16) == "1e+16");
  CHECK(number_text(1e300) == "1e+300");
  CHECK(number_text(5e-324) == "5e-324");
  CHECK(number_text(-0.0) == "-0.0");
  CHECK(number_text(std::nan("")) == "nan");
  CHECK(number_text(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(number_text(-std::numeric_limits<double>::infinity()) == "-inf");
}

TEST_CASE("every number's text reads back as the same number") {
  Rng rng(1, 0);
  for (int i = 0; i < 20'000; ++i) {
    const double number = std::ldexp(rng.uniform() - 0.5, static_cast<int>(rng.below(2000)) - 1000);
    CHECK(std::strtod(number_text(number).c_str(), nullptr) == number);
  }
}

TEST_CASE("a program receives text as it is, the rest as JSON") {
  CHECK(value_text(std::string("a \"b\"")) == "a \"b\"");
  CHECK(value_text(true) == "true");
  CHECK(value_text(std::int64_t{7}) == "7");
  CHECK(value_text(0.5) == "0.5");
  CHECK(value_text(Value()) == "null");
  CHECK(value_json(std::string("a \"b\"")) == "\"a \\\"b\\\"\"");
}

TEST_CASE("JSON text is escaped, and always UTF-8") {
  CHECK(json_quoted("a\"\\/\b\f\n\r\t\x01\x1fé😀") == R"("a\"\\/\b\f\n\r\t\u0001\u001fé😀")");
  CHECK(json_quoted("\xff\xc3") == "\"\ufffd\ufffd\"");
}

TEST_CASE("values are equal as Python has it") {
  const Value one = std::int64_t{1};
  CHECK(same_value(one, 1.0));
  CHECK(same_value(one, true));
  CHECK(same_value(1.0, true));
  CHECK(same_value(0.0, false));
  CHECK(same_value(-0.0, std::int64_t{0}));
  CHECK(same_value(std::string("a"), std::string("a")));
  CHECK(same_value(Value(), Value()));
  CHECK_FALSE(same_value(one, std::string("1")));
  CHECK_FALSE(same_value(Value(), false));
  CHECK_FALSE(same_value(kBig, static_cast<double>(kBig)));  // the double is 2^53
  CHECK_FALSE(same_value(std::nan(""), std::nan("")));
}

TEST_CASE("keys of values are equal exactly where the values are") {
  const std::vector<Value> values = {Value(),
                                     true,
                                     false,
                                     std::int64_t{0},
                                     std::int64_t{1},
                                     std::int64_t{-1},
                                     kBig,
                                     0.0,
                                     -0.0,
                                     1.0,
                                     0.5,
                                     1e300,
                                     9007199254740992.,
                                     9.3e18,
                                     std::string("1"),
                                     std::string("true"),
                                     std::string("null"),
                                     std::string("0.5"),
                                     std::string()};
  for (const Value& a : values) {
    for (const Value& b : values) {
      CAPTURE(value_json(a));
      CAPTURE(value_json(b));
      CHECK((value_key(a) == value_key(b)) == same_value(a, b));
    }
  }
}

TEST_CASE("configurations are equal if their parameters are, in whatever order") {
  const Configuration a({{"n", std::int64_t{1}}, {"opt", std::string("sgd")}});
  const Configuration b({{"opt", std::string("sgd")}, {"n", 1.0}});
  const Configuration c({{"opt", std::string("sgd")}, {"n", 2.0}});
  const Configuration d({{"opt", std::string("sgd")}});
  CHECK(configuration_key(a) == configuration_key(b));
  const std::set<std::string> keys = {configuration_key(a), configuration_key(c),
                                      configuration_key(d), configuration_key({})};
  CHECK(keys.size() == 4);
  // Names and values cannot run into each other.
  CHECK(configuration_key(Configuration({{"a\":1,\"b", std::int64_t{2}}})) !=
        configuration_key(Configuration({{"a", std::int64_t{1}}, {"b", std::int64_t{2}}})));
}

TEST_CASE("a configuration is JSON in its own order") {
  Configuration configuration({{"n", std::int64_t{1}}, {"a", 0.5}});
  configuration.set("n", std::int64_t{2});
  configuration.set("x\"y", std::string("é"));
  CHECK(configuration_json(configuration) == R"({"n": 2, "a": 0.5, "x\"y": "é"})");
  CHECK(configuration_json({}) == "{}");
  CHECK(configuration.find("b") == nullptr);
  CHECK(configuration.contains("a"));
}

TEST_CASE("UTF-8 is told from what is none") {
  CHECK(utf8_length("a", 0) == 1);
  CHECK(utf8_length("é", 0) == 2);
  CHECK(utf8_length("€", 0) == 3);
  CHECK(utf8_length("😀", 0) == 4);
  for (const char* bad : {"\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xed\xa0\x80",
                          "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    CHECK(utf8_length(bad, 0) == 0);
  }
  std::string all;
  for (const std::uint32_t code : {0x24U, 0xa3U, 0x20acU, 0xd7ffU, 0xe000U, 0x10348U, 0x10ffffU}) {
    const std::size_t at = all.size();
    append_utf8(all, code);
    CHECK(utf8_code_point(all, at) == code);
  }
  CHECK(utf8_characters(all, all.size()) == 7);
}

TEST_CASE("a name in a message has at most sixty characters and none that moves the cursor") {
  CHECK(shown("a\r\n\t\x1b[0m\u009b\xff") == "a\\r\\n\\t\\u001b[0m\\u009b\\xff");
  std::string sixty;
  for (int i = 0; i < 60; ++i) {
    sixty += "é";
  }
  CHECK(shown(sixty) == sixty);
  CHECK(shown(sixty + "x") == sixty + "…");
}
