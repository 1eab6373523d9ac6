#!/usr/bin/env python3
"""Plots what `policy_gradient` learnt on a problem with conditions.

A choice of algorithm at the top decides which other parameters there are. The study is played through
`autoglm stdio`; `{"explain": N}` then tells for each trial what the policy was when it was chosen.
"""

import argparse
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import environments  # noqa: E402

TRIALS = 150
SPACE = {
    "model": {"type": "categorical", "choices": ["linear", "forest", "network"]},
    "penalty": {"type": "log_uniform", "min": 1e-4, "max": 10, "when": "model == 'linear'"},
    "depth": {"type": "int", "min": 1, "max": 20, "when": "model == 'forest'"},
    "rate": {"type": "log_uniform", "min": 1e-5, "max": 1, "when": "model == 'network'"},
    "optimizer": {"type": "categorical", "choices": ["sgd", "adam"], "when": "model == 'network'"},
    "momentum": {"type": "uniform", "min": 0, "max": 1,
                 "when": "model == 'network' and optimizer == 'sgd'"},
}
BEST_RATE = {"sgd": -1.2, "adam": -3.0}  # its decimal logarithm


def loss(params):
    """A network with adam and a rate of 0.001 is best, 0.1; a bad one is worse than a forest."""
    import math
    if params["model"] == "linear":
        return 0.6 + 0.02 * (math.log10(params["penalty"]) + 1) ** 2
    if params["model"] == "forest":
        return 0.35 + 0.002 * (params["depth"] - 8) ** 2
    away = math.log10(params["rate"]) - BEST_RATE[params["optimizer"]]
    plain = 0.15 + 0.3 * (params["momentum"] - 0.9) ** 2 if "momentum" in params else 0.1
    return plain + 0.25 * away ** 2


def play(program, searcher, seed):
    """The details of each trial, in order, with its loss."""
    from tuners.autoglm_tuner import Conversation
    talk = Conversation(program, {
        "name": "policy", "metric": {"name": "loss", "goal": "minimize"}, "searcher": searcher,
        "max_trials": TRIALS, "seed": seed, "parameters": SPACE})
    for _ in range(TRIALS):
        trial = talk({"ask": 1})["trials"][0]
        talk({"tell": {"trial": trial["trial"], "value": loss(trial["params"])}})
    told = [talk({"explain": number})["explain"] for number in range(TRIALS)]
    talk.close()
    return told


def shares(told, parameter, branch=None):
    """The probabilities of a choice's values over the trials that decided it."""
    found = [(one["trial"], step["probabilities"]) for one in told
             for step in one["details"]["steps"]
             if step["parameter"] == parameter and step.get("branch") == branch]
    numbers = [number for number, _ in found]
    return numbers, {value: [row[value] for _, row in found] for value in found[0][1]}


def draw_shares(panel, told, parameter, branch=None):
    numbers, rows = shares(told, parameter, branch)
    for value, probabilities in rows.items():
        panel.plot(numbers, probabilities, label=value)
    panel.set(title=f"probabilities of {parameter}" + (f", {branch}" if branch else ""),
              ylim=(0, 1))
    panel.legend()


def draw_rates(panel, told):
    """Where the rate was looked for with each optimizer, and what was tried."""
    for colour, optimizer in (("tab:blue", "sgd"), ("tab:orange", "adam")):
        tried = [one for one in told if one["params"].get("optimizer") == optimizer]
        panel.plot([one["trial"] for one in tried], [one["params"]["rate"] for one in tried], ".",
                   color=colour, label=optimizer)
    steps = [(one["trial"], step) for one in told for step in one["details"]["steps"]
             if step["parameter"] == "rate"]
    decades = 5  # of the range, in which the deviation is a share
    numbers = [number for number, _ in steps]
    means = [step["mean"] for _, step in steps]
    spans = [10 ** (decades * step["deviation"]) for _, step in steps]
    panel.plot(numbers, means, color="black", label="the policy's mean")
    panel.fill_between(numbers, [mean / span for mean, span in zip(means, spans)],
                       [mean * span for mean, span in zip(means, spans)], color="black", alpha=0.15)
    panel.set(title="rate: tried, mean and deviation", yscale="log", ylim=(1e-5, 1))
    panel.legend()


def draw_losses(panel, told):
    losses = [one["values"]["loss"] for one in told]
    panel.plot(losses, ".", label="trials")
    panel.plot([min(losses[:i + 1]) for i in range(TRIALS)], label="best so far")
    advantages = [one["details"]["reward"]["advantage"] for one in told]
    panel.set(title=f"loss; best {min(losses):.4g}, mean advantage of the last 20 trials "
                    f"{sum(advantages[-20:]) / 20:.2f}", yscale="log")
    panel.legend()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", help="the plot's file")
    parser.add_argument("--autoglm", metavar="PATH",
                        default=str(environments.ROOT / "build/release/bin/autoglm"))
    parser.add_argument("--critic", choices=("gp", "none"), default="gp")
    parser.add_argument("--rule", choices=("natural", "reinforce"), default="natural")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    environments.enter("main")
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    told = play(args.autoglm, {"type": "policy_gradient", "critic": args.critic,
                               "rule": args.rule}, args.seed)
    figure, panels = pyplot.subplots(2, 2, figsize=(11, 7), sharex=True)
    draw_shares(panels[0, 0], told, "model")
    draw_shares(panels[0, 1], told, "optimizer", "model = network")
    draw_rates(panels[1, 0], told)
    draw_losses(panels[1, 1], told)
    figure.supxlabel("trial")
    figure.suptitle(f"policy_gradient, rule {args.rule}, critic {args.critic}, seed {args.seed}")
    figure.tight_layout()
    figure.savefig(args.output, dpi=80)


if __name__ == "__main__":
    main()
