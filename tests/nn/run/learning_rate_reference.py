#!/usr/bin/env python3
"""Prints the reference values in learning_rate_test.cpp: what PyTorch's schedulers do.

Needs torch; made with torch 2.15.
"""

import warnings

import torch
from torch.optim import lr_scheduler as torch_schedules

UPDATES = 4  # an epoch


def rates(make_scheduler, updates, updates_per_step):
    """Before each update, with lr 1; the scheduler steps after so many updates."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make_scheduler(optimizer)
    seen = []
    for update in range(updates):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if (update + 1) % updates_per_step == 0:
            scheduler.step()
    return seen


def show(name, seen):
    print(f"{name}:\n  " + ", ".join(f"{rate:.15g}" for rate in seen))


def warmed(warmup, make_scheduler):
    return lambda optimizer: torch_schedules.SequentialLR(
        optimizer,
        [torch_schedules.LinearLR(optimizer, 1 / (warmup + 1), total_iters=warmup),
         make_scheduler(optimizer)],
        milestones=[warmup])


def main():
    warnings.simplefilter("ignore")  # that step() is told a number, in SequentialLR
    step = lambda optimizer: torch_schedules.StepLR(optimizer, step_size=2, gamma=0.9)
    exponential = lambda optimizer: torch_schedules.ExponentialLR(optimizer, gamma=0.9)
    cosine = lambda optimizer: torch_schedules.CosineAnnealingLR(
        optimizer, T_max=3 * UPDATES, eta_min=0.1)
    restarts = lambda optimizer: torch_schedules.CosineAnnealingWarmRestarts(
        optimizer, T_0=2 * UPDATES, T_mult=2, eta_min=0.1)
    alike = lambda optimizer: torch_schedules.CosineAnnealingWarmRestarts(
        optimizer, T_0=UPDATES, T_mult=1)
    show("step, 2 epochs, 0.9; 6 epochs", rates(step, 6 * UPDATES, UPDATES))
    show("exponential, 0.9; 3 epochs", rates(exponential, 3 * UPDATES, UPDATES))
    show("cosine to 0.1; 3 epochs", rates(cosine, 3 * UPDATES, 1))
    show("restarts, 2 epochs times 2, to 0.1; 7 epochs", rates(restarts, 7 * UPDATES, 1))
    show("restarts, 1 epoch, to 0; 3 epochs", rates(alike, 3 * UPDATES, 1))
    show("warm-up 2 epochs, then cosine to 0.1; 5 epochs",
         rates(warmed(2 * UPDATES, cosine), 5 * UPDATES, 1))


if __name__ == "__main__":
    main()
