"""Times steps of the same networks in PyTorch: a line of JSON. torch_steps.py MODEL PRECISION MODE
SECONDS; MODE: eager or compiled."""

import json
import resource
import sys
import time

import torch
from torch import nn


def mlp(units, features):
    layers, width = [], features
    for unit in units:
        layers += [nn.Linear(width, unit), nn.ReLU()]
        width = unit
    return nn.Sequential(*layers, nn.Linear(width, 10))


def cnn(channels, image_channels):
    """Two convolutions a stage, halved by the maximum between stages, then the mean."""
    layers, width = [], image_channels
    for stage, channel in enumerate(channels):
        if stage:
            layers.append(nn.MaxPool2d(2))
        for _ in range(2):
            layers += [nn.Conv2d(width, channel, 3, padding=1, bias=False),
                       nn.BatchNorm2d(channel), nn.ReLU()]
            width = channel
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10))


CASES = {
    "mlp-0.1M": (lambda: mlp([288, 288], 64), (64, 64)),
    "mlp-10M": (lambda: mlp([2048] * 3, 784), (128, 784)),
    "cnn-0.1M": (lambda: cnn([20, 40, 80], 1), (64, 1, 28, 28)),
    "cnn-5M": (lambda: cnn([128, 256, 512], 3), (32, 3, 32, 32)),
}


def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main():
    name, precision, mode, seconds = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
    torch.set_num_threads(1)
    torch.manual_seed(1)
    idle = peak_bytes()
    make, shape = CASES[name]
    model = make()
    inputs, labels = torch.randn(shape), torch.randint(10, shape[:1])
    if len(shape) == 4:  # what PyTorch's guide on performance advises for convolutions
        model = model.to(memory_format=torch.channels_last)
        inputs = inputs.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01, fused=True)
    forward = torch.compile(model) if mode == "compiled" else model
    loss_of = nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            loss = loss_of(forward(inputs), labels)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    for _ in range(3):
        step()
    steps, begin = 0, time.process_time()
    while time.process_time() - begin < seconds:
        step()
        steps += 1
    elapsed = time.process_time() - begin
    print(json.dumps({"samples_per_second": steps * shape[0] / elapsed,
                      "memory_growth_mb": (peak_bytes() - idle) / 1e6,
                      "torch": torch.__version__,
                      "capability": torch.backends.cpu.get_cpu_capability()}))


if __name__ == "__main__":
    main()
