// The knapsack solved by GLPK, to compare with. Only where the build found it (QS_HAVE_GLPK).
#ifndef QS_TESTS_KNAPSACK_GLPK_H
#define QS_TESTS_KNAPSACK_GLPK_H

#include "plan/knapsack.h"

struct knapsack_glpk {
    bool found;      // a plan; else what follows is 0
    bool optimal;    // within the gap, before a limit was reached
    double cost;     // of its plan, as a plain sum
    uint64_t weight; // of its plan, exact. GLPK works with tolerances: it can exceed the capacity a little
};

struct knapsack_glpk_limits {
    uint64_t nodes; // of the tree, the same on every machine; 0: no limit
    double seconds; // 0: no limit
};

// Branch and bound to a relative gap of 1e-9. Prints nothing.
struct knapsack_glpk knapsack_glpk_solve(const struct qs_knapsack *problem, uint64_t capacity,
                                         struct knapsack_glpk_limits limits);

#endif
