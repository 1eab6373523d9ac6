"""The weights that a training run leaves: what they are computed with here, in plain Python and f64,
is what the run reported."""

import json
import math
import pathlib
import random
import re
import struct

from study_folder import StudyFolder, main

EPSILON = 1e-5  # of batch norm


def read_safetensors(path):
    """Arrays by name, as (shape, numbers), and the texts."""
    data = pathlib.Path(path).read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header, numbers = json.loads(data[8:8 + size]), data[8 + size:]
    texts = header.pop("__metadata__")
    arrays, end = {}, 0
    for name, one in header.items():
        begin, end_of = one["data_offsets"]
        assert begin == end, f"{name}: a hole before it"
        end = end_of
        code, width = {"F32": ("f", 4), "F64": ("d", 8)}[one["dtype"]]
        count = math.prod(one["shape"])
        assert end - begin == count * width, name
        arrays[name] = one["shape"], struct.unpack(f"<{count}{code}", numbers[begin:end])
    assert end == len(numbers), "numbers that no array has"
    return arrays, texts


def documented(name):
    """A function as docs/training.md shows it."""
    text = pathlib.Path(__file__, "../../../docs/training.md").resolve().read_text()
    [code] = re.findall(f"```python\n(def {name}.*?)```", text, re.S)
    names = {"math": math}
    exec(code, names)
    return names[name]


inputs = documented("inputs")


class Network:
    """A multilayer perceptron with one hidden layer, batch norm and ReLU."""

    def __init__(self, path):
        self.arrays, self.texts = read_safetensors(path)
        self.columns = json.loads(self.texts["columns"])
        self.classes = json.loads(self.texts["classes"])

    def numbers(self, name):
        return self.arrays[name][1]

    def inputs(self, row):
        """A row of the file, texts by the names of its columns, as it is fed in."""
        return inputs(row, self.columns, *(self.numbers("input." + name)
                                           for name in ("mean", "scale", "missing")))

    def linear(self, name, x):
        (outputs, inputs), weights = self.arrays[name + ".weight"]
        biases = self.numbers(name + ".bias") if name + ".bias" in self.arrays else [0.0] * outputs
        return [biases[i] + sum(w * v for w, v in zip(weights[i * inputs:(i + 1) * inputs], x))
                for i in range(outputs)]

    def normed(self, x):
        parts = (self.numbers("norm1." + part)
                 for part in ("running_mean", "running_variance", "gamma", "beta"))
        return [(v - mean) / math.sqrt(variance + EPSILON) * gamma + beta
                for v, mean, variance, gamma, beta in zip(x, *parts)]

    def outputs(self, row):
        hidden = self.normed(self.linear("fc1", self.inputs(row)))
        return self.linear("fc2", [max(0.0, v) for v in hidden])


def rows_of(text):
    header, *lines = text.splitlines()
    return [dict(zip(header.split(","), line.split(","))) for line in lines]


def table(rows, seed, target):
    """Numbers, some of them missing, and a colour; what is to be predicted depends on all."""
    draw, lines = random.Random(seed), ["width,colour,height,target"]
    for _ in range(rows):
        width, height = draw.gauss(1000, 3), draw.uniform(-1, 1)
        colour = draw.choice(["red", "green", "blue"])
        shown = "" if draw.random() < 0.1 else f"{height:.4f}"
        lines.append(f"{width:.4f},{colour},{shown},{target(width - 1000, colour, height)}")
    return "\n".join(lines) + "\n"


class KeptWeights(StudyFolder):
    def trained(self, target, *arguments, status=0, judged="validation_path", by="judged.csv",
                **training):
        for name, rows, seed in (("train", 300, 1), ("judged", 80, 2)):
            self.write(f"{name}.csv", table(rows, seed, target))
        self.write("trial.json", json.dumps({
            "kind": "train", "model": {"type": "mlp", "units": 8, "layers": 1, "norm": "batch"},
            "data": {"path": "train.csv", "target": "target", judged: by},
            "training": {"epochs": 6, "lr": 0.01, "seed": 3, "keep_weights": True} | training}))
        result = self.run_autoglm("train", "trial.json", *arguments)
        self.assertEqual(result.returncode, status, result.stderr)
        reported = {}
        for line in result.stdout.splitlines():
            reported.update(json.loads(line))
        return reported, result.stderr

    def test_the_file_holds_the_classifier_that_was_judged(self):
        kinds = {"red": "b", "green": "a", "blue": "c"}
        last, _ = self.trained(
            lambda width, colour, height: kinds[colour] if width + 3 * height > 0 else "d",
            "--dir", "run", precision="fp32")
        network = Network(self.folder / "run/weights.safetensors")
        self.assertEqual(network.classes, ["a", "b", "c", "d"])
        self.assertEqual(json.loads(network.texts["trial"])["model"]["units"], 8)
        loss, right, judged = 0, 0, rows_of((self.folder / "judged.csv").read_text())
        for row in judged:
            outputs = network.outputs(row)
            true = network.classes.index(row["target"])
            loss += math.log(sum(map(math.exp, outputs))) - outputs[true]
            right += max(range(4), key=outputs.__getitem__) == true
        self.assertAlmostEqual(loss / len(judged), last["val_loss"], delta=1e-5)
        self.assertAlmostEqual(right / len(judged), last["val_accuracy"], places=9)
        self.assertFalse((self.folder / "run/checkpoint.agm").exists())

    def test_a_regression_is_told_in_its_unit(self):
        last, _ = self.trained(
            lambda width, colour, height: f"{5e4 + 100 * width + len(colour) + 40 * height:.3f}",
            "--dir", "run")
        network = Network(self.folder / "run/weights.safetensors")
        self.assertEqual(network.classes, [])
        [deviation], [mean] = network.numbers("target.deviation"), network.numbers("target.mean")
        judged = rows_of((self.folder / "judged.csv").read_text())
        errors = [network.outputs(row)[0] * deviation + mean - float(row["target"])
                  for row in judged]
        self.assertAlmostEqual(sum(map(abs, errors)) / len(errors), last["val_mae"],
                               delta=1e-5 * last["val_mae"] + 0.01)  # f32 beside 50,000

    def test_each_fold_has_its_own(self):
        self.trained(lambda width, colour, height: "yes" if width > 0 else "no", "--dir", "run",
                     judged="folds", by=3, epochs=2)
        found = sorted(path.name for path in (self.folder / "run").iterdir())
        self.assertEqual(found, [f"weights.fold{i}.safetensors" for i in range(3)])

    def test_trials_keep_theirs(self):
        self.write("train.csv", table(60, 1, lambda width, colour, height: colour))
        self.spec(
            metric={"name": "val_loss", "goal": "minimize"}, max_trials=2, searcher=None,
            parameters={"lr": {"type": "log_uniform", "min": 1e-3, "max": 0.1}},
            trial={"kind": "train", "model": {"type": "mlp", "units": 4},
                   "data": {"path": "train.csv", "target": "target"},
                   "training": {"lr": "{lr}", "epochs": 2, "keep_weights": True}})
        self.assertEqual(self.run_autoglm("tune", "study.json").returncode, 0)
        for trial in (0, 1):
            arrays, _ = read_safetensors(
                self.folder / f"study.trials/{trial}/1/weights.safetensors")
            self.assertEqual(arrays["fc1.weight"][0], [4, 5])

    def test_without_a_folder_it_says_so_before_it_trains(self):
        reported, said = self.trained(lambda width, colour, height: colour, status=2)
        self.assertEqual(reported, {})
        self.assertIn("--dir", said)

    def test_a_folder_that_takes_no_file_is_named(self):
        (self.folder / "run/weights.safetensors.new").mkdir(parents=True)
        _, said = self.trained(lambda width, colour, height: colour, "--dir", "run", status=1)
        self.assertIn("run/weights.safetensors: the weights cannot be written", said)


    def test_a_folder_that_cannot_be_made_is_told_at_once(self):
        self.write("file", "")
        reported, said = self.trained(lambda width, colour, height: colour, "--dir", "file/run",
                                     status=2)
        self.assertEqual(reported, {})
        self.assertRegex(said, "--dir file/run: cannot be made: Not a directory; choose")


if __name__ == "__main__":
    main()
