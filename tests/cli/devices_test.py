"""Devices as users meet them: `autoglm devices`, `autoglm doctor`, with a GPU, without, with a broken
one. AUTOGLM_NVML is a folder with a stand-in for the driver's library that knows two GPUs,
AUTOGLM_OTHER_BUILD a CUDA library that refuses without a reason, AUTOGLM_EMULATION the emulated CUDA
device; each may be absent."""

import json
import os
import pathlib
import shutil
import subprocess
import unittest

from study_folder import PROGRAM, StudyFolder, clean_environment, main

NVML = os.environ.get("AUTOGLM_NVML")
OTHER_BUILD = os.environ.get("AUTOGLM_OTHER_BUILD")
EMULATION = os.environ.get("AUTOGLM_EMULATION")
# Where neither a driver nor a CUDA library is, whatever this machine has.
BARE = {"AUTOGLM_CUDA_LIBRARY": "/nonexistent/libautoglm_cuda.so", "LD_LIBRARY_PATH": ""}


def has_driver():
    return os.path.exists("/dev/nvidiactl")


class TrainFolder(StudyFolder):
    def train_spec(self, device):
        """trial.json, a training run, and study.json, which tunes its rate."""
        self.write("points.csv", "x,kind\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(40)))
        training = {"lr": 0.01, "epochs": 2, "device": device}
        section = {"kind": "train", "model": {"type": "mlp", "units": 4, "layers": 1},
                   "data": {"path": "points.csv", "target": "kind"}, "training": training}
        self.write("trial.json", json.dumps(section))
        self.spec(metric={"name": "val_loss", "goal": "minimize"}, max_trials=2,
                  parameters={"lr": {"type": "log_uniform", "min": 1e-3, "max": 0.1}},
                  trial=section | {"training": training | {"lr": "{lr}"}})


class WithoutGpu(TrainFolder):
    def setUp(self):
        super().setUp()
        if has_driver():
            self.skipTest("this machine has an NVIDIA driver")

    def run_bare(self, *arguments):
        return self.run_autoglm(*arguments, environment=BARE)

    def test_devices_names_the_cpu_and_says_why_there_is_no_gpu(self):
        result = self.run_bare("devices")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        lines = result.stdout.splitlines()
        self.assertTrue(lines[0].startswith("cpu: "))
        self.assertTrue(lines[1].startswith("no NVIDIA GPU: the driver's library does not load: "))
        self.assertIn("the trainer uses no GPU: the CUDA library does not load: /nonexistent/",
                      result.stdout)

    def test_devices_says_the_same_as_json(self):
        result = self.run_bare("devices", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        found = json.loads(result.stdout)
        self.assertEqual(found["schema_version"], 1)
        self.assertEqual([device["device"] for device in found["devices"]], ["cpu"])
        self.assertIsNone(found["driver"])
        self.assertIn("libnvidia-ml.so.1", found["no_gpu"])
        self.assertIsNone(found["trainer"]["gpu"])
        self.assertIn("/nonexistent/", found["trainer"]["reason"])

    def test_devices_tells_what_is_left_visible(self):
        result = self.run_autoglm("devices", "--json",
                                  environment=BARE | {"CUDA_VISIBLE_DEVICES": "2,3"})
        self.assertEqual(json.loads(result.stdout)["visible_devices"], "2,3")

    def test_a_doctor_finds_nothing_wrong_where_no_gpu_is(self):
        for arguments in (("doctor",), ("doctor", "--gpu")):
            result = self.run_bare(*arguments)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertIn("no GPU: the driver's library does not load", result.stdout)

    def test_a_doctor_says_the_same_as_json(self):
        result = self.run_bare("doctor", "--gpu", "--json")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        found = json.loads(result.stdout)
        self.assertEqual((found["schema_version"], found["gpus"]), (1, []))
        self.assertIn("the driver's library does not load", found["no_gpu"])

    def test_a_study_for_a_gpu_that_is_not_there_ends_with_9_before_a_trial(self):
        self.train_spec("cuda")
        # Regression: validate --run began the trial, and called its end one without the metric.
        for call in ["tune"], ["validate", "--run"]:
            with self.subTest(call):
                result = self.run_bare(*call, "study.json")
                self.assertEqual((result.returncode, result.stdout), (9, ""), result.stderr)
                self.assertIn("device cuda: the CUDA library does not load", result.stderr)
                self.assertIn('write "cpu" or "auto"', result.stderr)
                self.assertFalse(os.path.exists(self.path("study.db")))

    def test_a_study_for_whatever_is_there_trains_on_the_cpu_and_says_why(self):
        self.train_spec("auto")
        result = self.run_bare("tune", "study.json")
        self.assertEqual(result.returncode, 0, result.stderr)
        log = self.folder.joinpath("study.trials/0/1/stderr.log").read_text()
        for said in log, result.stderr:
            self.assertEqual(said.count("no GPU is used: the CUDA library does not load"), 1)

    def test_without_a_driver_no_cuda_library_is_loaded(self):
        shutil.copy(PROGRAM, self.path("autoglm"))
        self.write("libautoglm_cuda.so", "not even a library")
        result = subprocess.run([self.path("autoglm"), "devices"], capture_output=True, text=True,
                                env=clean_environment() | {"AUTOGLM_CUDA_LIBRARY": ""})
        self.assertIn("the trainer uses no GPU: there is no NVIDIA driver: libcuda.so.1: ", result.stdout)


@unittest.skipUnless(OTHER_BUILD, "no CUDA library to refuse was built")
class BadLibrary(TrainFolder):
    """Each call says in a line why the library is of no use, and none believes that it is."""

    def check(self, library, reason):
        self.train_spec("cuda")
        environment = BARE | {"AUTOGLM_CUDA_LIBRARY": library, "LD_LIBRARY_PATH": NVML or ""}
        found = self.run_autoglm("devices", environment=environment)
        self.assertEqual((found.returncode, found.stderr), (0, ""))
        self.assertIn(f"the trainer uses no GPU: {reason}", found.stdout)
        for arguments in ("train", "trial.json"), ("tune", "study.json"):
            result = self.run_autoglm(*arguments, environment=environment)
            self.assertEqual((result.returncode, result.stdout), (9, ""), result.stderr)
            self.assertIn(f"device cuda: {reason}", result.stderr)
        self.assertFalse(os.path.exists(self.path("study.db")))
        doctor = self.run_autoglm("doctor", "--gpu", environment=environment)
        self.assertEqual(doctor.returncode, 9 if NVML else 0, doctor.stderr)

    def test_a_library_of_another_build_is_refused_also_where_it_gives_no_reason(self):
        self.check(OTHER_BUILD, f"{OTHER_BUILD}: is of another build of autoglm; build both anew")

    def test_a_library_that_was_copied_in_part_is_refused(self):
        """Regression: the process died of SIGBUS."""
        whole = pathlib.Path(OTHER_BUILD).read_bytes()
        cut = self.path("libautoglm_cuda.so")
        for size in 100, 5000, len(whole) - 1:
            pathlib.Path(cut).write_bytes(whole[:size])
            self.check(cut, f"{cut}: ends in the middle; copy or build it again")

    def test_a_path_that_trials_would_read_otherwise_is_refused(self):
        self.check("./libautoglm_cuda.so", "./libautoglm_cuda.so: trials run in other folders; write "
                                           "the whole path in AUTOGLM_CUDA_LIBRARY")

    def test_an_empty_name_is_none(self):
        found = self.run_autoglm("devices", environment=BARE | {"AUTOGLM_CUDA_LIBRARY": ""})
        self.assertNotIn("whole path", found.stdout)
        self.assertNotIn(": not a CUDA library", found.stdout)


@unittest.skipUnless(NVML, "no stand-in for the driver's library was built")
class WithDriver(StudyFolder):
    ENVIRONMENT = BARE | {"LD_LIBRARY_PATH": NVML or ""}

    def test_a_doctor_leaves_alone_what_is_hidden_from_it(self):
        for hidden in ("", "-1"):
            result = self.run_autoglm("doctor", environment=self.ENVIRONMENT | {
                "CUDA_VISIBLE_DEVICES": hidden})
            self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
            self.assertIn("no GPU: CUDA_VISIBLE_DEVICES leaves none\n", result.stdout)

    def test_devices_lists_what_the_driver_knows(self):
        found = json.loads(self.run_autoglm("devices", "--json", environment=self.ENVIRONMENT).stdout)
        self.assertEqual(found["devices"][1:], [
            {"device": "gpu 0", "name": "Imaginary A", "uuid": "GPU-0000",
             "compute_capability": "9.0", "memory_bytes": 80_000_000_000,
             "free_bytes": 79_000_000_000},
            {"device": "gpu 1", "name": "Imaginary B", "uuid": "GPU-0001",
             "compute_capability": "8.6", "memory_bytes": 24_000_000_000,
             "free_bytes": 1_500_000_000}])
        self.assertEqual(found["driver"], "999.1")
        self.assertIsNone(found["no_gpu"])

    def test_devices_lists_it_for_people_too(self):
        result = self.run_autoglm("devices", environment=self.ENVIRONMENT)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("gpu 1: Imaginary B, compute capability 8.6, 1.5 GB of 24.0 GB free, GPU-0001\n"
                      "driver: 999.1\n", result.stdout)

    def test_a_gpu_that_cannot_be_used_is_the_doctors_business(self):
        result = self.run_autoglm("doctor", environment=self.ENVIRONMENT)
        self.assertEqual((result.returncode, result.stderr), (9, ""))
        self.assertIn("Imaginary A is there and cannot be used: the CUDA library does not load",
                      result.stdout)

    def test_a_driver_that_is_there_and_does_not_work_is_told(self):
        result = self.run_autoglm("devices", environment=self.ENVIRONMENT | {"IMAGINARY_STATUS": "9"})
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("no NVIDIA GPU: the driver says: imaginary status 9\n", result.stdout)


@unittest.skipUnless(EMULATION, "the emulated CUDA device was not built")
class Doctor(StudyFolder):
    """The emulated device in the place of a GPU."""

    def doctor(self, *arguments, **environment):
        return self.run_autoglm("doctor", *arguments, timeout=600, environment=environment | {
            "AUTOGLM_CUDA_LIBRARY": EMULATION, "XDG_CACHE_HOME": self.path("cache")})

    def test_a_device_that_works_is_well(self):
        result = self.doctor("--gpu", "--only", "add")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("add                      bf16", result.stdout)
        self.assertRegex(result.stdout, r"\ncuda:0 emulation: 4 of \d\d operations, each computes what "
                                        r"the CPU does\nkept for trainings in ")
        self.assertRegex(self.doctor().stdout, r"\ncuda:0 emulation: 4 of \d\d operations, each "
                                               r"computes what the CPU does \(checked ")

    def test_a_device_that_fails_is_exit_9_and_a_line_a_fault(self):
        result = self.doctor("--gpu", "--only", "dropout", AUTOGLM_EMULATION_FAIL="500")
        self.assertEqual(result.returncode, 9, result.stderr)
        self.assertRegex(result.stdout, r"\ndropout \w+ .*: \w+: \w+\.cpp:\d+: unknown error")
        self.assertIn("cuda:0 emulation: failed, so nothing is kept: dropout ", result.stdout)
        self.assertIn("never checked", self.doctor().stdout)

    def test_a_device_that_does_not_open_is_exit_9_also_where_no_driver_tells_of_it(self):
        result = self.doctor(AUTOGLM_EMULATION_MEMORY="1000000")
        self.assertEqual((result.returncode, result.stderr), (9, ""))
        self.assertIn("cuda:0 is there and cannot be used: open: context.cpp:", result.stdout)

    def test_without_gpu_it_looks_only_whether_the_device_opens(self):
        self.assertEqual(self.doctor().stdout.splitlines()[1], "gpu: cuda:0 emulation")

    def test_an_operation_that_is_not_there_is_a_mistake(self):
        result = self.doctor("--gpu", "--only", "nonsense")
        self.assertEqual(result.returncode, 2)
        self.assertIn("no operation's name holds nonsense; leave --only out", result.stderr)


if __name__ == "__main__":
    main()
