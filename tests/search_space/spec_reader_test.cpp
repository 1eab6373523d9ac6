#include <doctest/doctest.h>

#include <string>

#include "search_space/spec_document.h"

using namespace autoglm;

namespace {

// The line that a user reads for `text`.
std::string complaint(const std::string& text) {
  try {
    read_spec(text, "s.json");
  } catch (const SpecError& error) {
    return error.what();
  }
  return "no mistake";
}

std::string nested(int depth) {
  const auto size = static_cast<std::size_t>(depth);
  return std::string(size, '[') + std::string(size, ']');
}

}  // namespace

TEST_CASE("a spec keeps kinds, values and the order of keys") {
  const SpecRoot root =
      read_spec(R"({"b": 1, "a": [2.5, "x", true, null], "c": {}, "d": -0.5e-3})", "s.json");
  CHECK(to_json(*root) == R"({"b": 1, "a": [2.5, "x", true, null], "c": {}, "d": -0.0005})");
  CHECK(root->member("b")->is(SpecNode::Kind::integer));
  CHECK(root->member("b")->integer == 1);
  CHECK(root->member("b")->number == 1.0);
  CHECK(root->member("a")->elements[0]->is(SpecNode::Kind::number));
  CHECK(root->member("d")->number == -0.0005);
  CHECK(root->member("e") == nullptr);
}

TEST_CASE("every value and key knows its line, column and pointer") {
  const SpecRoot root = read_spec("{\n  \"a/b\": [10,\n   {\"m~n\": 1}]}", "s.json");
  const SpecMember& member = root->members[0];
  CHECK(root->place.line == 1);
  CHECK(root->place.column == 1);
  CHECK(root->place.pointer.empty());
  CHECK(member.key_place.line == 2);
  CHECK(member.key_place.column == 3);
  CHECK(member.key_place.pointer == "/a~1b");
  CHECK(member.value->place.column == 10);
  const SpecNode& inner = *member.value->elements[1];
  CHECK(inner.place.line == 3);
  CHECK(inner.place.column == 4);
  CHECK(inner.members[0].value->place.pointer == "/a~1b/1/m~0n");
  CHECK(inner.members[0].value->place.column == 12);
}

TEST_CASE("columns count characters: a tab is one, é is one, CRLF ends one line") {
  CHECK(complaint("\t{\"é€😀\":\tx}") ==
        "s.json:1:10: /é€😀: x is no JSON; text stands in double "
        "quotes: \"x\"");
  CHECK(complaint("{\r\n\"a\": 1,\r\n\r\n  \"a\": 2}") ==
        "s.json:4:3: /a: the key \"a\" was already given at 2:1; remove one of the two");
}

TEST_CASE("a byte order mark is no character of the text") {
  CHECK(to_json(*read_spec("\xef\xbb\xbf{\"a\": 1}", "s.json")) == R"({"a": 1})");
  CHECK(complaint("\xef\xbb\xbf}") == "s.json:1:1: /: a value is missing before \"}\"");
}

TEST_CASE("comments may stand wherever blanks may") {
  CHECK(to_json(*read_spec("// é\n/**/{/* { */\"a\"// :\n:/*/*/1/***/,\"b\":2}//", "s.json")) ==
        R"({"a": 1, "b": 2})");
}

TEST_CASE("escapes in strings become characters") {
  const SpecRoot root =
      read_spec(R"(["\"\\\/\b\f\n\r\t", "\u00e9\u20AC", "\ud83d\ude00"])", "s.json");
  CHECK(root->elements[0]->string == "\"\\/\b\f\n\r\t");
  CHECK(root->elements[1]->string == "é€");
  CHECK(root->elements[2]->string == "😀");
}

TEST_CASE("integers are exact up to 64 bits, beyond that they are numbers") {
  const SpecRoot root = read_spec(
      "[9223372036854775807, -9223372036854775808, 9223372036854775808, 1e3, -0]", "s.json");
  CHECK(root->elements[0]->integer == 9223372036854775807);
  CHECK(root->elements[1]->integer == -9223372036854775807 - 1);
  CHECK(root->elements[2]->is(SpecNode::Kind::number));
  CHECK(root->elements[2]->number == 9223372036854775808.0);
  CHECK(root->elements[3]->is(SpecNode::Kind::number));
  CHECK(root->elements[4]->is(SpecNode::Kind::integer));
}

TEST_CASE("a number too small for a computer is zero, one too great is a mistake") {
  CHECK(read_spec("1e-400", "s.json")->number == 0.0);
  CHECK(read_spec("5e-324", "s.json")->number == 5e-324);
  CHECK(read_spec("1.7976931348623157e308", "s.json")->number == 1.7976931348623157e308);
  CHECK(complaint("{\"max\": -1e999}") ==
        "s.json:1:9: /max: -1e999 is beyond the greatest number that a computer has, about "
        "1.8e308; write a smaller one");
}

TEST_CASE("what is no JSON value is named, with what to write instead") {
  CHECK(complaint("") ==
        "s.json:1:1: /: there is nothing here; a JSON value is needed, such as {}");
  CHECK(complaint("// only\n") ==
        "s.json:2:1: /: there is nothing here; a JSON value is needed, such as {}");
  CHECK(complaint("[adam]") ==
        "s.json:1:2: /0: adam is no JSON; text stands in double quotes: \"adam\"");
  CHECK(complaint("['adam']") ==
        "s.json:1:2: /0: text stands in double quotes, not in single ones; write \"adam\"");
  CHECK(complaint("[“adam”]") ==
        "s.json:1:2: /0: text stands in straight double quotes (\"), not in typographic ones");
  CHECK(complaint("[True]") == "s.json:1:2: /0: True is no JSON; write true");
  CHECK(complaint("[None]") == "s.json:1:2: /0: None is no JSON; write null");
  CHECK(complaint("[NaN]") == "s.json:1:2: /0: NaN is no JSON number; write a finite one");
  CHECK(complaint("[-Infinity]") ==
        "s.json:1:2: /0: -Infinity is no JSON number; write a finite one");
  CHECK(complaint("[1,,2]") == "s.json:1:4: /1: a value is missing before \",\"");
  CHECK(complaint("{\"a\":}") == "s.json:1:6: /a: a value is missing before \"}\"");
  CHECK(complaint("[\u00a01]") == "s.json:1:2: /0: the character (U+00A0) begins no JSON value");
  CHECK(complaint("[%]") == "s.json:1:2: /0: \"%\" begins no JSON value");
  CHECK(complaint("[λ]") == "s.json:1:2: /0: \"λ\" (U+03BB) begins no JSON value");
}

TEST_CASE("a number that is not JSON's is shown as it should be written") {
  CHECK(complaint("0x1F") == "s.json:1:1: /: 0x1F is hexadecimal; write the number in decimal");
  CHECK(complaint("007") == "s.json:1:1: /: 007 is no JSON number; write 7");
  CHECK(complaint("-01.5") == "s.json:1:1: /: -01.5 is no JSON number; write -1.5");
  CHECK(complaint(".5") == "s.json:1:1: /: .5 is no JSON number; write 0.5");
  CHECK(complaint("5.") == "s.json:1:1: /: 5. is no JSON number; write 5.0");
  CHECK(complaint("+5") == "s.json:1:1: /: +5 is no JSON number; write 5");
  CHECK(complaint("1_000") == "s.json:1:1: /: 1_000 is no JSON number; write it without \"_\"");
  CHECK(complaint("1e") == "s.json:1:1: /: 1e is no JSON number; write one like 3, 0.5 or 1e-4");
  CHECK(complaint("-") == "s.json:1:1: /: - is no JSON number; write one like 3, 0.5 or 1e-4");
}

TEST_CASE("what goes wrong between values is named, with its remedy") {
  CHECK(complaint("[1, 2,\n]") == "s.json:1:6: /: a comma before \"]\"; remove it");
  CHECK(complaint("{\"a\": 1,}") == "s.json:1:8: /: a comma before \"}\"; remove it");
  CHECK(complaint("{\"a\": 1\n \"b\": 2}") ==
        "s.json:2:2: /: a comma is missing before this; add "
        "it");
  CHECK(complaint("[1; 2]") == "s.json:1:3: /: \";\" separates nothing in JSON; write \",\"");
  CHECK(complaint("{\"a\": [1}") == "s.json:1:9: /a: \"}\" closes nothing here; write \"]\"");
  CHECK(complaint("[1: 2]") == "s.json:1:3: /: \":\" is not expected here; write \",\" or \"]\"");
  CHECK(complaint("{\"a\" = 1}") == "s.json:1:6: /: \"=\" after the key \"a\"; write \":\"");
  CHECK(complaint("{\"a\" 1}") == "s.json:1:6: /: the key \"a\" needs \":\" and a value after it");
  CHECK(complaint("{a: 1}") == "s.json:1:2: /: a key stands in double quotes; write \"a\"");
  CHECK(complaint("{'a': 1}") ==
        "s.json:1:2: /: text stands in double quotes, not in single ones; write \"a\"");
  CHECK(complaint("{, \"a\": 1}") == "s.json:1:2: /: a comma with nothing before it; remove it");
  CHECK(complaint("{[1]}") == "s.json:1:2: /: a key in double quotes is expected here, not \"[\"");
  CHECK(complaint("{} {}") ==
        "s.json:1:4: /: more text after the end of the JSON; remove it, or mend the brackets "
        "before it");
  CHECK(complaint("[1 # one\n]") == "s.json:1:4: /: \"#\" begins no comment here; write //");
  CHECK(complaint("[1 /]") == "s.json:1:4: /: a comment begins with // or /*");
}

TEST_CASE("what is not closed is named where it begins") {
  CHECK(complaint("{\n \"a\": [1, {\"b\": 2}\n") ==
        "s.json:3:1: /a: the text ends within the list that begins at 2:7; close it with \"]\"");
  CHECK(complaint("{\"a\":") ==
        "s.json:1:6: /: the text ends within the object that begins at 1:1; close it with \"}\"");
  CHECK(complaint("[\"abc\n]") ==
        "s.json:1:2: /0: this text is not closed on its line; end it with \" (a line break within "
        "it is written \\n)");
  CHECK(complaint("[1, /* two\n]") == "s.json:1:5: /: this comment is not closed; end it with */");
}

TEST_CASE("a string has only the escapes and characters that JSON has") {
  CHECK(complaint("[\"C:\\dir\"]") ==
        "s.json:1:5: /0: \\d is no escape in JSON; write \\\\ for a backslash");
  for (const std::string escape :
       {"\\u12", "\\u12g4", "\\ud83d", "\\ud83dx", "\\ud83d\\u0041", "\\ude00"}) {
    CHECK(complaint("[\"" + escape + "\"]") ==
          "s.json:1:3: /0: \\u needs four hexadecimal digits, and half a surrogate pair its other "
          "half");
  }
  CHECK(complaint("[\"a\tb\"]") ==
        "s.json:1:4: /0: a control character within a text; write it as \\t");
  CHECK(complaint("[\"\x01\"]") ==
        "s.json:1:3: /0: a control character within a text; write it as \\u0001");
  CHECK(complaint("[\"\\u0000\"]") == "s.json:1:3: /0: a NUL character; remove it");
}

TEST_CASE("bytes that are no UTF-8 are a mistake wherever they stand") {
  const std::string rule = " is no UTF-8; save the text as UTF-8";
  CHECK(complaint("{\"a\": \"\xff\"}") == "s.json:1:8: /a: the byte \\xff" + rule);
  CHECK(complaint("{} // \xc3") == "s.json:1:7: /: the byte \\xc3" + rule);
  CHECK(complaint("[\xe9]") == "s.json:1:2: /0: the byte \\xe9" + rule);
  CHECK(complaint("[1 \xe9]") == "s.json:1:4: /: the byte \\xe9" + rule);
  CHECK(complaint("{\xe9}") == "s.json:1:2: /: the byte \\xe9" + rule);
  CHECK(complaint("{\"a\"\xe9}") == "s.json:1:5: /: the byte \\xe9" + rule);
  CHECK(complaint("{}\xe9") == "s.json:1:3: /: the byte \\xe9" + rule);
  CHECK(complaint("[\"\xed\xa0\x80\"]") == "s.json:1:3: /0: the byte \\xed" + rule);  // surrogate
  CHECK(complaint("[\"\xc0\xaf\"]") == "s.json:1:3: /0: the byte \\xc0" + rule);      // overlong
  CHECK(complaint(std::string("{}\0", 3)) == "s.json:1:3: /: a NUL character; remove it");
  CHECK(complaint(std::string("[\"\0\"]", 5)) == "s.json:1:3: /0: a NUL character; remove it");
}

TEST_CASE("the same key twice is a mistake at the second, which names the first") {
  CHECK(complaint("{\"lr\": 1,\n \"n\": 2, \"\\u006cr\": 3}") ==
        "s.json:2:10: /lr: the key \"lr\" was already given at 1:2; remove one of the two");
  CHECK(complaint("{\"a\": {\"x\": 1}, \"b\": {\"x\": 1}}") == "no mistake");
}

TEST_CASE("a hundred brackets within each other are read, one more is not") {
  CHECK(complaint(nested(100)) == "no mistake");
  CHECK(complaint(nested(101))
            .ends_with("/0/0/0: more than 100 brackets within each other; make it flatter"));
  CHECK(complaint(nested(101)).starts_with("s.json:1:101: /0/0"));
}

TEST_CASE("64 MB are read, one byte more is not") {
  std::string text = "1";
  text.resize(64'000'000, ' ');
  CHECK(complaint(text) == "no mistake");
  text += ' ';
  CHECK(complaint(text) == "s.json: is larger than 64 MB, the most that is read; make it smaller");
}

TEST_CASE("a missing file is a mistake without a line") {
  try {
    read_spec_file("no/such.json");
    FAIL("read");
  } catch (const SpecError& error) {
    CHECK(error.what() ==
          std::string("no/such.json: cannot be read: No such file or directory; check the path"));
  }
  CHECK_THROWS_WITH_AS(read_spec_file("/"), "/: cannot be read: Is a directory; check the path",
                       SpecError);
}

TEST_CASE("in messages long names are cut and control characters escaped") {
  const std::string name(1000, 'n');
  CHECK(complaint("{\"" + name + "\": 1, \"" + name + "\": 2}") ==
        "s.json:1:1009: /" + std::string(60, 'n') + "…: the key \"" + std::string(59, 'n') +
            "… was already given at 1:2; remove one of the two");
  CHECK(complaint("{\"a\\n\\u001b[31m\": x}") ==
        "s.json:1:19: /a\\n\\u001b[31m: x is no JSON; text stands in double quotes: \"x\"");
}
