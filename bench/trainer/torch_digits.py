"""The PyTorch program beside a trial of bench/trainer/digits: torch_digits.py TRIAL.json SEED…

Reads the same section and does what autoglm does with it: the same network with the same initial
distributions, rows, standardisation, batches, AdamW, clipping, schedule and epochs. Random numbers
are PyTorch's own. Prints a JSON object a seed.
"""

import json
import math
import pathlib
import sys

import numpy
import torch
from torch import nn

SIDE = 8


def read_rows(path):
    table = numpy.loadtxt(path, delimiter=",", dtype=numpy.float64)
    return table[:, :-1], torch.tensor(table[:, -1], dtype=torch.int64)


def standardised(training, *parts):
    """The pixels of images, all alike."""
    return [torch.tensor((part - training.mean()) / training.std(), dtype=torch.float32)
            for part in parts]


def hidden(model, width, units):
    layers = [nn.Linear(width, units, bias=model["norm"] != "batch")]
    if model["norm"] == "batch":
        layers.append(nn.BatchNorm1d(units))
    return [*layers, nn.ReLU(), nn.Dropout(model["dropout"])]


def network(model):
    if model["type"] == "mlp":
        layers, width = [], SIDE * SIDE
        for units in model["units"]:
            layers += hidden(model, width, units)
            width = units
        return nn.Sequential(*layers, nn.Linear(width, 10))
    layers, width = [nn.Unflatten(1, (1, SIDE, SIDE))], 1
    for stage, channels in enumerate(model["channels"]):
        if stage:
            layers.append(nn.MaxPool2d(2))
        for _ in range(model["blocks"]):
            layers += [nn.Conv2d(width, channels, 3, padding=1, bias=model["norm"] != "batch")]
            if model["norm"] == "batch":
                layers.append(nn.BatchNorm2d(channels))
            layers.append(nn.ReLU())
            width = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Dropout(model["dropout"]), nn.Linear(width, 10))


def optimizer_of(net, training):
    """Weights decay, biases and norms do not."""
    weights = [one for one in net.parameters() if one.dim() > 1]
    others = [one for one in net.parameters() if one.dim() <= 1]
    return torch.optim.AdamW([{"params": weights, "weight_decay": training["weight_decay"]},
                              {"params": others, "weight_decay": 0.0}], lr=training["lr"])


def train(trial, seed):
    torch.manual_seed(seed)
    model, data, training = trial["model"], trial["data"], trial["training"]
    train_x, train_y = read_rows(data["path"])
    test_x, test_y = read_rows(data["test_path"])
    x, judged = standardised(train_x, train_x, test_x)
    net, loss_of = network(model), nn.CrossEntropyLoss()
    optimizer = optimizer_of(net, training)
    updates = math.ceil(len(x) / training["batch"])
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: (1 + math.cos(math.pi * step / updates / training["epochs"])) / 2)
    autocast = torch.autocast("cpu", torch.bfloat16, enabled=training["precision"] == "bf16")
    for _ in range(training["epochs"]):
        for batch in torch.randperm(len(x)).split(training["batch"]):
            optimizer.zero_grad(set_to_none=True)
            with autocast:
                loss = loss_of(net(x[batch]), train_y[batch])
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    net.eval()
    with torch.no_grad(), autocast:
        guessed = net(judged).argmax(1)
    return (guessed == test_y).double().mean().item()


def main():
    torch.set_num_threads(1)
    trial = json.loads(pathlib.Path(sys.argv[1]).read_text())
    for seed in sys.argv[2:]:
        print(json.dumps({"seed": int(seed), "accuracy": train(trial, int(seed)),
                          "torch": torch.__version__}), flush=True)


if __name__ == "__main__":
    main()
