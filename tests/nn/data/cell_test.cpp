#include "trainer/nn/data/cell.h"

#include <doctest/doctest.h>

#include <string>

namespace autoglm::nn {
namespace {

using Kind = CellValue::Kind;

TEST_CASE("decimal numbers are numbers, however they are written") {
  const std::pair<std::string, double> cases[] = {{"0", 0},
                                                  {"-1", -1},
                                                  {"+2", 2},
                                                  {"1.5", 1.5},
                                                  {".5", 0.5},
                                                  {"1.", 1},
                                                  {"1e3", 1000},
                                                  {"-2.5E-1", -0.25},
                                                  {"007", 7},
                                                  {"1e38", 1e38},
                                                  {"1e-400", 0},
                                                  {"-1e-400", 0},
                                                  {"123456789012345678", 123456789012345678.0}};
  for (const auto& one : cases) {
    const CellValue value = read_cell(one.first);
    CHECK_MESSAGE(value.kind == Kind::number, one.first);
    CHECK_MESSAGE(value.number == one.second, one.first);
    CHECK_FALSE(value.word);
  }
}

TEST_CASE("true and false are the numbers 1 and 0") {
  for (const std::string text : {"true", "True", "TRUE"}) {
    CHECK(read_cell(text).number == 1);
  }
  for (const std::string text : {"false", "False", "FALSE"}) {
    CHECK(read_cell(text).kind == Kind::number);
    CHECK(read_cell(text).number == 0);
    CHECK(read_cell(text).word);
  }
}

TEST_CASE("a cell without a value is missing, by rule") {
  for (const std::string text :
       {"", "NA", "N/A", "NaN", "nan", "NAN", "-nan", "null", "NULL", "?"}) {
    CHECK_MESSAGE(read_cell(text).kind == Kind::missing, text);
  }
}

TEST_CASE("numbers that f32 cannot hold are beyond") {
  for (const std::string text :
       {"inf", "-inf", "Infinity", "-Infinity", "1e39", "-1e39", "1e400"}) {
    CHECK_MESSAGE(read_cell(text).kind == Kind::beyond, text);
  }
}

TEST_CASE("all else is text") {
  for (const std::string text : {"a", "1,5", "1_000", "0x10", "1 2", "+-1", "--1", "5%", "1e", "-",
                                 "+", ".", "e5", "yes", "none", "nan(1)", "nano", "infinite"}) {
    CHECK_MESSAGE(read_cell(text).kind == Kind::text, text);
  }
}

TEST_CASE("what is blank around a text does not belong to it") {
  CHECK(trimmed(" \ta b\r ") == "a b");
  CHECK(trimmed(" \t ").empty());
  CHECK(trimmed("").empty());
}

}  // namespace
}  // namespace autoglm::nn
