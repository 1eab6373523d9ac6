#include "cli/wrapped_text.h"

#include <doctest/doctest.h>

using namespace autoglm;

TEST_CASE("a line that fits stays as it is, and without a terminal every line does") {
  CHECK(wrapped("one two\n\n  three\n", 7) == "one two\n\n  three\n");
  CHECK(wrapped("one two three four five six seven eight nine ten\n", 0) ==
        "one two three four five six seven eight nine ten\n");
}

TEST_CASE("a longer line is broken between words, and goes on a little further in") {
  CHECK(wrapped("chosen by gp, which knew 12 events; all of them\n", 30) ==
        "chosen by gp, which knew 12\n"
        "  events; all of them\n");
  CHECK(wrapped("  chosen by gp, which knew 12 events", 30) ==
        "  chosen by gp, which knew 12\n"
        "    events");
}

TEST_CASE("what follows a break in a table's line stands under its last column") {
  CHECK(wrapped("  tune    Runs a study to its budget; again resumes it.\n", 34) ==
        "  tune    Runs a study to its\n"
        "          budget; again resumes\n"
        "          it.\n");
  CHECK(wrapped("  a_very_long_name_of_a_flag    what it is for\n", 40) ==
        "  a_very_long_name_of_a_flag    what it\n"
        "    is for\n");
}

TEST_CASE("a word that is longer than the line stays whole") {
  CHECK(wrapped("see /a/path/that/is/longer/than/the/line for more", 20) ==
        "see\n"
        "/a/path/that/is/longer/than/the/line\n"
        "for more");
}

TEST_CASE("characters count, not their bytes, and escape codes count nothing") {
  CHECK(wrapped("größer größer größer größer", 27) == "größer größer größer größer");
  CHECK(wrapped("\x1b[1mbest: trial 3\x1b[0m, loss 0.25", 24) ==
        "\x1b[1mbest: trial 3\x1b[0m, loss 0.25");
  CHECK(wrapped("\x1b[1mbest: trial 3\x1b[0m, loss 0.25", 23) ==
        "\x1b[1mbest: trial 3\x1b[0m, loss\n"
        "  0.25");
}
