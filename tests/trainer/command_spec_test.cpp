#include "trainer/launch/command_spec.h"

#include <doctest/doctest.h>

#include "tests/trainer/spec_fixture.h"

namespace autoglm {
namespace {

using Arguments = std::vector<std::string>;

Configuration sgd() {
  return Configuration(
      {{"optimizer", Value("sgd")}, {"lr", Value(1e-5)}, {"momentum", Value(0.9)}});
}
Configuration adam() { return Configuration({{"optimizer", Value("adam")}, {"lr", Value(0.001)}}); }

Arguments arguments_of(const std::string& command, const Configuration& configuration) {
  return command_line(parse_trial(R"({"command": )" + command + "}"), configuration,
                      example_facts());
}

TEST_CASE("names in braces are replaced by the shortest text of their values") {
  CHECK(arguments_of(R"(["train", "--lr={lr}", "{optimizer}{optimizer}"])", adam()) ==
        Arguments{"train", "--lr=0.001", "adamadam"});
  CHECK(arguments_of(R"(["{trial.number}", "{trial.seed}", "{trial.dir}/out", "{study.name}"])",
                     adam()) == Arguments{"17", "91", "/study dir/17/2/out", "digits"});
}

TEST_CASE("doubled braces are braces") {
  CHECK(arguments_of(R"(["awk", "{{print $1}}", "}}{{{lr}}}"])", adam()) ==
        Arguments{"awk", "{print $1}", "}{0.001}"});
}

TEST_CASE("braces that hold nothing like a name stand for themselves") {
  CHECK(arguments_of(R"(["awk", "{print $1}", "{}", "${HOME}", "{ sync; }", "{1..3}"])", adam()) ==
        Arguments{"awk", "{print $1}", "{}", "${HOME}", "{ sync; }", "{1..3}"});
  CHECK(arguments_of(R"(["echo", "{\"loss\": {lr}, \"deep\": {\"a\": {lr}}}"])", adam()) ==
        Arguments{"echo", R"({"loss": 0.001, "deep": {"a": 0.001}})"});
}

TEST_CASE("an argument that names an inactive parameter is left out whole, and so is a list") {
  const char* command = R"(["train", "--m={momentum}", ["--momentum", "{momentum}", "x"], "y"])";
  CHECK(arguments_of(command, adam()) == Arguments{"train", "y"});
  CHECK(arguments_of(command, sgd()) ==
        Arguments{"train", "--m=0.9", "--momentum", "0.9", "x", "y"});
}

TEST_CASE("a value is one argument and never expanded again") {
  const Configuration configuration({{"note", Value("{lr} $HOME *\n'")}, {"lr", Value(0.5)}});
  CHECK(arguments_of(R"(["echo", "{note}"])", configuration) ==
        Arguments{"echo", "{lr} $HOME *\n'"});
}

TEST_CASE("a string is a text for the shell") {
  CHECK(arguments_of(R"("train --lr {lr} --m={momentum} | tee {trial.dir}/log")", adam()) ==
        Arguments{"/bin/sh", "-c", "train --lr 0.001 --m= | tee '/study dir/17/2'/log"});
}

TEST_CASE("the rest of the section has its defaults") {
  const CommandSpec spec = parse_trial(R"({"command": ["train"]})");
  CHECK(spec.cwd == "/spec");
  CHECK_FALSE(spec.timeout_seconds.has_value());
  CHECK(spec.grace_seconds == 10);
  CHECK(spec.retries == 0);
  CHECK(spec.max_attempts == 10);
  CHECK(spec.seeds == 1);
  CHECK(spec.gpus == 0);
  CHECK_FALSE(spec.shell);
}

TEST_CASE("the rest of the section is read") {
  const CommandSpec spec = parse_trial(R"json({
    "kind": "command", "command": ["train"], "cwd": "../code", "timeout": "1.5h", "grace": "500ms",
    "retries": 2, "max_attempts": 5, "seeds": 3, "gpus": 2, "gpu_devices": [0, 3],
    "env": {"OMP_NUM_THREADS": "1", "RUN": "{trial.number}"}, "capture": ["loss (?P<loss>.*)"],
    "x-note": 1})json");
  CHECK(spec.cwd == "/code");
  CHECK(spec.timeout_seconds == 5400);
  CHECK(spec.timeout_text == "1.5h");
  CHECK(spec.grace_seconds == 0.5);
  CHECK(spec.retries == 2);
  CHECK(spec.max_attempts == 5);
  CHECK(spec.seeds == 3);
  CHECK(spec.gpus == 2);
  CHECK(spec.gpu_devices == std::vector<int>{0, 3});
  CHECK(spec.env.size() == 2);
  CHECK(spec.capture == Arguments{"loss (?P<loss>.*)"});
}

TEST_CASE("mistakes in the command name the place, the rule and the remedy") {
  CHECK(mistake_in(R"({"command": ["train", "--lr={lrr}"]})") ==
        R"(trial.json:1:23: /command/1: no parameter is called "lrr"; did you mean "lr"?)");
  CHECK(mistake_in(R"({"command": ["x", "{epoch}"]})") ==
        R"(trial.json:1:19: /command/1: no parameter is called "epoch"; write "{{" for a brace)");
  CHECK(mistake_in(R"({"command": ["x", "{ lr }"]})") ==
        R"(trial.json:1:19: /command/1: "{ lr }" has blanks around its name; write {lr})");
  CHECK(
      mistake_in(R"({"command": ["x", ["y", "{trial.dri}"]]})") ==
      R"(trial.json:1:25: /command/1/1: no parameter is called "trial.dri"; did you mean "trial.dir"?)");
  CHECK(mistake_in(R"({"command": ["x", "a}"]})") ==
        R"(trial.json:1:19: /command/1: "}" without "{"; write "}}" for a brace)");
  CHECK(mistake_in(R"({"command": ["x", "{lr"]})") ==
        R"(trial.json:1:19: /command/1: "{" without "}"; write "{{" for a brace)");
  CHECK(mistake_in(R"({"command": []})") ==
        R"(trial.json:1:13: /command: must name a program; write ["python3", "train.py"])");
  CHECK(mistake_in(R"({"command": [""]})") ==
        "trial.json:1:14: /command/0: must name a program, not the empty text");
  CHECK(mistake_in(R"({"command": [["x"], "y"]})") ==
        "trial.json:1:14: /command/0: must be the program's name, a string");
  CHECK(mistake_in(R"({"command": ["run-{momentum}"]})") ==
        "trial.json:1:14: /command/0: names a parameter that is not always active, but a program "
        "must always be there");
  CHECK(mistake_in(R"({"command": ["x", []]})") ==
        "trial.json:1:19: /command/1: must hold an argument; take the empty list away");
  CHECK(mistake_in(R"({"command": " "})") == "trial.json:1:13: /command: must name a program");
  CHECK(mistake_in(R"({"command": 3})") ==
        "trial.json:1:13: /command: must be a list of arguments, or a string for /bin/sh");
}

TEST_CASE("other mistakes in the section name the place, the rule and the remedy") {
  CHECK(mistake_in(R"({"command": ["x"], "kind": "comand"})") ==
        R"(trial.json:1:28: /kind: no kind of trial is called "comand"; did you mean "command"?)");
  CHECK(mistake_in(R"({"command": ["x"], "kind": "docker"})") ==
        R"(trial.json:1:28: /kind: no kind of trial is called "docker"; there are "command" and )"
        R"("train")");
  CHECK(mistake_in(R"json({"command": ["x"], "capture": ["loss (.*)"]})json") ==
        "trial.json:1:32: /capture/0: has no named group; write (?P<loss>[0-9.]+) for a metric "
        "called loss");
  CHECK(mistake_in(R"({"command": ["x"], "timeout": "0s"})") ==
        "trial.json:1:31: /timeout: must be longer than 0");
  CHECK(mistake_in(R"({"command": ["x"], "env": {"A=B": "1"}})") ==
        "trial.json:1:28: /env/A=B: \"A=B\" cannot be a variable's name; it must not be empty nor "
        "have \"=\" in it");
  CHECK(mistake_in(R"({"command": ["x"], "gpus": 2, "gpu_devices": [1, 1]})") ==
        "trial.json:1:50: /gpu_devices/1: device 1 is named twice");
  CHECK(mistake_in(R"({"command": ["x"], "gpus": 2, "gpu_devices": [1]})") ==
        "trial.json:1:46: /gpu_devices: names 1 of the 2 devices that a trial asks for (\"gpus\")");
  CHECK(mistake_in(R"({"command": ["x"], "gpu_devices": [1]})") ==
        "trial.json:1:35: /gpu_devices: needs \"gpus\": how many devices a trial gets");
}

TEST_CASE("a parameter's variable has capitals, digits and underscores") {
  CHECK(parameter_variable("lr") == "AUTOGLM_PARAM_LR");
  CHECK(parameter_variable("Weight-Decay.2") == "AUTOGLM_PARAM_WEIGHT_DECAY_2");
  CHECK(parameter_variable("gr\xc3\xb6\xc3\x9f"
                           "e") == "AUTOGLM_PARAM_GR__E");
  CHECK(parameter_variable("\xce\xb1_1") == "AUTOGLM_PARAM___1");
  CHECK(parameter_variable("\xce\xb1_\xce\xb2").empty());
}

TEST_CASE("two parameters that would be the same variable are a mistake") {
  const SpecRoot parameters = read_spec(
      R"({"a-b": {"type": "int", "min": 0, "max": 1}, "A.B": {"type": "int", "min": 0, "max": 1}})",
      "space.json");
  const SearchSpace space = parse_search_space(*parameters, nullptr, nullptr);
  const SpecRoot trial = read_spec(R"({"command": ["x"]})", "trial.json");
  CHECK_THROWS_WITH_AS(parse_command_spec(*trial, space, "/"),
                       "trial.json:1:13: /command: parameters \"a-b\" and \"A.B\" would both be "
                       "AUTOGLM_PARAM_A_B to a trial; rename one",
                       SpecError);
}

}  // namespace
}  // namespace autoglm
