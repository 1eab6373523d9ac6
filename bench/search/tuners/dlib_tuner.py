"""dlib's global_function_search, which is behind find_max_global. Numbers only."""

import math

import dlib


class DlibTuner:
    def __init__(self, problem, seed, trials):
        self.space = problem.space
        spec = dlib.function_spec([self._inner(p, p.low) for p in self.space],
                                  [self._inner(p, p.high) for p in self.space],
                                  [p.is_integer for p in self.space])
        self.search = dlib.global_function_search(spec)
        self.search.set_seed(seed)
        self.requests = []

    @staticmethod
    def _inner(parameter, value):
        return math.log(value) if parameter.kind == "log_uniform" else value

    @staticmethod
    def _outer(parameter, value):
        if parameter.is_integer:
            return round(value)
        value = math.exp(value) if parameter.is_log else value
        return min(max(value, parameter.low), parameter.high)

    def ask(self):
        self.requests.append(self.search.get_next_x())
        point = self.requests[-1].x
        return len(self.requests) - 1, {p.name: self._outer(p, value)
                                        for p, value in zip(self.space, point)}

    def tell(self, number, value):
        self.requests[number].set(-value)  # it maximizes

    def recommended(self):
        return None

    def close(self):
        pass
