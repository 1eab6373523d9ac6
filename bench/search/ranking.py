"""How tuners compare: ranks, regrets, trials to a result."""

import math

import numpy
from scipy import stats

import traces

LEAST_REGRET, MOST_REGRET = 1e-6, 10.0
DRAWS = 2000  # of the bootstrap


class Comparison:
    """The curves of tuners on problems as normalized regret: 0 is the optimum (the best value that
    anyone ever found, where it is not known), 1 the median of random search at the end of its
    budget; clipped to 1e-6 … 10. What is equal after clipping is a tie."""

    def __init__(self, problems, compared, reference, everything):
        self.problems = {problem.name: problem for problem in problems}
        self.curves, self.milliseconds = {}, {}
        scales = {problem.name: _scale(problem, reference, everything) for problem in problems}
        for trace in compared:
            least, unit = scales[trace["problem"]]
            regret = (numpy.array(traces.curve(trace)) - least) / unit
            cell = trace["problem"], trace["seed"]
            self.curves.setdefault(cell, {})[trace["tuner"]] = numpy.clip(
                regret, LEAST_REGRET, MOST_REGRET)
            self.milliseconds.setdefault(cell, {})[trace["tuner"]] = trace["ms"]

    def within(self, problems):
        """The part of it that is about these problems."""
        return Scope(self, {problem.name for problem in problems})


def _scale(problem, reference, everything):
    """The least value and the unit of the regret."""
    bests = [min(traces.curve(trace)) for trace in everything if trace["problem"] == problem.name]
    least = min(bests) if problem.optimum is None else problem.optimum
    ends = [traces.curve(trace)[-1] for trace in reference if trace["problem"] == problem.name]
    return least, max(float(numpy.median(ends)) - least, 1e-12)


class Scope:
    """Some problems, and the tuners that ran with every seed on all of them."""

    def __init__(self, comparison, names):
        cells = {cell: curves for cell, curves in comparison.curves.items() if cell[0] in names}
        self.tuners = sorted(set.intersection(*map(set, cells.values()))) if cells else []
        self.cells = {cell: {tuner: curves[tuner] for tuner in self.tuners}
                      for cell, curves in sorted(cells.items())}
        self.milliseconds = {
            tuner: numpy.concatenate([comparison.milliseconds[cell][tuner] for cell in self.cells])
            for tuner in self.tuners}

    def at(self, trials):
        """Regrets after so many trials, a row for each cell, a column for each tuner."""
        return numpy.array([[curves[tuner][trials - 1] for tuner in self.tuners]
                            for curves in self.cells.values()])

    def ranks(self, trials):
        """Ranks from 1 by cell; those of equal regret share the mean of theirs."""
        return stats.rankdata(self.at(trials), axis=1)

    def rank_interval(self, trials):
        """95 % bootstrap interval of each mean rank."""
        ranks = self.ranks(trials)
        return self._interval(lambda rows: ranks[rows].mean(axis=0)).T

    def _interval(self, statistic):
        """95 % bootstrap interval of a function of rows of at(): problems are drawn, and seeds
        within them."""
        rng, by_problem = numpy.random.default_rng(0), {}
        for row, (name, _) in enumerate(self.cells):
            by_problem.setdefault(name, []).append(row)
        groups = list(by_problem.values())
        found = []
        for _ in range(DRAWS):
            drawn = [groups[i] for i in rng.integers(len(groups), size=len(groups))]
            rows = [group[i] for group in drawn for i in rng.integers(len(group), size=len(group))]
            found.append(statistic(rows))
        return numpy.percentile(found, [2.5, 97.5], axis=0)

    def summary(self, checkpoints):
        """By tuner: milliseconds of a suggestion; and by checkpoint: mean rank, its interval,
        geometric and arithmetic mean regret."""
        table = {tuner: {"ms_median": float(numpy.median(self.milliseconds[tuner])),
                         "ms_mean": float(numpy.mean(self.milliseconds[tuner]))}
                 for tuner in self.tuners}
        for trials in checkpoints:
            regrets, ranks = self.at(trials), self.ranks(trials).mean(axis=0)
            intervals = self.rank_interval(trials)
            for column, tuner in enumerate(self.tuners):
                table[tuner][str(trials)] = {
                    "rank": float(ranks[column]), "interval": intervals[column].tolist(),
                    "regret_geometric": float(stats.gmean(regrets[:, column])),
                    "regret_mean": float(regrets[:, column].mean())}
        return table

    def duel(self, ours, other, trials):
        """Wins, ties and losses of one against another, and Wilcoxon's signed-rank test of the
        logarithms of the regrets, paired by problem and seed."""
        regrets = numpy.log10(self.at(trials))
        gap = regrets[:, self.tuners.index(ours)] - regrets[:, self.tuners.index(other)]
        p = stats.wilcoxon(gap).pvalue if numpy.any(gap) else 1.0
        return {"wins": int((gap < 0).sum()), "ties": int((gap == 0).sum()),
                "losses": int((gap > 0).sum()), "p": float(p)}

    def trials_to_reach(self, ours, other):
        """How many trials we need for what the other has at the end: the median over cells, and the
        share of cells in which we never get there."""
        needed = []
        for curves in self.cells.values():
            reached = numpy.flatnonzero(curves[ours] <= curves[other][-1])
            needed.append(reached[0] + 1 if reached.size else math.inf)
        median = float(numpy.median(needed))
        return {"other": other, "median": median if math.isfinite(median) else None,
                "never": float(numpy.mean(numpy.isinf(needed)))}

    def loss_by_parallelism(self, parallel, sequential, trials):
        """How much worse it is with several trials at a time: ratios of the regrets' means, that of
        the arithmetic ones with its interval."""
        regrets = self.at(trials)
        many = regrets[:, self.tuners.index(parallel)]
        one = regrets[:, self.tuners.index(sequential)]
        interval = self._interval(lambda rows: many[rows].mean() / one[rows].mean())
        return {"sequential": sequential, "ratio_mean": float(many.mean() / one.mean()),
                "interval": interval.tolist(),
                "ratio_geometric": float(stats.gmean(many) / stats.gmean(one))}

    def geometric_curve(self, tuner):
        return stats.gmean([curves[tuner] for curves in self.cells.values()])
