"""Draws the regret of each tuner over the trials, a panel for each scope."""

import math

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

OURS = {"gp": "#d62728", "policy_gradient": "#ff7f0e", "policy_gradient-no-critic": "#e7b40a"}
PEERS = ("#1f77b4", "#2ca02c", "#9467bd", "#17becf", "#8c564b", "#7f7f7f", "#000000")


def plot(scopes, path):
    """Writes a plot of the geometric mean of the normalized regret to `path`."""
    names = sorted({tuner for scope in scopes.values() for tuner in scope.tuners} - set(OURS))
    colours = OURS | {name: PEERS[i % len(PEERS)] for i, name in enumerate(names)}
    columns = 3
    figure, panels = pyplot.subplots(math.ceil(len(scopes) / columns), columns, sharex=True,
                                     figsize=(4 * columns, 3 * math.ceil(len(scopes) / columns)))
    for panel, (name, scope) in zip(panels.flat, scopes.items()):
        for tuner in scope.tuners:
            curve = scope.geometric_curve(tuner)
            panel.plot(range(1, len(curve) + 1), curve, color=colours[tuner], label=tuner,
                       linewidth=2 if tuner in OURS else 1)
        panel.set(title=name, yscale="log")
        panel.grid(alpha=0.3)
    for panel in panels.flat[len(scopes):]:
        panel.axis("off")
    handles = {label: handle for panel in panels.flat
               for handle, label in zip(*panel.get_legend_handles_labels())}
    figure.legend(handles.values(), handles.keys(), loc="lower center", ncol=5)
    figure.supxlabel("trials", y=0.07)
    figure.supylabel("normalized regret, geometric mean")
    figure.tight_layout(rect=(0.01, 0.08, 1, 1))
    figure.savefig(path, dpi=80)
