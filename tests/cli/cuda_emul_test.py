"""Trials that train on the emulated CUDA device, through the library that a GPU's would come from."""

import math
import os
import pathlib
import re
import signal
import subprocess

from study_folder import PROGRAM, clean_environment, main
from train_test import TrainFolder, reports, without_measured

EMUL = {"device": "cuda-emul"}


class OneRun(TrainFolder):
    def test_a_run_has_the_losses_of_the_cpu(self):
        for precision, limit in (("fp32", 1e-4), ("bf16", 0.05), ("fp16", 0.01)):
            there = self.trained(epochs=2, batch=64, precision=precision)
            here = self.trained(epochs=2, batch=64, precision=precision, **EMUL)
            for step, metrics in there.items():
                self.assertTrue(math.isclose(here[step]["val_loss"], metrics["val_loss"],
                                             rel_tol=limit), (precision, step))

    def test_two_runs_are_the_same(self):
        first = without_measured(self.trained(epochs=2, batch=64, **EMUL))
        self.assertEqual(without_measured(self.trained(epochs=2, batch=64, **EMUL)), first)

    def test_a_device_that_fails_in_the_midst_of_a_run_is_exit_9_with_place_and_remedy(self):
        self.write_trial(epochs=2, batch=64, **EMUL)
        result = self.run_autoglm("train", "trial.json", environment={"AUTOGLM_EMULATION_FAIL": "300"})
        self.assertEqual(result.returncode, 9, result.stderr)
        self.assertRegex(result.stderr.splitlines()[-1],
                         r'^cuda:0 emulation: \w+: the device failed: \w+: \w+\.cpp:\d+: .*; look '
                         r'after the device and its driver, then resume, or set training.device to "cpu"$')


class Memory(TrainFolder):
    WIDE = {"model": {"units": 1024, "layers": 2}, "batch": 320, "epochs": 1, **EMUL}

    def test_networks_on_the_device_are_none_of_the_machines_memory(self):
        first = self.train(**self.WIDE)
        self.assertEqual(first.returncode, 0, first.stderr)
        host = float(re.search(r"^memory: ([0-9.]+) MB predicted \([0-9.]+ MB to and from the device",
                               first.stderr, re.MULTILINE)[1])
        networks = float(re.search(r"^memory of the device: [0-9.]+ MB predicted \(([0-9.]+) MB networks, "
                                   r"33\.6 MB its libraries\); it has [0-9.]+ MB$",
                                   first.stderr, re.MULTILINE)[1])
        # A million weights with gradient and two moments each, and activations.
        self.assertGreater(networks, 16)
        # The program takes a few MB more or less from run to run.
        limit = {"memory_limit": f"{round(host) + 8}MB"}
        second = self.train(**self.WIDE, **limit)
        self.assertEqual(second.returncode, 0, second.stderr)
        self.refused(64, "of the machine's memory, and the memory_limit", **self.WIDE,
                     memory_limit=f"{round(host) - 8}MB")

    def test_what_was_allocated_of_the_device_is_told_beside_what_was_reserved(self):
        for changes in {}, {"data": {"folds": 2}}, {"watch": {"patience": 1, "least_change": 9}}:
            self.write_trial(epochs=3, batch=100, precision="bf16", model={"units": 64}, **changes,
                             **EMUL)
            result = self.run_autoglm("train", "trial.json",
                                      environment={"AUTOGLM_EMULATION_LIMITS": "shipped"})
            self.assertEqual(result.returncode, 0, result.stderr)
            predicted = re.search(r"^memory of the device: ([0-9.]+) MB predicted", result.stderr,
                                  re.MULTILINE)[1]
            allocated = re.search(rf"^memory of the device: ([0-9.]+) MB allocated, {predicted} MB "
                                  "reserved$", result.stderr, re.MULTILINE)[1]
            told = [step.get("device_memory_mb") for step in reports(result.stdout).values()]
            self.assertEqual(told[:-1], [None] * (len(told) - 1))
            self.assertAlmostEqual(told[-1], float(allocated), delta=0.051)
            # An MLP's scratch memory is predicted to the byte.
            self.assertEqual(allocated, predicted)

    def test_on_the_cpu_there_is_no_device_memory(self):
        result = self.train(epochs=1)
        self.assertNotIn("of the device", result.stderr)
        self.assertNotIn("device_memory_mb", result.stdout)


class SharedMemory(TrainFolder):
    """Runs of one device, each of which needs 33 MB for cuBLAS's workspace alone."""

    def start(self, name, megabytes):
        """On a device of that size that no other test has."""
        size = megabytes * 1_000_000 + os.getpid() % 1_000_000
        environment = {"AUTOGLM_EMULATION_MEMORY": str(size)}
        shares = f"/dev/shm/autoglm-{os.getuid()}-{size.to_bytes(16, 'little').hex()}.memory"
        self.addCleanup(lambda: pathlib.Path(shares).unlink(missing_ok=True))
        process = subprocess.Popen([PROGRAM, "train", name], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True,
                                   env=clean_environment(environment))
        self.addCleanup(lambda: (process.poll() is None and process.kill(), process.communicate()))
        return process

    def start_long_run(self, megabytes):
        """One that has the device's memory, since it trains."""
        self.write_trial(epochs=1_000_000, **EMUL)
        os.rename(self.path("trial.json"), self.path("long.json"))
        long_run = self.start("long.json", megabytes)
        self.assertIn("train_loss", long_run.stdout.readline())
        return long_run

    def test_a_run_waits_while_another_one_has_the_memory_that_it_would_need(self):
        long_run = self.start_long_run(60)
        self.write_trial(epochs=1, **EMUL)
        waiting = self.start("trial.json", 60)
        while not (line := waiting.stderr.readline()).startswith("waiting for "):
            self.assertNotEqual(line, "")
        self.assertRegex(
            line, r"^waiting for 3\d\.\d MB of the device's memory, which other runs have$")
        self.assertIsNone(waiting.poll())
        long_run.send_signal(signal.SIGKILL)  # a run's share ends with it, however it ends
        output, errors = waiting.communicate()
        self.assertEqual(waiting.returncode, 0, errors)
        self.assertIn("val_loss", output)

    def test_a_run_that_waits_can_be_stopped(self):
        self.start_long_run(61)
        self.write_trial(epochs=1, **EMUL)
        waiting = self.start("trial.json", 61)
        while not (line := waiting.stderr.readline()).startswith("waiting for "):
            self.assertNotEqual(line, "")
        waiting.send_signal(signal.SIGTERM)
        output, _ = waiting.communicate()
        self.assertEqual((waiting.returncode, output), (143, ""))

    def test_a_run_has_all_of_the_memory_though_it_is_no_whole_number_of_mib(self):
        """Regression: it waited for ever, and all others behind it."""
        mib = 1 << 20
        self.write_trial(epochs=1, model={"units": 256}, **EMUL)
        refused = self.run_autoglm("train", "trial.json",
                                   environment={"AUTOGLM_EMULATION_MEMORY": str(33 * mib)})
        self.assertEqual(refused.returncode, 64, refused.stderr)
        need = float(re.search("would need ([0-9.]+) MB of the device", refused.stderr)[1]) * 1e6
        size = int(need) + 60_000  # it is told in tenths of a MB
        self.assertGreater(-(-need // mib), size // mib)
        whole = self.run_autoglm("train", "trial.json",
                                 environment={"AUTOGLM_EMULATION_MEMORY": str(size)})
        self.assertEqual(whole.returncode, 0, whole.stderr)
        self.assertNotIn("waiting", whole.stderr)

    def start_on_a_full_device(self, **environment):
        """Waits for the memory that other programs have, while the file `others` is there."""
        self.write_trial(epochs=1, **EMUL)
        others = self.write("others", "")
        waiting = self.start_autoglm("train", "trial.json",
                                     environment=environment | {"AUTOGLM_EMULATION_OTHERS": others})
        while "; waiting up to " not in (line := waiting.stderr.readline()):
            self.assertNotEqual(line, "")
        self.assertRegex(line, "^device cuda-emul: open: context.cpp:[0-9]+: out of memory .*; waiting "
                               "up to [0-9]+ s for other programs' memory$")
        return waiting

    def test_a_device_that_other_programs_fill_is_waited_for(self):
        waiting = self.start_on_a_full_device()
        self.assertIsNone(waiting.poll())
        os.unlink(self.path("others"))
        output, errors = waiting.communicate()
        self.assertEqual(waiting.returncode, 0, errors)
        self.assertIn("val_loss", output)

    def test_a_run_that_waits_for_other_programs_can_be_stopped(self):
        waiting = self.start_on_a_full_device()
        waiting.send_signal(signal.SIGTERM)
        output, errors = waiting.communicate()
        self.assertEqual((waiting.returncode, output, errors), (143, "", ""))

    def test_a_device_that_stays_full_fails_the_run(self):
        output, errors = self.start_on_a_full_device(AUTOGLM_CUDA_WAIT="1").communicate()
        self.assertIn("; run fewer at a time, or end what else takes its memory", errors)
        self.assertEqual(output, "")

    def test_memory_that_others_take_meanwhile_is_not_the_configurations_fault(self):
        self.write_trial(epochs=1, **EMUL)
        for call in range(20, 100):
            result = self.run_autoglm("train", "trial.json",
                                      environment={"AUTOGLM_EMULATION_FAIL": str(call)})
            self.assertEqual(result.returncode, 9, result.stderr)
            if "so other programs may have the memory" in result.stderr:
                self.assertIn("out of memory", result.stderr)
                return
        self.fail("no allocation failed")

    def test_runs_that_fit_together_run_together(self):
        self.start_long_run(90)
        self.write_trial(epochs=1, **EMUL)
        beside = self.start("trial.json", 90)
        _, errors = beside.communicate()
        self.assertEqual(beside.returncode, 0, errors)
        self.assertNotIn("waiting", errors)


class Studies(TrainFolder):
    def test_a_study_with_early_stopping_trains_on_the_device(self):
        self.train_spec(self.section(lr="{lr}", epochs=4, batch=64, optimizer="sgd", **EMUL),
                        max_trials=8, parallel=2,
                        parameters={"lr": {"type": "log_uniform", "min": 1e-6, "max": 0.3}},
                        early_stopping={"type": "asha", "min_steps": 1, "max_steps": 4})
        report = self.tuned()
        self.assertEqual(report["counts"]["complete"] + report["counts"]["pruned"], 8)
        self.assertGreater(report["counts"]["pruned"], 0)
        log = self.folder.joinpath("study.trials/0/1/stderr.log").read_text()
        self.assertIn("device: cuda:0 emulation, sm_80", log)

    def tuned_with(self, variable, values, **training):
        """By value of a variable that trials have, the trial."""
        self.train_spec(self.section(epochs=1, batch=64, **training, **EMUL)
                        | {"env": {variable: "{value}"}}, searcher="grid", max_trials=2,
                        parameters={"value": {"type": "ordinal", "choices": values}})
        return {trial["params"]["value"]: trial for trial in self.tuned()["trials"]}

    def test_a_full_device_is_the_outcome_of_a_trial_and_the_study_goes_on(self):
        # cuBLAS's workspace alone takes 32 MiB.
        by_bytes = self.tuned_with("AUTOGLM_EMULATION_MEMORY", [34_000_000, 64_000_000],
                                   model={"units": 256})
        self.assertEqual(by_bytes[64_000_000]["state"], "complete")
        self.assertEqual(by_bytes[34_000_000]["state"], "infeasible")
        self.assertRegex(
            by_bytes[34_000_000]["reason"],
            r"would need 3\d\.\d MB of the device's memory, which has 34\.0 MB; take a smaller")

    def test_a_device_that_stays_full_says_nothing_of_the_configurations(self):
        others = self.write("others", "")
        self.train_spec(self.section(epochs=1, lr="{lr}", **EMUL), max_trials=9,
                        parameters={"lr": {"type": "log_uniform", "min": 1e-4, "max": 0.1}})
        result = self.run_autoglm("tune", "study.json", environment={
            "AUTOGLM_EMULATION_OTHERS": others, "AUTOGLM_CUDA_WAIT": "0"})
        self.assertEqual(result.returncode, 9, result.stderr)
        self.assertEqual(self.report()["counts"]["failed"], 3)
        self.assertIn("the device fails", result.stdout)
        os.unlink(others)
        self.assertEqual(self.tuned()["counts"]["complete"], 6)
        self.assertIn("run fewer at a time", self.report()["trials"][0]["reason"])

    def test_trials_have_what_the_tuner_was_told_of_the_device(self):
        self.train_spec(self.section(epochs=1, batch=64, **EMUL), max_trials=1)
        result = self.run_autoglm("tune", "study.json", environment={"AUTOGLM_EMULATION_FAIL": "200"})
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("the device failed", self.report()["trials"][0]["reason"])

    def test_a_device_that_fails_in_one_trial_fails_that_trial_and_the_study_goes_on(self):
        by_call = self.tuned_with("AUTOGLM_EMULATION_FAIL", [0, 200])
        self.assertEqual(by_call[0]["state"], "complete")
        self.assertEqual(by_call[200]["state"], "failed")
        self.assertIn("the device failed", by_call[200]["reason"])
        self.assertIn("look after the device", by_call[200]["reason"])


if __name__ == "__main__":
    main()
