#!/usr/bin/env python3
"""Times PyTorch at the training steps of gpu-timings: peer.py [--json FILE]

The same shapes and the same work: forward, cross-entropy, backward, AdamW on f32 masters. bf16 and
f16 by autocast (and f16 with a GradScaler), the usual way; "bf16 weights" keeps all in bf16, which
is faster and trains worse. AdamW is the fused one; gradients are not clipped, nor is their norm
computed (autoglm computes it). f32 is f32, not TF32.
"""

import argparse
import json
import statistics
import time

import torch
from torch import nn

TYPES = {"bf16": torch.bfloat16, "f16": torch.float16, "f32": torch.float32}


def mlp(widths):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def cnn(channels):
    layers = []
    inputs = 3
    for outputs in channels:
        for _ in range(2):
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
                       nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
            inputs = outputs
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 10))


def training_step(network, x, type_name):
    """A function that makes one step."""
    labels = torch.arange(x.shape[0], device="cuda") % 10
    whole = type_name == "bf16 weights"
    if whole:
        network, x = network.bfloat16(), x.bfloat16()
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.01, fused=True)
    loss_of = nn.CrossEntropyLoss()
    dtype = TYPES.get(type_name, torch.float32)
    scaler = torch.amp.GradScaler("cuda", enabled=type_name == "f16")
    autocast = not whole and dtype != torch.float32

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cuda", dtype=dtype if autocast else torch.bfloat16, enabled=autocast):
            loss = loss_of(network(x), labels)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
    return step


def seconds_of(step, batch_seconds=0.1):
    def timed(calls):
        torch.cuda.synchronize()
        began = time.perf_counter()
        for _ in range(calls):
            step()
        torch.cuda.synchronize()
        return (time.perf_counter() - began) / calls

    timed(5)
    calls = max(5, min(1000, int(batch_seconds / timed(5))))
    return statistics.median(timed(calls) for _ in range(5))


NETWORKS = {
    "mlp 784-2048x4-10": (1024, lambda: mlp([784, 2048, 2048, 2048, 2048, 10]), (784,)),
    "mlp 784-256x2-10": (128, lambda: mlp([784, 256, 256, 10]), (784,)),
    "cnn 32x32 64-128-256": (512, lambda: cnn([64, 128, 256]), (3, 32, 32)),
}


def time_products():
    """TFLOP/s of x w^T, for comparison."""
    for name, dtype in TYPES.items():
        for size in (1024, 4096):
            x = torch.randn(size, size, device="cuda", dtype=dtype)
            w = torch.randn(size, size, device="cuda", dtype=dtype)
            y = torch.empty(size, size, device="cuda", dtype=dtype)
            seconds = seconds_of(lambda: torch.matmul(x, w.T, out=y), 0.03)
            yield {"name": f"linear_forward {size}x{size}x{size}", "type": name,
                   "rate": 2e-12 * size**3 / seconds, "unit": "TFLOP/s",
                   "microseconds": seconds * 1e6}


def time_networks():
    for type_name in (*TYPES, "bf16 weights"):
        for name, (batch, make, shape) in NETWORKS.items():
            network = make().cuda()
            x = torch.randn(batch, *shape, device="cuda")
            if len(shape) == 3:
                network = network.to(memory_format=torch.channels_last)
                x = x.to(memory_format=torch.channels_last)
            seconds = seconds_of(training_step(network, x, type_name))
            yield {"name": name, "type": type_name, "rate": batch / seconds, "unit": "samples/s",
                   "microseconds": seconds * 1e6}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json")
    parser.add_argument("--products", action="store_true", help="time matrix products as well")
    arguments = parser.parse_args()
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    figures = []
    for source in (time_networks(), time_products() if arguments.products else ()):
        for figure in source:
            figures.append(figure)
            print("{name:44} {type:12} {rate:12.4g} {unit:10} {microseconds:10.1f} us".format(
                **figure), flush=True)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"torch": torch.__version__, "device": torch.cuda.get_device_name(),
                       "figures": figures}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
