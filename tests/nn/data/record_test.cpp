#include <doctest/doctest.h>

#include "data_fixture.h"
#include "trainer/nn/data/cells.h"
#include "trainer/nn/data/record_scanner.h"

namespace autoglm::nn {
namespace {

using Texts = std::vector<std::string>;

Texts texts_of(const Cells& cells) {
  Texts texts;
  for (const Cell& cell : cells.list) {
    texts.emplace_back(cell.text);
  }
  return texts;
}

Texts csv(std::string_view record) {
  Cells cells;
  split_csv(record, ',', cells);
  return texts_of(cells);
}

/// "line:bytes" of each record, or "line! problem".
Texts records_of(std::string_view bytes, std::optional<char> separator = ',') {
  const DataFolder folder;
  const DataFile file(folder.write("records", bytes));
  RecordScanner scanner(file, separator, {});
  Texts result;
  Record record;
  while (scanner.next(record)) {
    const std::string text =
        record.problem.empty() ? ":" + std::string(record.bytes) : "! " + record.problem;
    result.push_back(std::to_string(record.line) + text);
  }
  return result;
}

TEST_CASE("fields are split as RFC 4180 says") {
  CHECK(csv("a,b,c") == Texts{"a", "b", "c"});
  CHECK(csv("") == Texts{""});
  CHECK(csv(",") == Texts{"", ""});
  CHECK(csv("\"a,b\",c") == Texts{"a,b", "c"});
  CHECK(csv("\"a \"\"b\"\" c\",\"\",\"\"\"\"") == Texts{"a \"b\" c", "", "\""});
  CHECK(csv("\"a\nb\",c") == Texts{"a\nb", "c"});
  CHECK(csv("x,\"\"\"a\"\"\"\"\"") == Texts{"x", "\"a\"\""});
}

TEST_CASE("a quote inside a field that does not begin with one is a character") {
  CHECK(csv("5\" pipe,2") == Texts{"5\" pipe", "2"});
  CHECK(records_of("5\" pipe,2\nx,y\n") == Texts{"1:5\" pipe,2", "2:x,y"});
}

// Regression: a field that opens a quote and never closes it was split for ever.
TEST_CASE("quotes that do not fit together are split somehow, and it ends") {
  CHECK(csv("\"") == Texts{""});
  CHECK(csv("\"a") == Texts{"a"});
  CHECK(csv("\"\"\"") == Texts{"\""});
  CHECK(csv("\"a\"\"b,c") == Texts{"a\"b,c"});
  CHECK(csv("x,\"a\"b,c") == Texts{"x", "a", "c"});
}

TEST_CASE("records end where lines end, but not within quotes") {
  CHECK(records_of("a,b\n1,2\n") == Texts{"1:a,b", "2:1,2"});
  CHECK(records_of("a,b\r\n1,2\r\n") == Texts{"1:a,b", "2:1,2"});
  CHECK(records_of("a\n1") == Texts{"1:a", "2:1"});
  CHECK(records_of("\"a\nb\",c\nd,e\n") == Texts{"1:\"a\nb\",c", "3:d,e"});
  CHECK(records_of("\"a\r\nb\"\r\nd\r\n") == Texts{"1:\"a\r\nb\"", "3:d"});
  CHECK(records_of("\"a\n\n\nb\"\nd\n") == Texts{"1:\"a\n\n\nb\"", "5:d"});
  CHECK(records_of("\"a\"\n") == Texts{"1:\"a\""});
  CHECK(records_of("x,\"a\"") == Texts{"1:x,\"a\""});
}

TEST_CASE("lines of JSON end within quotes too") {
  CHECK(records_of("\"a\nb\"\n", std::nullopt) == Texts{"1:\"a", "2:b\""});
}

TEST_CASE("blank lines are no records") {
  CHECK(records_of("\n\na\n \t\n\r\nb\n\n") == Texts{"3:a", "6:b"});
  CHECK(records_of("").empty());
  CHECK(records_of("\n\n").empty());
}

// Regression: in a file with tabs they were passed over as blank lines.
TEST_CASE("a line of separators alone is a record of empty fields") {
  CHECK(records_of(",\n", ',') == Texts{"1:,"});
  CHECK(records_of("a\tb\n\t\n \n\n", '\t') == Texts{"1:a\tb", "2:\t"});
  CHECK(records_of("\t\n", ',').empty());
}

TEST_CASE("after an unreadable record reading goes on with the line after its first") {
  CHECK(records_of("a,\"b\n1,2\n3,4\n") ==
        Texts{"1! a quote is opened here and never closed; close it, or write it twice", "2:1,2",
              "3:3,4"});
  CHECK(records_of("\"a\n1,2\n\"b\",3\n4\n") ==
        Texts{"1! text stands behind a closing quote; write a quote within a field twice", "2:1,2",
              "3:\"b\",3", "4:4"});
  CHECK(
      records_of("\"a\"b,c\n1,2\n") ==
      Texts{"1! text stands behind a closing quote; write a quote within a field twice", "2:1,2"});
}

TEST_CASE("text that is no UTF-8, and zero bytes, are told with their place") {
  CHECK(records_of("ä,b\nab\xff,c\nd\n") ==
        Texts{"1:ä,b", "2! byte 3 of the record is no UTF-8; save the file as UTF-8", "3:d"});
  CHECK(records_of(std::string_view("a\0b\n", 4)) ==
        Texts{"1! byte 2 of the record is zero; this is no text"});
  CHECK(records_of("\xc3") == Texts{"1! byte 1 of the record is no UTF-8; save the file as UTF-8"});
}

TEST_CASE("records of any length up to the limit are read whole, longer ones are told") {
  const std::string longest(RecordScanner::kLongest, 'x');
  CHECK(records_of("a\n" + longest + "\nb\n") == Texts{"1:a", "2:" + longest, "3:b"});
  const Texts found = records_of("a\n" + longest + "x\nb\n");
  REQUIRE(found.size() == 3);
  CHECK(found[1] == "2! the line is longer than 64 MiB; is this a text file, one record a line?");
  CHECK(found[2] == "3:b");
}

// Each line is a record that a quote leaves open, from whichever line one begins.
TEST_CASE("quotes that never fit together do not make the file be read over and over") {
  std::string bytes;
  while (bytes.size() < (std::size_t{8} << 20U)) {
    bytes += "\",x\",\"\n";
  }
  std::string error;
  try {
    records_of(bytes);
  } catch (const DataError& thrown) {
    error = thrown.what();
  }
  CHECK(error.find("records:10: the quotes of this file do not fit together; write fields that "
                   "hold quotes, separators or line ends as RFC 4180 says") != std::string::npos);
}

Texts json(std::string_view record) {
  Cells cells;
  const std::string problem = split_json(record, cells);
  if (!problem.empty()) {
    return {"! " + problem};
  }
  Texts texts;
  for (const Cell& cell : cells.list) {
    texts.push_back(std::string(cell.key) + "=" + std::string(cell.text) +
                    (cell.nested ? " nested" : ""));
  }
  return texts;
}

TEST_CASE("an object of JSON is split into its keys and values") {
  CHECK(json("{}").empty());
  CHECK(json(R"( { "a" : 1.5e3 , "b":"x", "c":null,"d":true } )") ==
        Texts{"a=1.5e3", "b=x", "c=", "d=true"});
  CHECK(json(R"({"a": NaN, "b": -Infinity})") == Texts{"a=NaN", "b=-Infinity"});
  CHECK(json(R"({"a":{"b":["}",[1]]},"c":[]})") ==
        Texts{R"(a={"b":["}",[1]]} nested)", "c=[] nested"});
}

TEST_CASE("escapes of JSON are what they mean") {
  CHECK(json(R"({"a":"\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00z"})") == Texts{"a=\"\\/\b\f\n\r\tä😀z"});
  CHECK(json(R"({"\u0061b":"\u0063"})") == Texts{"ab=c"});
}

TEST_CASE("what is no object of JSON is told") {
  const std::string ended = "! the line ends within the object; is it one object a line?";
  for (const std::string text : {"{", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
                                 "{\"a\":\"b", "{\"a\":[1", "{\"a\":{\"b\":\"", "{\"a\":\"\\"}) {
    const Texts found = json(text);
    REQUIRE(found.size() == 1);
    CHECK_MESSAGE(found[0].starts_with("! "), text);
  }
  CHECK(json("{\"a\":1") == Texts{ended});
  CHECK(json("[1,2]") == Texts{"! a line is one object, such as {\"x\": 1.5}, not \"[1,2]\""});
  CHECK(json("{\"a\":1} {") == Texts{"! \"{\" stands behind the object; begin a line"});
  CHECK(json("{\"a\":01}") == Texts{"! 01 is no JSON number; write 1"});
  CHECK(json("{\"a\":True}") == Texts{"! True is no JSON; write true"});
  CHECK(json("{a:1}") == Texts{"! a key stands in double quotes; write \"a\""});
  CHECK(json("{\"a\":1 \"b\":2}") == Texts{"! a comma is missing before this; add it"});
  CHECK(json(R"({"a":"\ud83d"})") ==
        Texts{"! \\u needs four hexadecimal digits, and half a surrogate pair its other half"});
  CHECK(json("{\"a\":\"\t\"}") == Texts{"! \"\\t\" stands in a text; write it as an escape"});
}

}  // namespace
}  // namespace autoglm::nn
