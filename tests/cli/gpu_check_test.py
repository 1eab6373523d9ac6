"""The check of a GPU's operations: what `doctor --gpu` finds is kept, trainings compute on the CPU what it found wrong.
AUTOGLM_EMULATION is the emulated CUDA device, AUTOGLM_WRONG_EMULATION the same with a wrong gradient of relu."""

import json
import math
import os
import pathlib
import shutil

from study_folder import main
from train_test import TrainFolder, reports, without_measured

RIGHT = os.environ.get("AUTOGLM_EMULATION")
WRONG = os.environ.get("AUTOGLM_WRONG_EMULATION")
TYPES = ("f32", "bf16", "f16")
OPERATIONS = """cast linear_forward linear_backward_data linear_backward_weight conv_forward conv_backward_data
    conv_backward_weight activation_forward activation_backward add pool_forward pool_backward global_average_forward
    global_average_backward batch_norm_forward batch_norm_apply batch_norm_backward layer_norm_forward
    layer_norm_backward dropout class_loss squared_loss softmax add_sum mean_and_variance judge_gradients sgd
    adam""".split()
FIRST_USE = "cuda:0 emulation: first use with this driver and build: its operations are checked, once"


class CheckedFolder(TrainFolder):
    """With a cache of its own. One file of the emulated device is a GPU's library and its own, so both are one device."""

    def run_on(self, library, *arguments, **environment):
        return self.run_autoglm(*arguments, timeout=600, environment={
            "AUTOGLM_CUDA_LIBRARY": library, "AUTOGLM_CUDA_EMUL_LIBRARY": library,
            "XDG_CACHE_HOME": self.path("cache")} | environment)

    def doctor(self, library, *arguments, **environment):
        return self.run_on(library, "doctor", *arguments, **environment)

    def train_on(self, library, device="cuda-emul", precision="fp32", **environment):
        self.write_trial(epochs=5, batch=64, device=device, precision=precision)
        return self.run_on(library, "train", "trial.json", **environment)

    def kept(self):
        return sorted(pathlib.Path(self.path("cache/autoglm")).glob("gpu-*.json"))

    def assert_losses(self, result, wanted, limit):
        """Of each epoch, those of a run on the CPU."""
        self.assertEqual(result.returncode, 0, result.stderr)
        for step, metrics in reports(result.stdout).items():
            self.assertTrue(math.isclose(metrics["val_loss"], wanted[step]["val_loss"],
                                         rel_tol=limit), (metrics, wanted[step]))

    def keep_all_but(self, library, *unchecked):
        """As if all other operations had been checked, and were right."""
        self.doctor(library, "--gpu", "--only", "softmax")
        path, = self.kept()
        record = json.loads(path.read_text())
        record["operations"] = [record["operations"][0] | {"operation": operation, "type": kind}
                                for operation in OPERATIONS for kind in TYPES
                                if operation not in unchecked]
        path.write_text(json.dumps(record))
        return path


class WrongOperation(CheckedFolder):
    def test_the_doctor_finds_it_says_so_and_keeps_what_it_found(self):
        result = self.doctor(WRONG, "--gpu", "--only", "activation", "--only", "softmax")
        self.assertEqual((result.returncode, result.stderr), (9, ""))
        self.assertRegex(result.stdout, r"\nactivation_backward +f32 +\d+ cases, error .*, WRONG\n")
        self.assertRegex(result.stdout, r"\nactivation_backward f32 7 relu in place: dx: error ")
        path, = self.kept()
        self.assertIn("cuda:0 emulation: wrong: activation_backward (f32, bf16, f16); trainings compute "
                      "these on the CPU; try another driver or build, and report this\n"
                      f"kept for trainings in {path}\n", result.stdout)
        record = json.loads(path.read_text())
        self.assertEqual((record["device"], record["schema_version"]), ("cuda:0 emulation", 1))
        self.assertRegex(record["date"], r"^20\d\d-\d\d-\d\dT")
        self.assertRegex(record["build"], r"^[0-9a-f]{16,}$")
        rows = {(row["operation"], row["type"]): row for row in record["operations"]}
        self.assertEqual(set(rows), {(operation, kind) for kind in TYPES for operation in
                                     ("activation_forward", "activation_backward", "softmax")})
        wrong = rows["activation_backward", "bf16"]["error"]  # null: infinite, where all should be 0
        self.assertTrue(wrong is None or wrong > 1, wrong)
        self.assertEqual(rows["activation_backward", "bf16"]["limit"], 2**-7)
        self.assertLessEqual(rows["softmax", "f32"]["error"], rows["softmax", "f32"]["limit"])
        self.assertEqual(rows["softmax", "f32"]["faults"], [])
        # Later, without a check: what is kept.
        later = self.doctor(WRONG)
        self.assertEqual(later.returncode, 9, later.stderr)
        self.assertIn(f"wrong (checked {record['date']}): activation_backward (f32, bf16, f16)",
                      later.stdout)

    def test_the_doctor_says_the_same_as_json(self):
        result = self.doctor(WRONG, "--gpu", "--json", "--only", "activation_backward")
        self.assertEqual((result.returncode, result.stderr), (9, ""))
        gpu, = json.loads(result.stdout)["gpus"]
        self.assertEqual((gpu["device"], gpu["ok"], gpu["failure"], gpu["problem"]),
                         ("cuda:0 emulation", False, None, None))
        self.assertEqual(gpu["file"], str(self.kept()[0]))
        self.assertEqual(gpu["check"], json.loads(self.kept()[0].read_text()))

    def test_trainings_compute_it_on_the_cpu_and_say_so(self):
        self.doctor(WRONG, "--gpu", "--only", "activation_backward")
        for precision, limit in (("fp32", 1e-4), ("bf16", 0.05), ("fp16", 0.01)):
            with self.subTest(precision):
                wanted = self.trained(epochs=5, batch=64, precision=precision)
                result = self.train_on(WRONG, precision=precision)
                self.assert_losses(result, wanted, limit)
                said, = (line for line in result.stderr.splitlines() if "wrongly" in line)
                self.assertRegex(said, r"^cuda:0 emulation: computes wrongly here, as its check of 20\S+ found, so the "
                                 r"CPU computes these, which is slower: activation_backward \(f32, bf16, f16\); the "
                                 r"first fault: activation_backward f32 .*: dx: error .*; try another driver or build, "
                                 r'which is checked anew, or "autoglm doctor --gpu" to check again$')

    def test_without_a_check_the_emulated_device_is_trusted_and_wrong(self):
        # Far beyond the limits of the other tests, which would miss it if nothing fell back.
        wanted = self.trained(epochs=5, batch=64)[4]["val_loss"]
        result = self.train_on(WRONG)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreater(reports(result.stdout)[4]["val_loss"], 1.2 * wanted)


class NoFolder(CheckedFolder):
    def test_where_nothing_can_be_kept_the_doctor_says_why(self):
        file = self.write("file", "")
        result = self.doctor(RIGHT, "--gpu", "--only", "add_sum", XDG_CACHE_HOME=file)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn(f"not kept: {file}/autoglm: cannot be made: Not a directory; set "
                      "XDG_CACHE_HOME to a folder that may be written\n", result.stdout)
        # A relative path does not count, and HOME is none.
        result = self.doctor(RIGHT, "--gpu", "--only", "add_sum", XDG_CACHE_HOME="cache", HOME="")
        self.assertIn("not kept: neither XDG_CACHE_HOME nor HOME is an absolute path", result.stdout)
        self.assertEqual(set(os.listdir(self.folder)), {"file", "rings.csv"})

    def test_without_xdg_it_is_in_the_home_folder(self):
        result = self.doctor(RIGHT, "--gpu", "--only", "add_sum", XDG_CACHE_HOME="", HOME=self.path("home"))
        self.assertIn(f"kept for trainings in {self.path('home')}/.cache/autoglm/gpu-", result.stdout)


class FirstUse(CheckedFolder):
    """What was never checked is checked by the first training on a GPU."""

    def test_it_is_checked_once_and_falls_back_at_once(self):
        path = self.keep_all_but(WRONG, "activation_backward")
        wanted = self.trained(epochs=5, batch=64)
        first = self.train_on(WRONG, device="cuda")
        self.assert_losses(first, wanted, 1e-4)
        self.assertIn(FIRST_USE, first.stderr.splitlines())
        self.assertIn("so the CPU computes these", first.stderr)
        wrong = [row for row in json.loads(path.read_text())["operations"] if row["faults"]]
        self.assertEqual({row["operation"] for row in wrong}, {"activation_backward"})
        second = self.train_on(WRONG, device="cuda")
        self.assertNotIn(FIRST_USE, second.stderr)
        self.assertEqual(without_measured(reports(second.stdout)),
                         without_measured(reports(first.stdout)))

    def test_of_trials_that_start_together_one_checks(self):
        self.keep_all_but(RIGHT, "dropout")
        self.train_spec(self.section(lr="{lr}", epochs=1, batch=64, device="cuda"), max_trials=3)
        result = self.run_on(RIGHT, "tune", "study.json", "--parallel", "3", "--progress", "none")
        self.assertEqual(result.returncode, 0, result.stderr)
        logs = [path.read_text() for path in self.folder.glob("study.trials/*/1/stderr.log")]
        self.assertEqual(len(logs), 3)
        self.assertEqual(sum(FIRST_USE in log for log in logs), 1, logs)

    def test_a_device_that_fails_meanwhile_is_exit_9_and_nothing_is_kept(self):
        path = self.keep_all_but(RIGHT, "dropout")
        before = path.read_text()
        result = self.train_on(RIGHT, device="cuda", AUTOGLM_EMULATION_FAIL="300")
        self.assertEqual((result.returncode, result.stdout), (9, ""), result.stderr)
        self.assertRegex(result.stderr.splitlines()[-1],
                         r"^cuda:0 emulation: fails while its operations are checked: dropout f32 .*: \w+\.cpp:\d+: "
                         r'.*; look after the device and its driver, then resume, or set training.device to "cpu"$')
        self.assertEqual(path.read_text(), before)


class UselessFile(CheckedFolder):
    def setUp(self):
        super().setUp()
        self.doctor(WRONG, "--gpu", "--only", "activation_backward")
        self.file, = self.kept()

    def test_a_damaged_file_is_said_and_not_used_and_written_anew(self):
        for text in ("", self.file.read_text()[:300], '{"schema_version": 2}', "[]"):
            with self.subTest(text):
                self.file.write_text(text)
                result = self.train_on(WRONG)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertRegex(result.stderr, rf"(?m)^{self.file}: is damaged: .*; nothing is known of its "
                                 'operations; "autoglm doctor --gpu" checks them$')
                self.assertNotIn("computes wrongly", result.stderr)
        self.assertIn("is damaged", self.doctor(WRONG).stdout)
        self.assertEqual(self.doctor(WRONG, "--gpu", "--only", "activation_backward").returncode, 9)
        self.assertIn("computes wrongly", self.train_on(WRONG).stderr)

    def test_another_build_is_another_check(self):
        result = self.train_on(RIGHT)
        self.assertNotIn("computes wrongly", result.stderr)
        self.assertIn("never checked", self.doctor(RIGHT).stdout)
        self.doctor(RIGHT, "--gpu", "--only", "add_sum")
        right, = set(self.kept()) - {self.file}
        # Not even where its file lies in the place of the other one.
        shutil.copy(self.file, right)
        result = self.train_on(RIGHT)
        self.assertIn(f"{right}: is the check of another GPU, driver or build; ", result.stderr)
        self.assertNotIn("computes wrongly", result.stderr)


if __name__ == "__main__":
    main()
