"""The built-in trainer as its users run it: `autoglm train`, and trials of kind "train"."""

import json
import math
import os
import pathlib
import random
import re
import shlex
import signal
import statistics
import subprocess
import time
import unittest

from study_folder import PROGRAM, StudyFolder, clean_environment, main, wait_until

# What depends on the clock or the machine.
MEASURED = {"samples_per_second", "latency_ms", "memory_mb"}


def rings(rows, seed=1):
    """Two classes that no line separates: points inside and outside of a circle."""
    draw = random.Random(seed)
    lines = ["x,y,kind"]
    for _ in range(rows):
        x, y = draw.uniform(-1, 1), draw.uniform(-1, 1)
        lines.append(f"{x:.6f},{y:.6f},{'in' if x * x + y * y < 0.6 else 'out'}")
    return "\n".join(lines) + "\n"


def reports(text):
    """By step, as the last report of each has it."""
    found = {}
    for line in text.splitlines():
        report = json.loads(line)
        found.setdefault(report.pop("step"), {}).update(report)
    return found


def without_measured(found):
    return {step: {name: value for name, value in metrics.items() if name not in MEASURED}
            for step, metrics in found.items()}


# Of a build with a sanitizer.
SANITIZED = any(name in pathlib.Path(PROGRAM).read_bytes() for name in (b"__asan_init", b"__tsan_init"))


class TrainFolder(StudyFolder):
    def setUp(self):
        super().setUp()
        self.write("rings.csv", rings(400))

    def section(self, **training):
        """A small network on the rings; keys of `training` by keyword, `model` and `data` merged."""
        model = {"type": "mlp", "units": 16, "layers": 2} | training.pop("model", {})
        data = {"path": "rings.csv", "target": "kind"} | training.pop("data", {})
        return {"kind": "train", "model": model, "data": data,
                "training": {key: value for key, value in
                             ({"epochs": 12, "lr": 0.01, "seed": 3} | training).items()
                             if value is not None}}

    def write_trial(self, **training):
        return self.write("trial.json", json.dumps(self.section(**training)))

    def train(self, *arguments, **training):
        self.write_trial(**training)
        return self.run_autoglm("train", "trial.json", *arguments)

    def trained(self, *arguments, **training):
        result = self.train(*arguments, **training)
        self.assertEqual(result.returncode, 0, result.stderr)
        return reports(result.stdout)

    def refused(self, status, text, **training):
        result = self.train(**training)
        self.assertEqual((result.returncode, result.stdout), (status, ""), result.stderr)
        self.assertIn(text, result.stderr.splitlines()[-1])

    def train_spec(self, section=None, **changes):
        return self.spec(**{"metric": {"name": "val_loss", "goal": "minimize"},
                            "parameters": {"lr": {"type": "log_uniform", "min": 1e-3, "max": 0.1}},
                            "trial": section or self.section(lr="{lr}")} | changes)


class OneRun(TrainFolder):
    def test_a_network_learns_what_no_line_separates(self):
        found = self.trained(epochs=40)
        self.assertEqual(list(found), list(range(40)))
        self.assertGreater(found[39]["val_accuracy"], 0.9)
        self.assertLess(found[39]["val_loss"], found[0]["val_loss"] / 2)
        for name in ("train_loss", "val_f1", "val_mrr", "val_ndcg", "val_precision_at_k",
                     "samples_per_second", "latency_ms", "memory_mb"):
            self.assertIn(name, found[39])

    def test_the_same_seed_gives_the_same_run_and_another_seed_another(self):
        first = without_measured(self.trained())
        self.assertEqual(without_measured(self.trained()), first)
        self.assertNotEqual(without_measured(self.trained(seed=4)), first)

    def test_each_precision_and_optimizer_learns(self):
        for precision in ("fp32", "bf16", "fp16"):
            for optimizer, lr in (("sgd", 0.1), ("adam", 0.01), ("adamw", 0.01)):
                found = self.trained(precision=precision, optimizer=optimizer, lr=lr, epochs=30)
                self.assertLess(found[29]["val_loss"], 0.45, (precision, optimizer))

    def test_numbers_are_predicted_in_their_own_unit(self):
        draw = random.Random(2)
        rows = [(draw.uniform(-1, 1), draw.uniform(-1, 1)) for _ in range(400)]
        self.write("plane.csv", "a,b,price\n" + "".join(
            f"{a:.5f},{b:.5f},{1000 + 300 * a - 200 * b:.3f}\n" for a, b in rows))
        found = self.trained(data={"path": "plane.csv", "target": "price"}, epochs=40)
        self.assertGreater(found[39]["val_r2"], 0.98)
        self.assertLess(found[39]["val_mae"], 40)
        self.assertAlmostEqual(found[39]["val_rmse"] ** 2, found[39]["val_mse"], delta=1)

    # Regression: around 1.7e9 numbers of f32 are 128 apart, so every prediction was right.
    def test_numbers_far_from_zero_are_judged_by_their_differences(self):
        targets = {}
        for name, seed in (("train", 1), ("judged", 2)):
            draw = random.Random(seed)
            rows = [(draw.uniform(-1, 1), draw.uniform(-1, 1)) for _ in range(200)]
            targets[name] = [1.7e9 + 10 * a + 5 * b for a, b in rows]
            self.write(f"{name}.csv", "a,b,y\n" + "".join(
                f"{a},{b},{y!r}\n" for (a, b), y in zip(rows, targets[name])))
        [untrained] = self.trained(
            lr=1e-9, epochs=1, data={"path": "train.csv", "target": "y",
                                     "validation_path": "judged.csv"}).values()
        deviation = statistics.pstdev(y - 1.7e9 for y in targets["train"])
        variance = statistics.pvariance(y - 1.7e9 for y in targets["judged"])
        mse = untrained["val_loss"] * deviation ** 2  # the loss is that of standardised targets
        self.assertAlmostEqual(untrained["val_mse"] / mse, 1, places=5)
        self.assertAlmostEqual(untrained["val_rmse"] / math.sqrt(mse), 1, places=5)
        self.assertAlmostEqual(untrained["val_r2"], 1 - mse / variance, places=5)

    def test_gradients_are_watched(self):
        found = self.trained(watch={"interval": 5})
        for name in ("gradient_norm", "lr", "grad_mean.fc1.weight", "grad_variance.fc2.bias"):
            self.assertIn(name, found[0])

    def test_what_is_watched_is_told_at_the_end_of_each_epoch(self):
        """One update an epoch, far from the 50 between looks."""
        found = self.trained(batch=400, epochs=3)
        for step in range(3):
            for name in ("gradient_norm", "lr", "grad_mean.fc1.weight"):
                self.assertIn(name, found[step])

    def test_with_folds_the_mean_of_what_is_watched_is_told(self):
        found = self.trained(data={"folds": 3}, epochs=3, watch={"interval": 5}, lr=0.02)
        for step in range(3):
            self.assertEqual(found[step]["lr"], 0.02)
            for name in ("gradient_norm", "grad_mean.fc1.weight", "grad_variance.fc2.bias"):
                self.assertIn(name, found[step])

    def test_folds_give_their_mean(self):
        found = self.trained(data={"folds": 4}, epochs=5)[4]
        folds = [found[f"val_loss.fold{i}"] for i in range(4)]
        self.assertAlmostEqual(sum(folds) / 4, found["val_loss"], places=6)
        self.assertGreater(len(set(folds)), 1)

    def test_a_test_part_is_judged_at_the_end_alone(self):
        found = self.trained(data={"test": 0.25}, epochs=3)
        self.assertNotIn("test_loss", found[1])
        self.assertIn("test_accuracy", found[2])

    def test_a_batch_larger_than_the_data_is_the_data(self):
        whole = without_measured(self.trained(batch=400, epochs=2))
        for batch in (1048576, 2 ** 40):
            found = self.trained(batch=batch, epochs=2, memory_limit="1GB")
            self.assertEqual(without_measured(found), whole)
        found = self.trained(batch=2 ** 40, accumulation=2 ** 40, epochs=2)
        self.assertEqual(without_measured(found), whole)

    def test_batches_that_make_one_update_are_one_batch(self):
        """Of 320 rows, in 15 updates of 21 and one of 5: batches of 7 and the rest."""
        one = self.trained(batch=21, epochs=3)
        many = self.trained(batch=7, accumulation=3, epochs=3)
        for step in range(3):
            self.assertAlmostEqual(many[step]["train_loss"], one[step]["train_loss"], places=4)
            self.assertAlmostEqual(many[step]["val_loss"], one[step]["val_loss"], places=4)


class EndsEarly(TrainFolder):
    def test_a_run_that_diverges_fails_and_says_so(self):
        result = self.train(lr=1e18, optimizer="sgd", clip_norm=0, watch={"interval": 1})
        self.assertEqual(result.returncode, 3)
        self.assertRegex(result.stderr.splitlines()[-1], "training loss is nan; try a lower lr")

    def test_a_run_that_diverges_in_fp16_fails_too(self):
        result = self.train(lr=1e18, optimizer="sgd", epochs=2, precision="fp16")
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertRegex(result.stderr.splitlines()[-1], "validation loss is -?nan; try a lower lr")

    def test_a_network_too_deep_for_its_first_layer_to_learn_fails(self):
        """What the bias of its output layer gets keeps the gradient's norm large."""
        deep = {"units": 8, "layers": 200}
        result = self.train(model=deep, epochs=12)  # of 10 updates
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertRegex(result.stderr.splitlines()[-1],
                         "^update 80: the gradient of the first layer's weights is 0 times the "
                         "largest of any layer, .* since update 10; try another activation")
        told = reports(result.stdout)[7]
        self.assertEqual(told["grad_variance.fc1.weight"], 0)
        self.assertGreater(told["gradient_norm"], 1e-6)
        for training in ({"watch": {"vanishing": 0}, "model": deep},
                         {"model": deep | {"activation": "silu", "norm": "layer",
                                           "residual": True}},
                         {"groups": [{"prefix": "fc1", "lr_factor": 0}], "epochs": 40}):
            with self.subTest(training):
                self.trained(**{"epochs": 12} | training)

    def test_single_samples_that_reach_no_unit_end_nothing(self):
        """Of networks so narrow that some rows leave a whole layer at 0."""
        self.trained(model={"units": 2, "layers": 3}, batch=1, epochs=3, lr=1e-3,
                     watch={"interval": 1})

    def test_a_run_that_fails_leaves_no_checkpoint(self):
        os.mkdir(self.path("run"))
        result = self.train("--dir", "run", checkpoint="0s", watch={"exploding": 1e-9})
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("gradient norm", result.stderr.splitlines()[-1])
        self.assertEqual(os.listdir(self.path("run")), [])

    def test_a_plateau_completes_and_says_so(self):
        result = self.train(epochs=200, watch={"patience": 2, "least_change": 0.5})
        self.assertEqual(result.returncode, 0)
        self.assertTrue(result.stderr.splitlines()[-1].startswith("ended early: "), result.stderr)
        self.assertLess(len(reports(result.stdout)), 10)

    def test_the_tuner_keeps_the_reason(self):
        self.train_spec(self.section(lr="{lr}", epochs=200,
                                     watch={"patience": 2, "least_change": 0.5}), max_trials=2)
        for trial in self.tuned()["trials"]:
            self.assertEqual(trial["state"], "complete")
            self.assertIn("2 epochs", trial["reason"])

    def test_what_cannot_fit_is_infeasible(self):
        self.refused(64, "memory_limit", memory_limit="100KB")
        self.train_spec(self.section(lr="{lr}", memory_limit="100KB"), max_trials=2)
        result = self.tune()
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertEqual(self.report()["counts"]["infeasible"], 2)


class Memory(TrainFolder):
    CONSTANT = 8  # MB, as docs/training.md says: code that is loaded late, the allocator's own

    def write_wide(self, columns, rows=40):
        draw = random.Random(3)
        lines = [",".join([f"c{i}" for i in range(columns)] + ["kind"])]
        lines += [",".join([f"{draw.random():.2f}" for _ in range(columns)] + [f"k{row % 2}"])
                  for row in range(rows)]
        self.write("wide.csv", "\n".join(lines) + "\n")

    def check(self, **training):
        """What is predicted holds, and is not so much that anything would hold."""
        self.write_trial(epochs=2, **training)
        result = self.run_autoglm("train", "trial.json", "--dir", "run")
        self.assertEqual(result.returncode, 0, result.stderr)
        predicted = float(re.search("memory: ([0-9.]+) MB predicted", result.stderr)[1])
        peak = reports(result.stdout)[1]["memory_mb"]
        self.assertLess(peak, predicted + self.CONSTANT)
        self.assertLess(predicted, 1.3 * peak + self.CONSTANT)

    @unittest.skipIf(SANITIZED, "sanitizers keep memory of their own")
    def test_the_most_that_a_run_takes_is_what_was_predicted(self):
        wide, image = {"path": "wide.csv"}, {"path": "image.csv", "image": [8, 8]}
        self.write_wide(64, rows=300)
        os.rename(self.path("wide.csv"), self.path("image.csv"))
        self.write_wide(20_000)
        big, cnn = {"units": 1024, "layers": 4}, {"type": "cnn", "channels": 32, "layers": 1}
        for name, training in {
                "plain": {"model": big},
                "checkpoints": {"model": big, "checkpoint": "0s"},
                "weights": {"model": big, "optimizer": "sgd", "checkpoint": "0s",
                            "keep_weights": True},
                "folds": {"model": {"units": 512}, "data": {"folds": 4}, "checkpoint": "0s"},
                "columns": {"data": wide, "checkpoint": "0s"},
                "columns that are read": {"data": wide | {"memory": "1KB"}, "checkpoint": "0s"},
                "image": {"model": cnn, "data": image, "batch": 128, "checkpoint": "0s"},
                "prefetch": {"data": wide, "memory": "performance"},
                "efficient": {"model": {"units": 512, "layers": 8}, "memory": "efficient"}}.items():
            with self.subTest(name):
                self.check(**training)

    @unittest.skipIf(SANITIZED, "sanitizers keep memory of their own")
    def test_a_limit_is_of_all_that_the_process_has(self):
        """58 MB of the network and its scratch memory, an array of 4 MB on its way, the program."""
        model = {"units": 1024, "layers": 4}
        self.assertEqual(self.train(model=model, epochs=1, memory_limit="100MB").returncode, 0)
        self.refused(64, "the memory_limit", model=model, epochs=1, memory_limit="62MB")


class Resuming(TrainFolder):
    LONG = {"epochs": 400, "model": {"units": 64, "dropout": 0.2}, "data": {"test": 0.1}}

    def start(self, *arguments):
        self.write_trial(**self.LONG)
        return self.start_autoglm("train", "trial.json", *arguments)

    def test_a_run_that_was_stopped_ends_as_one_that_was_not(self):
        whole = without_measured(self.trained(**self.LONG))
        os.mkdir(self.path("run"))
        stops = 0
        for seconds in (0.1, 0.05, 0.2):
            process = self.start("--dir", self.path("run"))
            process.stdout.readline()  # it trains now
            time.sleep(seconds)
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
            self.assertIn(process.returncode, (0, 75), errors)
            stops += process.returncode == 75
        self.assertGreater(stops, 0)
        found = reports(self.run_autoglm("train", "trial.json", "--dir", self.path("run")).stdout)
        self.assertEqual(without_measured(found), whole)

    def test_a_killed_tuner_and_trial_end_with_the_same_loss(self):
        section = self.section(**self.LONG | {"lr": "{lr}", "checkpoint": "200ms"})
        self.train_spec(section, name="calm", max_trials=2)
        self.tune("--study", "calm.db")
        calm = self.report("calm.db")
        self.train_spec(section, name="killed", max_trials=2)
        for _ in range(4):
            process = self.start_autoglm("tune", "study.json", "--study", "killed.db",
                                         "--progress", "none")
            self.wait_for_checkpoint(process, "killed.trials")
            process.kill()
            process.wait()
        self.tune("--study", "killed.db")
        killed = self.report("killed.db")
        self.assertEqual([trial["value"] for trial in killed["trials"]],
                         [trial["value"] for trial in calm["trials"]])
        logs = pathlib.Path(self.folder, "killed.trials").glob("*/*/stderr.log")
        self.assertTrue(any("goes on from" in log.read_text() for log in logs))

    def wait_for_checkpoint(self, process, trials):
        """Until a trial that runs has one, or all is over."""
        wait_until(lambda: process.poll() is not None
                   or list(self.folder.glob(f"{trials}/*/*/checkpoint.agm")), 300)
        time.sleep(0.1)

    def stopped(self, *arguments, environment=None, **training):
        """A run with a checkpoint that has reported something and was stopped by SIGTERM."""
        self.write_trial(**training)
        process = self.start_autoglm("train", "trial.json", *arguments, environment=environment)
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75, errors)

    def test_a_killed_run_goes_on_within_its_epoch(self):
        """Of so many rows that its first epoch lasts much longer than it takes to kill it."""
        self.write("rings.csv", rings(1000 if SANITIZED else 8000))
        os.mkdir(self.path("run"))
        for name, changes in {"plain": {},
                              "folds": {"data": {"folds": 3}},
                              "accumulation": {"accumulation": 3, "batch": 3},
                              "prefetch": {"memory": "performance"},
                              "streaming": {"data": {"memory": "1KB"}},
                              "fp16": {"precision": "fp16"}}.items():
            with self.subTest(name):
                slow = {"epochs": 2, "batch": 1, "lr": 1e-4, "checkpoint": "1ms",
                        "model": {"units": 64, "dropout": 0.2},
                        "watch": {"interval": 7}} | changes
                whole = without_measured(self.trained(**slow))
                process = self.start_autoglm("train", "trial.json", "--dir", "run")
                wait_until(lambda: process.poll() is not None
                           or os.path.exists(self.path("run/checkpoint.agm")), 60)
                process.kill()
                process.communicate()
                result = self.run_autoglm("train", "trial.json", "--dir", "run")
                self.assertIn("goes on from run/checkpoint.agm: epoch 0", result.stderr)
                self.assertEqual(without_measured(reports(result.stdout)), whole)
                self.assertEqual(os.listdir(self.path("run")), [])

    def test_evaluation_stops_when_it_is_told_to(self):
        """Four quick updates, then as many batches of validation as there are rows."""
        self.write("many.csv", rings(200_000, seed=2))
        long = {"epochs": 1, "batch": 1, "watch": {"interval": 1}, "model": {"units": 64},
                "data": {"path": "few.csv", "validation_path": "many.csv"}}
        self.write("few.csv", "\n".join(rings(400).splitlines()[:5]) + "\n")
        whole = without_measured(self.trained(**long))
        process = self.start_autoglm("train", "trial.json", "--dir", "run")
        for _ in range(4):
            process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=60)
        self.assertEqual((process.returncode, rest), (75, ""), errors)
        found = reports(self.run_autoglm("train", "trial.json", "--dir", "run").stdout)
        self.assertEqual(without_measured(found), whole)

    def test_samples_of_an_epoch_are_divided_by_all_of_its_time(self):
        """A run that has trained for so long before it was stopped has no higher rate than this."""
        self.write("many.csv", rings(20_000))
        self.write_trial(epochs=1, batch=1, lr=1e-4, watch={"interval": 200}, model={"units": 64},
                         data={"path": "many.csv"})
        process = self.start_autoglm("train", "trial.json", "--dir", "run")
        begin = process.stdout.readline() and time.monotonic()
        for _ in range(63):  # of 80 looks: 16,000 rows to train on
            process.stdout.readline()
        seconds = time.monotonic() - begin
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75)
        found = reports(self.run_autoglm("train", "trial.json", "--dir", "run").stdout)
        self.assertLess(found[0]["samples_per_second"], 16_000 / seconds)

    def test_two_runs_do_not_share_a_folder(self):
        process = self.start("--dir", "run")
        process.stdout.readline()
        second = self.run_autoglm("train", "trial.json", "--dir", "run")
        self.assertEqual((second.returncode, second.stdout), (2, ""), second.stderr)
        self.assertIn("--dir run: another training run writes there; choose another folder",
                      second.stderr)
        process.kill()
        process.communicate()
        self.assertEqual(self.run_autoglm("train", "trial.json", "--dir", "run").returncode, 0)

    def test_no_attempt_goes_on_once_a_later_one_has_ended(self):
        attempts = {number: {"AUTOGLM_TRIAL_DIR": self.path(f"0/{number}")} for number in (1, 2, 3)}
        for number in attempts:
            os.makedirs(self.path(f"0/{number}"))
        for number in (1, 2):
            self.stopped(environment=attempts[number], **self.LONG)
        left = pathlib.Path(self.folder, "0/1/checkpoint.agm")
        self.assertTrue(left.exists())
        result = self.run_autoglm("train", "trial.json", environment=attempts[3])
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("goes on from", result.stderr)
        self.assertEqual(list(pathlib.Path(self.folder, "0").glob("*/*.agm")), [])

    def test_a_run_of_other_data_is_begun_anew(self):
        """The same shape, then two columns more."""
        wider = "\n".join(line.split(",", 1)[0] + ",1,2," + line.split(",", 1)[1] if line[0] != "x"
                          else "x,a,b,y,kind" for line in rings(400).splitlines()) + "\n"
        for number, other in enumerate((rings(400, seed=2), wider)):
            folder = f"run{number}"
            self.write("rings.csv", rings(400))
            self.stopped("--dir", folder, **self.LONG)
            self.write("rings.csv", other)
            result = self.run_autoglm("train", "trial.json", "--dir", folder)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertRegex(result.stderr, "other data: .*; it is passed over")
            self.assertEqual(without_measured(reports(result.stdout)),
                             without_measured(self.trained(**self.LONG)))

    def test_a_checkpoint_of_an_older_layout_is_passed_over(self):
        self.stopped("--dir", "run", **self.LONG)
        path = pathlib.Path(self.path("run"), "checkpoint.agm")
        file = bytearray(path.read_bytes())
        file[8] = 1
        path.write_bytes(file)
        result = self.run_autoglm("train", "trial.json", "--dir", "run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stderr, "version 1, this program reads version 2; .*passed over")

    def test_a_broken_checkpoint_is_passed_over(self):
        os.mkdir(self.path("run"))
        pathlib.Path(self.path("run"), "checkpoint.agm").write_bytes(b"nonsense" * 100)
        result = self.train("--dir", self.path("run"), epochs=2)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("passed over", result.stderr)

    SMALL_DISK = ["sh", "-c", 'ulimit -f 8; exec "$0" train trial.json --dir run', PROGRAM]

    def test_a_run_goes_on_without_the_checkpoints_that_a_full_disk_does_not_take(self):
        wide = {"model": {"units": 256}, "checkpoint": "0s", "epochs": 5}
        whole = without_measured(self.trained(**wide))
        result = subprocess.run(self.SMALL_DISK, cwd=self.folder, capture_output=True, text=True,
                                env=clean_environment())
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(without_measured(reports(result.stdout)), whole)
        [said] = [line for line in result.stderr.splitlines() if "checkpoint" in line]
        self.assertEqual(said, "run/checkpoint.agm: checkpoint cannot be written: File too large; "
                               "make room; until then this run goes on without, and tries again "
                               "when the next is due")
        self.assertEqual(os.listdir(self.path("run")), [])

    def test_a_run_that_is_stopped_needs_a_checkpoint(self):
        self.write_trial(**self.LONG | {"epochs": 100_000, "model": {"units": 256}})
        process = subprocess.Popen(self.SMALL_DISK, cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=clean_environment())
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1, errors)
        self.assertRegex(errors.splitlines()[-1], "run/checkpoint.agm: checkpoint cannot be written: "
                                                  "File too large; make room, then run this again")
        self.assertEqual(os.listdir(self.path("run")), [])

    def test_what_kills_have_left_of_checkpoints_is_removed(self):
        left = [f"0/{name}/checkpoint.agm.new" for name in ("1", "2.old", "2.old.2", "2")]
        for name in left:
            os.makedirs(os.path.dirname(self.path(name)))
            self.write(name, "half of a checkpoint")
        self.trained(epochs=1)  # without a folder nothing is anybody's
        self.assertEqual([os.path.exists(self.path(name)) for name in left], [True] * 4)
        process = self.start_autoglm("train", "trial.json",
                                     environment={"AUTOGLM_TRIAL_DIR": self.path("0/2")})
        self.assertEqual(process.wait(timeout=60), 0)
        self.assertEqual([os.path.exists(self.path(name)) for name in left], [False] * 4)

    def test_an_attempt_goes_on_from_the_latest_that_was_set_aside(self):
        for name in ("old", "old.2"):
            os.makedirs(self.path(f"0/1.{name}"))
        os.makedirs(self.path("0/1"))
        self.stopped("--dir", "0/1.old.2", **self.LONG)
        result = self.run_autoglm("train", "trial.json",
                                  environment={"AUTOGLM_TRIAL_DIR": self.path("0/1")})
        self.assertIn("goes on from " + self.path("0/1.old.2"), result.stderr)


class Studies(TrainFolder):
    def test_a_study_of_the_trainer_stops_bad_trials(self):
        self.train_spec(self.section(lr="{lr}", epochs=27, optimizer="sgd"), max_trials=12,
                        parameters={"lr": {"type": "log_uniform", "min": 1e-6, "max": 0.3}},
                        early_stopping={"type": "asha", "min_steps": 1, "max_steps": 27})
        report = self.tuned()
        self.assertEqual(report["counts"]["complete"] + report["counts"]["pruned"], 12)
        self.assertGreater(report["counts"]["pruned"], 0)
        self.assertLess(report["best"]["value"], 0.5)

    def test_the_command_that_tune_prints_gives_the_best_trial_again(self):
        for seed, seeds in ((None, 1), (None, 2), (5, 1)):
            with self.subTest(seed=seed, seeds=seeds):
                self.train_spec(self.section(lr="{lr}", seed=seed) | {"seeds": seeds},
                                name=f"s{seed}{seeds}", max_trials=3)
                result = self.tune()
                self.assertEqual(result.returncode, 0, result.stderr)
                best = self.report(f"s{seed}{seeds}.db")["best"]["number"]
                [line] = re.findall("^command: (.*)$", result.stdout, re.M)
                command = shlex.split(line)
                self.assertTrue(command[-1].endswith(f"/{best}/{seeds}/trial.json"), line)
                told = pathlib.Path(command[-1]).with_name("stdout.log").read_text()
                for folder in ([], ["--dir", f"run{seed}{seeds}"]):
                    again = self.run_autoglm(*command[1:], *folder)
                    self.assertEqual(again.returncode, 0, again.stderr)
                    self.assertEqual(without_measured(reports(again.stdout)),
                                     without_measured(reports(told)))

    def test_two_metrics_have_a_front(self):
        self.train_spec(None, metric=None, max_trials=3,
                        metrics=[{"name": "val_accuracy", "goal": "maximize"},
                                 {"name": "latency_ms", "goal": "minimize"}])
        report = self.tuned()
        self.assertIsNone(report["best"])
        self.assertGreaterEqual(len(report["pareto"]), 1)

    def test_a_metric_that_training_does_not_report_is_found_before_it_starts(self):
        self.train_spec(metric={"name": "val_acuracy", "goal": "maximize"})
        result = self.tune()
        self.assertEqual(result.returncode, 2)
        self.assertIn('did you mean "val_accuracy"?', result.stderr)


class MistakesOfEveryTrial(TrainFolder):
    """What would make each trial infeasible is told before the first one starts."""

    def setUp(self):
        super().setUp()
        self.write("plane.csv", "a,b,price\n" + "".join(
            f"{i % 7},{i % 5},{i * 1.5}\n" for i in range(100)))

    def refused_study(self, text, section=None, **changes):
        self.train_spec(section, **changes)
        for command in (["tune", "study.json", "--progress", "none"], ["validate", "study.json"]):
            result = self.run_autoglm(*command)
            self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
            self.assertRegex(result.stderr, r"^study.json:1:\d+: " + text)
        self.assertFalse(os.path.exists(self.path("study.db")))

    def accepted(self, section=None, **changes):
        self.train_spec(section, **changes)
        result = self.run_autoglm("validate", "study.json")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_loss_of_the_other_task(self):
        plane = {"path": "plane.csv", "target": "price"}
        self.refused_study('/trial/training/loss: "mse" is for regression, and the target is a '
                           'class; choose', self.section(lr="{lr}", loss="mse"))
        self.refused_study('/trial/training/loss: the target is a number; choose "mse"',
                           self.section(lr="{lr}", loss={"type": "focal"}, data=plane))
        self.refused_study("/trial/training/label_smoothing: the target is a number, .*set it to 0",
                           self.section(lr="{lr}", label_smoothing=0.1, data=plane))
        self.accepted(self.section(lr="{lr}", loss="mse", data=plane))

    def test_a_group_without_parameters(self):
        self.refused_study('/trial/training/groups/1/prefix: no parameter begins with "zz"; there '
                           "are fc1.weight",
                           self.section(lr="{lr}", groups=[{"prefix": "fc1"}, {"prefix": "zz"}],
                                        model={"units": "{units}"}),
                           parameters={"lr": {"type": "log_uniform", "min": 1e-3, "max": 0.1},
                                       "units": {"type": "int", "min": 4, "max": 8}})
        self.refused_study('/trial/training/groups/0/prefix: no parameter begins with "fc4"',
                           self.section(lr="{lr}", groups=[{"prefix": "fc4"}]))

    def test_an_image_that_no_stage_is_left_of(self):
        self.write("image.csv", "a,b,c,d,kind\n" + "1,2,3,4,x\n4,3,2,1,y\n" * 20)
        section = self.section(lr="{lr}", data={"path": "image.csv", "image": [2, 2]})
        section["model"] = {"type": "cnn", "channels": 4, "stages": 3}
        self.refused_study("/trial/model/channels: 3 stages: before stage 3 .*take fewer stages",
                           section)

    def test_a_metric_that_these_data_do_not_have(self):
        for name, text in {"val_rmse": "is not reported where the target is a class; there "
                                       "training reports val_loss, val_accuracy",
                           "test_loss": "needs a test part; set data.test",
                           "val_loss.fold0": "is of fold 0, and data.folds is 1"}.items():
            metric = {"name": name, "goal": "minimize"}
            self.refused_study(f'/metric: "{name}" {text}', metric=metric)
            computed = {"name": "score", "goal": "minimize", "value": f"val_loss + `{name}`"}
            self.refused_study(f'/metric: "{name}" {text}', metric=computed)
        section = self.section(lr="{lr}", data={"test": 0.2, "folds": 2})
        for name in ("test_loss", "val_loss.fold1", "grad_mean.fc1.weight"):
            self.accepted(section, metric={"name": name, "goal": "minimize"})

    def test_what_some_trial_may_have_is_no_mistake(self):
        parameters = {"lr": {"type": "log_uniform", "min": 1e-3, "max": 0.1},
                      "loss": {"type": "categorical", "choices": ["mse", "focal"]},
                      "layers": {"type": "int", "min": 1, "max": 4}}
        self.accepted(self.section(lr="{lr}", loss="{loss}", model={"layers": "{layers}"},
                                   groups=[{"prefix": "fc5"}]), parameters=parameters)

    def test_validate_run_does_not_ask_the_trainer_to_print(self):
        self.train_spec(self.section(lr="{lr}", memory_limit="100KB"))
        result = self.run_autoglm("validate", "--run", "study.json")
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("not found: val_loss; the run ended before it reported that", result.stdout)
        self.assertNotIn("print", result.stdout)

    def test_a_spec_whose_data_are_elsewhere_can_be_validated(self):
        self.accepted(self.section(lr="{lr}", data={"path": "elsewhere.csv"}))


class HostileData(TrainFolder):
    def refuse_data(self, text, message, **data):
        self.write("bad.csv", text)
        self.refused(2, message, data={"path": "bad.csv", "target": "kind"} | data)

    def test_data_that_cannot_be_used_is_an_error_with_its_place(self):
        self.refuse_data("", "empty")
        self.refuse_data("x,y,kind\n", "bad.csv")
        self.refuse_data("x,y,kind\n" + "1,2,in\n" * 50, "class")
        self.refuse_data("x,y,kind\n1,2,in\n1,2\n", "bad.csv:3")
        self.refuse_data("x,y,label\n1,2,in\n", "kind")
        self.refused(2, "missing.csv", data={"path": "missing.csv"})

    def test_a_bad_row_may_be_skipped(self):
        self.write("bad.csv", rings(200) + "1,2\n")
        result = self.train(data={"path": "bad.csv", "bad_rows": "skip"}, epochs=2)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stderr, "1 .*(skipped|left out)")

    def test_missing_numbers_are_filled_in(self):
        lines = rings(200).splitlines()
        lines[5] = "nan," + lines[5].split(",", 1)[1]
        lines[6] = "," + lines[6].split(",", 1)[1]
        self.write("holes.csv", "\n".join(lines) + "\n")
        found = self.trained(data={"path": "holes.csv"}, epochs=2)
        self.assertTrue(math.isfinite(found[1]["val_loss"]))

    def test_the_same_is_said_by_tune_before_a_trial_starts(self):
        self.write("rings.csv", "")
        self.train_spec()
        result = self.tune()
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("empty", result.stderr)
        self.assertFalse(os.path.exists(self.path("study.db")))


if __name__ == "__main__":
    main()
