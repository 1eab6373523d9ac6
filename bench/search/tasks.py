"""The runs that a plan asks for, and running them."""

import functools
import multiprocessing
import time

import plans
import traces
import tuners
from tuners import autoglm_tuner

REFERENCE, REFERENCE_SEEDS = "optuna-random", 10


class Task:
    """One run that may have to be done. `version` is a function: to know the version of a tuner
    may need its environment, which is only made for those that run."""

    def __init__(self, problem, tuner, seed, trials, *, make, version, workers=1):
        self.problem, self.tuner, self.seed, self.trials = problem, tuner, seed, trials
        self.make, self.version, self.workers = make, version, workers

    def is_missing(self, store):
        trace = store.current(self.problem, self.tuner, self.seed, self.trials, self.version())
        return trace is None or trace["error"] is not None

    def __call__(self):
        about = {"problem": self.problem.name, "identity": self.problem.identity,
                 "tuner": self.tuner, "version": self.version(), "seed": self.seed,
                 "trials": self.trials}
        try:
            tuner = self.make(self.problem, self.seed, self.trials)
        except Exception as failure:
            return about | {"values": [], "judged": {}, "ms": [], "error": repr(failure)[:500]}
        result = traces.run(self.problem, tuner, self.seed, self.trials, self.workers)
        tuner.close()
        return about | result


def our_tasks(args, plan, seeds):
    """Every searcher of ours on every problem, seed by seed; if there are several workers, also
    with one."""
    for seed in seeds:
        for name, searcher in plans.variants(args.variant).items():
            version = functools.cache(
                functools.partial(autoglm_tuner.version, args.autoglm, searcher))
            make = functools.partial(autoglm_tuner.AutoglmTuner, args.autoglm, searcher)
            for workers in sorted({1, args.workers}):
                label = name if workers == 1 else f"{name}@{workers}"
                for problem in plan.problems:
                    yield Task(problem, label, seed, plan.trials, make=make, version=version,
                               workers=workers)


def peer_tasks(args, plan, seeds):
    """Seed by seed, so that a run that is cut short has something of every problem. The reference
    of the regret has more seeds than the others."""
    names = args.peer or plan.peers
    reference = range(REFERENCE_SEEDS) if REFERENCE in names and not args.seeds else ()
    for seed in sorted({*seeds, *reference}):
        for name in names:
            peer = tuners.PEERS[name]
            if seed not in seeds and name != REFERENCE:
                continue
            for problem in plan.problems:
                if peer.suits(problem):
                    yield Task(problem, name, seed, plan.trials, make=peer.make,
                               version=peer.version)


def _run(index):
    return _pending[index]()


def run_all(tasks, store, jobs):
    """Runs what the store does not have, and adds it."""
    global _pending  # inherited by the processes, as closures cannot be sent to them
    _pending = [task for task in tasks if task.is_missing(store)]
    began = time.monotonic()
    if jobs > 1 and len(_pending) > 1:
        with multiprocessing.get_context("fork").Pool(jobs) as pool:
            _collect(pool.imap_unordered(_run, range(len(_pending))), store, began)
    else:
        _collect(map(_run, range(len(_pending))), store, began)


def _collect(results, store, began):
    for count, trace in enumerate(results, 1):
        store.add(trace)
        outcome = trace["error"] or f"{traces.curve(trace)[-1]:.6g}"
        print(f"{count}/{len(_pending)} {time.monotonic() - began:.0f} s  {trace['problem']} "
              f"{trace['tuner']} {trace['seed']}: {outcome}", flush=True)


def found(tasks, store):
    """The traces of these tasks that there are."""
    traces_of_tasks = (store.current(task.problem, task.tuner, task.seed, task.trials)
                       for task in tasks)
    return [trace for trace in traces_of_tasks if trace]
