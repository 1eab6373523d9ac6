"""Prints how the tuners of a plan compare, and writes it as JSON and as a plot."""

import json

import ranking
import traces


def report(plan, ours, peers, store, results=None):
    """`ours` and `peers` are the traces to compare; the store's others only tell how low values
    can get. `results` is the path of the JSON and the plot, without an ending."""
    compared_seeds = {trace["seed"] for trace in ours} or set(range(plan.seeds))
    everything = _usable(plan, store.traces.values())
    reference = [trace for trace in everything
                 if trace["tuner"] == "optuna-random" and trace["trials"] == plan.trials]
    if not reference:
        print("no traces of random search, by which regrets are measured: run the peers first")
        return
    compared = [trace for trace in ours + peers if trace["seed"] in compared_seeds]
    working, failed = _without_failures(compared)
    comparison = ranking.Comparison(plan.problems, working, reference, everything)
    ours_names = sorted({trace["tuner"] for trace in ours} & {t["tuner"] for t in working})
    scopes = {name: comparison.within(problems) for name, problems in _scopes(plan).items()}
    found = {name: _judge(scope, ours_names, plan) for name, scope in scopes.items()}
    for name, result in found.items():
        _print_scope(name, result, plan)
    _print_leads(found, ours_names, plan)
    _print_problems(scopes, plan)
    for line in failed:
        print("failed:", line)
    if results:
        _write(plan, found, scopes, failed, compared, results)


def _usable(plan, candidates):
    identities = {problem.name: problem.identity for problem in plan.problems}
    return [trace for trace in candidates
            if identities.get(trace["problem"]) == trace["identity"] and trace["values"]]


def _without_failures(compared):
    """The traces of tuners that work, and a line for each failure. A run that failed half-way
    counts with what it had found."""
    failed = [f"{t['tuner']} on {t['problem']}, seed {t['seed']}, after {len(t['values'])} trials: "
              f"{t['error']}" for t in compared if t["error"]]
    working = {trace["tuner"] for trace in compared if not trace["error"]}
    return [trace for trace in compared if trace["tuner"] in working], failed


def _scopes(plan):
    scopes = {"overall": plan.problems}
    for half in ("design", "held_out"):
        scopes[half] = [problem for problem in plan.problems if problem.half == half]
    for problem in plan.problems:
        scopes.setdefault(problem.family, []).append(problem)
    return {name: problems for name, problems in scopes.items()
            if problems and (name == "overall" or len(problems) < len(plan.problems))}


def _judge(scope, ours_names, plan):
    """Everything that is said of a scope."""
    table = scope.summary(plan.checkpoints)
    ours_here = [name for name in ours_names if name in table]
    rivals = sorted((tuner for tuner in table if tuner not in ours_names),
                    key=lambda tuner: table[tuner][str(plan.trials)]["rank"])
    reach = {name: scope.trials_to_reach(name, rivals[0]) for name in ours_here} if rivals else {}
    duels = {name: {rival: {str(trials): scope.duel(name, rival, trials)
                            for trials in plan.checkpoints} for rival in rivals}
             for name in ours_here}
    parallel = {name: scope.loss_by_parallelism(name, name.split("@")[0], plan.trials)
                for name in ours_here if "@" in name}
    return {"cells": len(scope.cells), "tuners": table, "trials_to_reach_best_peer": reach,
            "duels": duels, "parallel": parallel}


def _print_scope(name, result, plan):
    marks = plan.checkpoints
    last = str(plan.trials)
    print(f"\n{name}: {result['cells']} cells of problem and seed")
    header = "".join(f"{f'rank@{m}':>8}  (95 %)    " for m in marks)
    print(f"  {'':28}{header}{'geometric, mean regret@' + last:>26}"
          f"{'ms: median, mean':>19}")
    for tuner, row in sorted(result["tuners"].items(), key=lambda item: item[1][last]["rank"]):
        ranks = "".join("{:8.2f}  ({:.1f}–{:.1f}) ".format(row[str(m)]["rank"],
                                                          *row[str(m)]["interval"]) for m in marks)
        print(f"  {tuner:28}{ranks}{row[last]['regret_geometric']:15.4f}"
              f"{row[last]['regret_mean']:11.4f}{row['ms_median']:10.1f}"
              f"{row['ms_mean']:9.1f}")
    for tuner, reach in result["trials_to_reach_best_peer"].items():
        median = "more than the budget" if reach["median"] is None else f"{reach['median']:.0f}"
        print(f"  {tuner} has the result of {reach['other']} after {median} trials in the median, "
              f"never in {reach['never']:.0%} of the cells")
    for tuner, loss in result["parallel"].items():
        print("  {} beside {sequential}: mean regret times {ratio_mean:.2f} ({interval[0]:.2f}–"
              "{interval[1]:.2f}), geometric mean times {ratio_geometric:.2f}".format(tuner, **loss))
    if name == "overall":
        _print_duels(result["duels"], marks)


def _print_leads(found, ours_names, plan):
    """Where ours is ahead of all peers by mean rank, and where not, scope by scope."""
    for ours in ours_names:
        print(f"\n  {ours}: mean rank less the best peer's; below 0 it is first")
        for name, result in found.items():
            tuners = result["tuners"]
            print(f"  {name:16}" + "".join(_lead(tuners, ours, ours_names, str(trials))
                                           for trials in plan.checkpoints))


def _lead(tuners, ours, ours_names, trials):
    rivals = {name: row[trials]["rank"] for name, row in tuners.items() if name not in ours_names}
    if ours not in tuners or not rivals:
        return ""
    best = min(rivals, key=rivals.get)
    return f"   @{trials:4}{tuners[ours][trials]['rank'] - rivals[best]:+6.2f} {best:17}"


def _print_duels(duels, marks):
    for ours, rivals in duels.items():
        for rival, by_trials in rivals.items():
            cells = "; ".join("@{}: {wins}–{ties}–{losses}, p {p:.2g}".format(
                m, **by_trials[str(m)]) for m in marks)
            print(f"  {ours} against {rival} (wins–ties–losses, Wilcoxon): {cells}")


def _print_problems(scopes, plan):
    """The mean regret at the end, problem by problem."""
    overall = scopes["overall"]
    print(f"\n  {'mean regret@' + str(plan.trials):32}"
          + "".join(f"{tuner[:14]:>15}" for tuner in overall.tuners))
    regrets, cells = overall.at(plan.trials), [name for name, _ in overall.cells]
    for problem in plan.problems:
        rows = [row for row, name in enumerate(cells) if name == problem.name]
        if rows:
            print(f"  {problem.name:32}"
                  + "".join(f"{value:15.4g}" for value in regrets[rows].mean(axis=0)))


def _write(plan, found, scopes, failed, compared, path):
    versions = {trace["tuner"]: trace["version"] for trace in compared}
    problems = {problem.name: {"family": problem.family, "half": problem.half,
                               "parameters": len(problem.space)} for problem in plan.problems}
    text = json.dumps({"bench": path.name, "machine": traces.machine(), "versions": versions,
                       "trials": plan.trials, "problems": problems, "failed": failed,
                       "scopes": found}, indent=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".json").write_text(text + "\n")
    import plot  # matplotlib takes a second
    plot.plot(scopes, path.with_suffix(".png"))
