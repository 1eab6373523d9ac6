"""Gradient descent with momentum on x^2 from x = 1, ten steps."""

import argparse
import json

parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float, required=True)
parser.add_argument("--momentum", type=float, required=True)
options = parser.parse_args()

x, speed = 1.0, 0.0
for step in range(10):
    speed = options.momentum * speed - options.rate * 2 * x
    x += speed
    print(json.dumps({"step": step, "loss": x * x}), flush=True)
