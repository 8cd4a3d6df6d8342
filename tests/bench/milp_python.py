#!/usr/bin/env python3
"""How fast SciPy's milp (HiGHS) finds the plans whose optima bench_plan wrote.

    milp_python.py DUMP [SECONDS]

Needs scipy, and says that it skips where Python has it not. One thread; at most SECONDS (60) a budget; relative gap
1e-9. Weights are handed over in units of their greatest common divisor. HiGHS works with tolerances: its plan's weight
is added up exactly and compared with the capacity.
"""
import math
import sys
import time

try:
    import numpy
    import scipy
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_matrix
except Exception as error:  # whatever keeps them from loading
    print(f"milp_python: skipped: {type(error).__name__}: {error}")
    sys.exit(0)


def read(path):
    optima, modules, weights, costs = [], [], [], []
    for line in open(path):
        fields = line.split()
        if fields[0] == "optimum":
            optima.append((fields[1], int(fields[2]), float(fields[3])))
        else:
            modules.append(int(fields[1]))
            weights.append(int(fields[2]))
            costs.append(float(fields[3]))
    return optima, numpy.array(modules), weights, numpy.array(costs)


def main():
    optima, modules, weights, costs = read(sys.argv[1])
    limit = float(sys.argv[2]) if len(sys.argv) > 2 else 60
    divisor = math.gcd(*weights)
    count = len(weights)
    one_each = coo_matrix((numpy.ones(count), (modules, numpy.arange(count))), shape=(modules.max() + 1, count)).tocsr()
    row = numpy.array([[weight // divisor for weight in weights]], dtype=float)
    print(f"SciPy {scipy.__version__}, milp (HiGHS), at most {limit:.0f} s")
    for budget, capacity, optimum in optima:
        start = time.perf_counter()
        result = milp(costs, integrality=numpy.ones(count), bounds=Bounds(0, 1),
                      constraints=[LinearConstraint(one_each, 1, 1),
                                   LinearConstraint(row, -numpy.inf, capacity // divisor)],
                      options={"time_limit": limit, "mip_rel_gap": 1e-9})
        seconds = time.perf_counter() - start
        if result.x is None:
            print(f"{budget:>6} {seconds:8.2f} s, no plan: {result.message}", flush=True)
            continue
        chosen = numpy.flatnonzero(result.x > 0.5)
        cost = math.fsum(costs[chosen])
        excess = sum(weights[i] for i in chosen) - capacity
        print(f"{budget:>6} {seconds:8.2f} s, {'proven' if result.status == 0 else 'unproven'}, relative difference "
              f"{(cost - optimum) / optimum:.1e}{', exceeds the budget' if excess > 0 else ''}", flush=True)


main()
