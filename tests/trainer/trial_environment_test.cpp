#include "trainer/launch/trial_environment.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/trainer/spec_fixture.h"
#include "trainer/launch/device_error.h"
#include "trainer/launch/gpu_slots.h"

namespace autoglm {
namespace {

const TrialPlaces kExamplePlaces{.autoglm_program = "/opt/bin/autoglm",
                                 .metrics_file = "/study dir/17/2/metrics.jsonl",
                                 .channel = "socket/17/2"};

std::vector<std::string> environment_of(const Environment& inherited, const std::string& env,
                                        const RunRequest& request,
                                        const TrialPlaces& places = kExamplePlaces) {
  const CommandSpec spec = parse_trial(R"({"command": ["x"], "env": )" + env + "}");
  return trial_environment(inherited, spec, request, example_facts(), places);
}

bool has(const std::vector<std::string>& environment, const std::string& variable) {
  return std::find(environment.begin(), environment.end(), variable) != environment.end();
}

bool names(const std::vector<std::string>& environment, const std::string& name) {
  return std::any_of(environment.begin(), environment.end(),
                     [&](const std::string& variable) { return variable.starts_with(name + "="); });
}

TEST_CASE("a trial is told its parameters, its number, its seed and its places") {
  const auto environment = environment_of(
      {}, "{}", {.configuration = Configuration({{"lr", Value(1e-5)}, {"note", Value("a b")}})});
  for (const char* variable :
       {"AUTOGLM=/opt/bin/autoglm", "AUTOGLM_ATTEMPT=2", "AUTOGLM_CHANNEL=socket/17/2",
        "AUTOGLM_METRICS=/study dir/17/2/metrics.jsonl",
        "AUTOGLM_PARAMS=/study dir/17/2/params.json", "AUTOGLM_PARAM_LR=1e-05",
        "AUTOGLM_PARAM_NOTE=a b", "AUTOGLM_REPEAT=1", "AUTOGLM_SEED=91", "AUTOGLM_TRIAL=17",
        "AUTOGLM_TRIAL_DIR=/study dir/17/2"}) {
    CAPTURE(variable);
    CHECK(has(environment, variable));
  }
  CHECK_FALSE(names(environment, "AUTOGLM_PARAM_MOMENTUM"));
  CHECK_FALSE(names(environment, "AUTOGLM_RESUME_DIR"));
  CHECK_FALSE(names(environment, "AUTOGLM_UNTIL_STEP"));
  CHECK_FALSE(names(environment, "CUDA_VISIBLE_DEVICES"));
}

TEST_CASE("a continued trial is told from where and how far") {
  const auto environment =
      environment_of({}, "{}", {.until_step = 9, .resume_directory = "/study dir/17/1"});
  CHECK(has(environment, "AUTOGLM_RESUME_DIR=/study dir/17/1"));
  CHECK(has(environment, "AUTOGLM_UNTIL_STEP=9"));
}

TEST_CASE("the spec's variables are over the inherited ones, and ours over both") {
  const auto environment = environment_of(
      {{"A", "inherited"}, {"B", "inherited"}},
      R"({"B": "run {trial.number}", "C": "{momentum}", "AUTOGLM_SEED": "5", "AUTOGLM_X": "x"})",
      {});
  CHECK(has(environment, "A=inherited"));
  CHECK(has(environment, "B=run 17"));
  CHECK_FALSE(names(environment, "C"));
  CHECK(has(environment, "AUTOGLM_SEED=91"));
  CHECK(has(environment, "AUTOGLM_X=x"));
}

TEST_CASE("nothing that begins with AUTOGLM is inherited, but where libraries are") {
  ::setenv("AUTOGLM_PARAM_LR", "old", 1);
  ::setenv("AUTOGLM_PARALLEL", "4", 1);
  ::setenv("AUTOGLM", "old", 1);
  ::setenv("AUTOGLMS", "kept", 1);
  ::setenv("AUTOGLM_CUDA_LIBRARY", "/opt/cuda.so", 1);
  const Environment environment = inherited_environment();
  CHECK(environment.count("AUTOGLM_PARAM_LR") == 0);
  CHECK(environment.count("AUTOGLM_PARALLEL") == 0);
  CHECK(environment.count("AUTOGLM") == 0);
  CHECK(environment.at("AUTOGLMS") == "kept");
  CHECK(environment.at("AUTOGLM_CUDA_LIBRARY") == "/opt/cuda.so");
}

TEST_CASE("the program's folder is the last one in PATH") {
  CHECK(has(environment_of({{"PATH", "/bin:/usr/bin"}}, "{}", {}), "PATH=/bin:/usr/bin:/opt/bin"));
  CHECK(has(environment_of({{"PATH", "/bin"}}, R"({"PATH": "/mine"})", {}), "PATH=/mine:/opt/bin"));
  CHECK(has(environment_of({}, "{}", {}), "PATH=/usr/local/bin:/usr/bin:/bin:/opt/bin"));
}

TEST_CASE("a trial sees the devices that it was given") {
  const TrialPlaces places{.devices = "1,2"};
  CHECK(has(environment_of({{"CUDA_VISIBLE_DEVICES", "0,1,2,3"}}, "{}", {}, places),
            "CUDA_VISIBLE_DEVICES=1,2"));
}

TEST_CASE("trials side by side have devices of their own") {
  GpuSlots slots({"0", "1", "GPU-8f", "3", "4"}, 2);
  CHECK(slots.limit(1) == 1);
  CHECK(slots.limit(8) == 2);
  CHECK(slots.take() == "0,1");
  CHECK(slots.take() == "GPU-8f,3");
  slots.give_back("0,1");
  CHECK(slots.take() == "0,1");
}

TEST_CASE("without gpus nothing is said of devices") {
  GpuSlots slots({}, 0);
  CHECK(slots.limit(8) == 8);
  CHECK(slots.take().empty());
}

TEST_CASE("too few devices for one trial are a device error") {
  CHECK_THROWS_WITH_AS(GpuSlots({}, 1),
                       "a trial asks for 1 GPU (\"gpus\"), but none is there; name some in "
                       "\"gpu_devices\" or CUDA_VISIBLE_DEVICES, or ask for fewer",
                       DeviceError);
  CHECK_THROWS_WITH_AS(GpuSlots({"0"}, 2),
                       "a trial asks for 2 GPUs (\"gpus\"), but only 1 are there; name some in "
                       "\"gpu_devices\" or CUDA_VISIBLE_DEVICES, or ask for fewer",
                       DeviceError);
}

TEST_CASE("the spec's devices come before those of the environment") {
  ::setenv("CUDA_VISIBLE_DEVICES", "2,GPU-8f", 1);
  CHECK(usable_devices({5, 7}) == std::vector<std::string>{"5", "7"});
  CHECK(usable_devices({}) == std::vector<std::string>{"2", "GPU-8f"});
  for (const char* none : {"-1", "NoDevFiles", "abc,0"}) {
    ::setenv("CUDA_VISIBLE_DEVICES", none, 1);
    CHECK(usable_devices({}).empty());
  }
  ::setenv("CUDA_VISIBLE_DEVICES", "", 1);
  CHECK(usable_devices({}).empty());
}

}  // namespace
}  // namespace autoglm
