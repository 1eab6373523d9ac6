#include "trainer/launch/shell_text.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <memory>

#include "tests/trainer/spec_fixture.h"

namespace autoglm {
namespace {

/// What a real shell makes of a template with {note} being `note`.
std::string shell_output(const std::string& text, const std::string& note) {
  const CommandSpec spec = parse_trial(R"({"command": )" + json_quoted(text) + "}");
  const std::string command =
      shell_quoted(command_line(spec, Configuration({{"note", Value(note)}}), example_facts()));
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::array<char, 1000> output{};
  const std::size_t size = std::fread(output.data(), 1, output.size(), pipe.get());
  return {output.data(), size};
}

std::string mistake_in_text(const std::string& text) {
  return mistake_in(R"({"command": )" + json_quoted(text) + "}");
}

constexpr const char* kNasty[] = {
    "a b", "it's", "$(echo oops)", "`echo oops`", "*",        "~",
    "\\",  "\"",   "a\nb",         "$HOME",       "${HOME}",  ";echo oops",
    "#x",  "&",    "'; echo '",    "\\'",         "!x",       "a\\nb",
    "-n",  "",     "$'\\''",       "<(ls)",       "\xc3\xa4", "\t"};

TEST_CASE("a value reaches the program as it is, whatever quotes the template puts around it") {
  for (const char* note : kNasty) {
    CAPTURE(note);
    const std::string plain = std::string(note) + "|";
    CHECK(shell_output("printf '%s|' {note}", note) == plain);
    CHECK(shell_output("printf '%s|' '{note}'", note) == plain);
    CHECK(shell_output("printf '%s|' \"{note}\"", note) == plain);
    CHECK(shell_output("printf '%s|' x{note}'y'", note) == "x" + std::string(note) + "y|");
    CHECK(shell_output("printf '%s|' \"$(printf '%s.' {note})\"", note) ==
          std::string(note) + ".|");
    CHECK(shell_output("printf '%s|' \"$(printf '%s.' '{note}')\"", note) ==
          std::string(note) + ".|");
    CHECK(shell_output("# it's a comment\nprintf '%s|' {note}", note) == plain);
    CHECK(shell_output("echo ${{HOME}} \"${{HOME}}\" >/dev/null; printf '%s|' \"{note}\" 2>&1",
                       note) == plain);
  }
}

TEST_CASE("a value that cannot be quoted safely where it stands is a mistake") {
  const std::string rest =
      " stands where its value cannot be quoted safely (backquotes, a here-document, a comment, "
      "$'…' or ${…}); write \"$AUTOGLM_PARAM_NOTE\" instead";
  for (const char* text :
       {"echo `echo {note}`", "cat <<END\n{note}\nEND", "x # {note}", "echo $'{note}'",
        "echo ${{x:-{note}}}", "echo \"$(case x in x) echo {note};; esac)\"", "echo \\{note}"}) {
    CAPTURE(text);
    CHECK(mistake_in_text(text) == "trial.json:1:13: /command: {note}" + rest);
  }
  CHECK(mistake_in_text("echo `ls {trial.dir}`") ==
        "trial.json:1:13: /command: {trial.dir} stands where its value cannot be quoted safely "
        "(backquotes, a here-document, a comment, $'…' or ${…}); write \"$AUTOGLM_TRIAL_DIR\" "
        "instead");
}

TEST_CASE("a value that needs no quotes may stand anywhere") {
  CHECK(mistake_in_text("echo `echo {lr} {optimizer} {trial.number}`").empty());
  CHECK(mistake_in_text("echo $(( {trial.number} + 1 )) # {lr}").empty());
}

TEST_CASE("a dollar before a name is a mistake, since the shell would expand the value") {
  CHECK(mistake_in_text("echo ${lr}") ==
        "trial.json:1:13: /command: the shell would expand the value in ${lr}; write {lr}");
  CHECK(mistake_in_text("echo \"${lr}\"") ==
        "trial.json:1:13: /command: the shell would expand the value in ${lr}; write {lr}");
  CHECK(mistake_in_text("echo '${lr}' \\${lr}").empty());
}

TEST_CASE("arguments are quoted for a shell only where they need it") {
  CHECK(shell_quoted({"python3", "train.py", "--lr=0.1", "a b", "it's", ""}) ==
        R"(python3 train.py --lr=0.1 'a b' 'it'\''s' '')");
}

}  // namespace
}  // namespace autoglm
