#!/usr/bin/env python3
"""Writes pytorch_reference.bin: small networks as PyTorch computes and trains them.

    tests/nn/model/pytorch_reference.py [FILE]

Needs torch (the CPU's is enough); the file in the tree was made with torch 2.15. It holds arrays as
trainer/nn/model/named_array.h describes; of each case, for the specs in pytorch_test.cpp:

    CASE/initial/NAME    parameters before the first step
    CASE/outputs         of the first batch, in training mode, before the first step
    CASE/gradient/NAME   of the first batch's mean loss
    CASE/losses          of ten steps, on three batches in turn, each before its update
    CASE/final/NAME      parameters and running statistics after them; NAME@first, NAME@second: moments
    CASE/evaluated       of the first batch, in evaluation mode: probabilities, or predictions

and the data: mlp/inputs [3, 16, 12], cnn/inputs [3, 8, 8, 8, 2], NAME/labels, mlp/targets [3, 16, 2].
Convolutions' weights are written as [out, kernel, kernel, in], images as [height, width, channels].
"""

import pathlib
import struct
import sys

import torch
from torch import nn
from torch.nn import functional as F

STEPS = 10
CLASSES = 5
ACTIVATIONS = {"relu": F.relu, "gelu": F.gelu, "tanh": torch.tanh, "silu": F.silu}

CASES = {
    "mlp_sgd": dict(units=[16, 16], norm="layer", activation="relu", residual=True, smoothing=0.1,
                    rule=dict(kind="sgd", lr=0.05, momentum=0.9, nesterov=True, decay=0.01), clip=0.5),
    "mlp_adamw": dict(units=[16, 8], activation="gelu", rule=dict(kind="adamw", lr=0.01, decay=0.1),
                      clip=0.3),
    "mlp_adam": dict(units=[16], activation="tanh", loss="squared", decay_all=True,
                     rule=dict(kind="adam", lr=0.01, decay=0.05)),
    "mlp_focal": dict(units=[16], norm="batch", activation="silu", loss="focal",
                      rule=dict(kind="sgd", lr=0.1, momentum=0.5, decay=0)),
    "cnn_sgd": dict(channels=[4, 8], norm="batch", activation="relu", residual=True, halving="max",
                    rule=dict(kind="sgd", lr=0.05, momentum=0.9, decay=0.001), clip=1),
    "cnn_adam": dict(channels=[4, 8], norm="batch", activation="relu", residual=True, halving="max",
                     loss="focal", rule=dict(kind="adam", lr=0.003, decay=0.01)),
    "cnn_adamw": dict(channels=[4, 6], blocks=2, units=[8], activation="relu", halving="average",
                      smoothing=0.2, rule=dict(kind="adamw", lr=0.003, decay=0.05), clip=0.5),
    "cnn_stride": dict(channels=[4, 8], norm="layer", activation="gelu", residual=True,
                       halving="stride", kernel=5, rule=dict(kind="adamw", lr=0.003, decay=0.05)),
}


class ChannelNorm(nn.LayerNorm):
    """Over the channels of images that are [batch, channels, height, width]."""

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class Network(nn.Module):
    """What trainer/nn/model/network.h describes, with its names."""

    def __init__(self, case, outputs):
        super().__init__()
        self.case = case
        self.activation = ACTIVATIONS[case["activation"]]
        self.count = {"fc": 0, "conv": 0, "project": 0, "norm": 0}
        self.plan = []
        width = 12
        if "channels" in case:
            width = self.add_stages(2)
        for units in case.get("units", []):
            adds = case.get("residual", False) and "channels" not in case and units == width
            layers = [self.linear(width, units), self.norm(units, False), self.activation]
            self.plan.append(("hidden", layers, adds))
            width = units
        self.plan.append(("hidden", [self.linear(width, outputs, True)], False))

    def add(self, kind, module):
        self.count[kind] += 1
        name = f"{kind}{self.count[kind]}"
        self.add_module(name, module)
        return module

    def linear(self, width, units, bias=False):
        return self.add("fc", nn.Linear(width, units, bias or self.case.get("norm") != "batch"))

    def convolution(self, kind, width, channels, kernel, stride):
        return self.add(kind, nn.Conv2d(width, channels, kernel, stride, kernel // 2,
                                        bias=self.case.get("norm") != "batch"))

    def norm(self, width, image):
        kind = self.case.get("norm")
        if kind is None:
            return lambda x: x
        if kind == "layer":
            return self.add("norm", ChannelNorm(width) if image else nn.LayerNorm(width))
        return self.add("norm", nn.BatchNorm2d(width) if image else nn.BatchNorm1d(width))

    def add_stages(self, width):
        case, kernel = self.case, self.case.get("kernel", 3)
        for stage, channels in enumerate(case["channels"]):
            if stage > 0 and case["halving"] == "max":
                self.plan.append(("hidden", [nn.MaxPool2d(2)], False))
            if stage > 0 and case["halving"] == "average":
                self.plan.append(("hidden", [nn.AvgPool2d(2)], False))
            for block in range(case.get("blocks", 1)):
                stride = 2 if stage > 0 and block == 0 and case["halving"] == "stride" else 1
                layers = [self.convolution("conv", width, channels, kernel, stride),
                          self.norm(channels, True), self.activation]
                if case.get("residual"):
                    layers += [self.convolution("conv", channels, channels, kernel, 1),
                               self.norm(channels, True)]
                    beside = []
                    if width != channels or stride != 1:
                        beside = [self.convolution("project", width, channels, 1, stride),
                                  self.norm(channels, True)]
                    self.plan.append(("block", layers, beside))
                else:
                    self.plan.append(("hidden", layers, False))
                width = channels
        self.plan.append(("hidden", [lambda x: x.mean((2, 3))], False))
        return width

    def forward(self, x):
        for kind, layers, beside in self.plan:
            y = x
            for layer in layers:
                y = layer(y)
            if kind == "block":
                for layer in beside:
                    x = layer(x)
                y = self.activation(x + y)
            elif beside:
                y = x + y
            x = y
        return x


def named(tensors, prefix):
    """What belongs to parameters, by our names and in our order."""
    found = {}
    for name, tensor in tensors.items():
        layer, kind = name.split(".")
        if layer.startswith("norm"):
            kind = {"weight": "gamma", "bias": "beta"}[kind]
        tensor = tensor.detach().clone()
        found[f"{prefix}/{layer}.{kind}"] = tensor.movedim(1, -1) if tensor.dim() == 4 else tensor
    return found


def arrays_of(network, prefix, gradients=False, statistics=False):
    """Parameters, or their gradients, and running statistics, by our names and in our order."""
    found = named({name: tensor.grad if gradients else tensor
                   for name, tensor in network.named_parameters()}, prefix)
    if statistics:
        for name, tensor in network.named_buffers():
            if not name.endswith("num_batches_tracked"):
                name = name.replace("running_var", "running_variance")
                found[f"{prefix}/{name}"] = tensor.detach().clone()
    return found


def moments_of(network, rule, prefix):
    """What the update rule keeps of each parameter: SGD's buffer; Adam's m and v."""
    names = {"momentum_buffer": "first", "exp_avg": "first", "exp_avg_sq": "second"}
    layers = dict(network.named_parameters())
    found = {}
    for key, name in names.items():
        kept = {layer: rule.state[parameter][key] for layer, parameter in layers.items()
                if key in rule.state[parameter]}
        found |= {f"{full}@{name}": tensor for full, tensor in named(kept, prefix).items()}
    return found


def loss_of(case, outputs, truth):
    kind = case.get("loss", "cross_entropy")
    if kind == "squared":
        return F.mse_loss(outputs, truth)
    if kind == "focal":  # alpha 0.5, gamma 2
        cost = F.cross_entropy(outputs, truth, reduction="none")
        return (0.5 * (1 - torch.exp(-cost)) ** 2 * cost).mean()
    return F.cross_entropy(outputs, truth, label_smoothing=case.get("smoothing", 0))


def rule_of(case, network):
    rule = case["rule"]
    weights, rest = [], []
    for name, parameter in network.named_parameters():
        decays = case.get("decay_all", False) or parameter.dim() > 1
        (weights if decays else rest).append(parameter)
    groups = [dict(params=weights, weight_decay=rule["decay"]), dict(params=rest, weight_decay=0)]
    groups = [group for group in groups if group["params"]]
    if rule["kind"] == "sgd":
        return torch.optim.SGD(groups, lr=rule["lr"], momentum=rule["momentum"],
                               nesterov=rule.get("nesterov", False))
    return {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[rule["kind"]](groups, lr=rule["lr"])


def train(name, case, inputs, truth):
    network = Network(case, 2 if case.get("loss") == "squared" else CLASSES)
    rule = rule_of(case, network)
    result = arrays_of(network, f"{name}/initial")
    losses = []
    for step in range(STEPS):
        batch = step % len(inputs)
        outputs = network(inputs[batch])
        loss = loss_of(case, outputs, truth[batch])
        rule.zero_grad()
        loss.backward()
        if step == 0:
            result[f"{name}/outputs"] = outputs.detach().clone()
            result |= arrays_of(network, f"{name}/gradient", gradients=True)
        if "clip" in case:
            nn.utils.clip_grad_norm_(network.parameters(), case["clip"])
        rule.step()
        losses.append(loss.detach())
    result[f"{name}/losses"] = torch.stack(losses)
    result |= arrays_of(network, f"{name}/final", statistics=True)
    result |= moments_of(network, rule, f"{name}/final")
    network.eval()
    with torch.no_grad():
        outputs = network(inputs[0])
        squared = case.get("loss") == "squared"
        result[f"{name}/evaluated"] = outputs if squared else outputs.softmax(1)
    return result


def write(path, arrays):
    parts = [b"AGARRAY1", struct.pack("<Q", len(arrays))]
    for name, tensor in arrays.items():
        numbers = tensor.to(torch.float32).contiguous().flatten()
        parts += [struct.pack("<Q", len(name)), name.encode(), struct.pack("<Q", numbers.numel()),
                  struct.pack(f"<{numbers.numel()}f", *numbers.tolist())]
    path.write_bytes(b"".join(parts))


def main():
    torch.manual_seed(1)
    torch.set_num_threads(1)
    rows, images = torch.randn(3, 16, 12), torch.randn(3, 8, 2, 8, 8)
    targets = torch.randn(3, 16, 2)
    row_labels, image_labels = torch.randint(CLASSES, (3, 16)), torch.randint(CLASSES, (3, 8))
    arrays = {"mlp/inputs": rows, "mlp/labels": row_labels, "mlp/targets": targets,
              "cnn/inputs": images.movedim(2, -1), "cnn/labels": image_labels}
    for name, case in CASES.items():
        if "channels" in case:
            arrays |= train(name, case, images, image_labels)
        else:
            arrays |= train(name, case, rows, targets if case.get("loss") == "squared" else row_labels)
    write(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else
                       pathlib.Path(__file__).with_name("pytorch_reference.bin")), arrays)


if __name__ == "__main__":
    main()
