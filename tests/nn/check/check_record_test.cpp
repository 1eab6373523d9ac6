#include "trainer/nn/check/check_record.h"

#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>

namespace autoglm::nn {
namespace {

CheckRecord example() {
  return {.of = {.identity = "0123",
                 .driver = "580.1",
                 .libraries = "cuDNN 91900",
                 .build = "abc",
                 .program = "0.1.0"},
          .device = "cuda:0 \"odd\" \xFF name",
          .date = "2026-11-26T10:00:00Z",
          .operations = {
              {{"add", DType::bf16},
               {.cases = 3,
                .error = INFINITY,
                .limit = 0x1p-7,
                .part_of_limit = INFINITY,
                .repeatable = false,
                .faults = {"add bf16 7 relu: y: two runs differ", "another"}}},
              {{"add", DType::f16}, {.cases = 2, .limit = 0x1p-10}},
              {{"cast", DType::f32}, {.cases = 1, .error = 1, .faults = {"cast f32 1: wrong"}}}}};
}

TEST_CASE("a check record reads back as it was written, infinite errors too") {
  const CheckRecord back = parse_check_record(to_json(example()));
  CHECK(back.of == example().of);
  CHECK(back.device == "cuda:0 \"odd\" \xEF\xBF\xBD name");
  CHECK(back.date == "2026-11-26T10:00:00Z");
  REQUIRE(back.operations.size() == 3);
  const OperationCheck& add = back.operations.at({"add", DType::bf16});
  CHECK(add.cases == 3);
  CHECK(add.error == INFINITY);
  CHECK(add.limit == 0x1p-7);
  CHECK(add.part_of_limit == INFINITY);
  CHECK_FALSE(add.repeatable);
  CHECK(add.faults.size() == 2);
}

TEST_CASE("what is wrong in a check record are the operations with faults, in their types") {
  CHECK(example().wrong() == std::set<Comparison::Key>{{"add", DType::bf16}, {"cast", DType::f32}});
  CHECK(example().first_fault() == "add bf16 7 relu: y: two runs differ");
  CHECK(CheckRecord{}.wrong().empty());
  CHECK(CheckRecord{}.first_fault().empty());
}

TEST_CASE("text that is no check record is an error that says why, wherever it was cut") {
  const std::string whole = to_json(example());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CHECK_THROWS_AS(parse_check_record(whole.substr(0, length)), std::runtime_error);
  }
  const auto changed = [&whole](const std::string& from, const std::string& to) {
    std::string text = whole;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  CHECK_THROWS_WITH(parse_check_record(changed("\"schema_version\":1", "\"schema_version\":2")),
                    "schema_version is 2, must be 1");
  CHECK_THROWS_WITH(parse_check_record(changed("\"f16\"", "\"f64\"")), "there is no type \"f64\"");
  CHECK_THROWS_AS(parse_check_record(changed("\"cases\":3", "\"cases\":\"3\"")),
                  std::runtime_error);
  CHECK_THROWS_AS(parse_check_record("null"), std::runtime_error);
}

}  // namespace
}  // namespace autoglm::nn
