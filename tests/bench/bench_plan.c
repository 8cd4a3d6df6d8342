// How fast plans are found: the exact optimum and the lookup at every budget from 2.2 to 8.4 bits per weight, GLPK at a
// few of them, and how time grows with the number of modules.
//
//     bench_plan [FILE [DUMP [SECONDS]]]
//
// FILE is a model's table (tests/unit/plan/knapsack_case.h); without it, that of Llama 3.1 405B in the folder of
// reference data (QS_SHARED), and without that a made-up model of the same shapes. DUMP receives the instance and the
// optima at a few budgets, for milp_python.py. SECONDS limits GLPK at each (60). All on one core; a budget's time is
// the median of three runs: nothing is kept from one to the next but the hull.
#include "../unit/plan/knapsack_case.h"
#include "../unit/plan/knapsack_glpk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FIRST = 220, LAST = 840, REPETITIONS = 3 }; // budgets in hundredths of a bit

static const int compared[] = {225, 301, 425, 545, 671};

#ifdef QS_HAVE_GLPK
static const bool have_glpk = true;
#else
static const bool have_glpk = false;
#endif

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double values[static REPETITIONS])
{
    qsort(values, REPETITIONS, sizeof *values, compare_doubles);
    return values[REPETITIONS / 2];
}

struct sweep {
    size_t budgets;
    size_t unproven;
    double make;    // seconds, as all of the following
    double mean;
    double worst;
    int worst_budget;
    double lookup_mean;
    double lookup_worst;
    double lookup_gap; // the largest relative distance from the bound
    uint64_t states_worst;
    uint64_t states;
};

// One budget; false where the solver fails.
static bool measure(const struct qs_hull *hull, uint64_t capacity, int budget, struct sweep *sweep)
{
    double solve[REPETITIONS];
    double lookup[REPETITIONS];
    struct qs_knapsack_solution found;
    for (int i = 0; i < REPETITIONS; i++) {
        double start = now();
        if (qs_hull_lookup(hull, capacity, &found, NULL) != QS_OK) {
            return false;
        }
        lookup[i] = now() - start;
        sweep->lookup_gap = fmax(sweep->lookup_gap, (found.cost - found.bound) / found.cost);
        qs_knapsack_solution_free(&found);
        start = now();
        if (qs_knapsack_solve(hull, capacity, NULL, &found, NULL) != QS_OK) {
            return false;
        }
        solve[i] = now() - start;
        sweep->unproven += i == 0 && !found.proven;
        sweep->states += i == 0 ? found.states : 0;
        sweep->states_worst = found.states > sweep->states_worst ? found.states : sweep->states_worst;
        qs_knapsack_solution_free(&found);
    }
    double seconds = median(solve);
    if (seconds > sweep->worst) {
        sweep->worst = seconds;
        sweep->worst_budget = budget;
    }
    sweep->mean += seconds;
    sweep->lookup_mean += median(lookup);
    sweep->lookup_worst = fmax(sweep->lookup_worst, median(lookup));
    sweep->budgets++;
    return true;
}

static bool run_sweep(const struct knapsack_case *made, int step, struct sweep *out)
{
    *out = (struct sweep){0};
    struct qs_hull *hull = NULL;
    double start = now();
    if (qs_hull_make(&made->problem, &hull, NULL) != QS_OK) {
        return false;
    }
    out->make = now() - start;
    bool good = true;
    for (int budget = FIRST; good && budget <= LAST; budget += step) {
        good = measure(hull, knapsack_case_capacity(made, budget / 100.0), budget, out);
    }
    out->mean /= (double)out->budgets;
    out->lookup_mean /= (double)out->budgets;
    qs_hull_free(hull);
    return good;
}

static void print_sweep(size_t modules, const struct sweep *sweep)
{
    printf("%7zu %7zu %8.2f %8.2f %8.2f %6.2f %8llu %8llu %8zu %8.3f %8.3f %8.1e\n", modules, sweep->budgets,
           1e3 * sweep->make, 1e3 * sweep->mean, 1e3 * sweep->worst, sweep->worst_budget / 100.0,
           (unsigned long long)(sweep->states / sweep->budgets), (unsigned long long)sweep->states_worst,
           sweep->unproven, 1e3 * sweep->lookup_mean, 1e3 * sweep->lookup_worst, sweep->lookup_gap);
    fflush(stdout);
}

static void print_header(void)
{
    printf("%7s %7s %8s %8s %8s %6s %8s %8s %8s %8s %8s %8s\n", "modules", "budgets", "hull", "mean", "worst", "at",
           "states", "worst", "unproven", "lookup", "worst", "gap");
}

// A line per budget; the same instance and our optima go to `dump`.
static bool compare(const struct knapsack_case *made, FILE *dump, double limit)
{
    struct qs_hull *hull = NULL;
    if (qs_hull_make(&made->problem, &hull, NULL) != QS_OK) {
        return false;
    }
    printf("\n%6s %18s %10s   %s, at most %.0f s\n", "budget", "optimum", "ms", have_glpk ? "GLPK" : "(no GLPK)",
           limit);
    for (size_t i = 0; i < sizeof compared / sizeof *compared; i++) {
        uint64_t capacity = knapsack_case_capacity(made, compared[i] / 100.0);
        struct qs_knapsack_solution found;
        double start = now();
        if (qs_knapsack_solve(hull, capacity, NULL, &found, NULL) != QS_OK) {
            break;
        }
        printf("%6.2f %18.9f %10.2f", compared[i] / 100.0, found.cost, 1e3 * (now() - start));
        fflush(stdout);
        start = now();
        struct knapsack_glpk_limits limits = {.seconds = limit};
        struct knapsack_glpk other = knapsack_glpk_solve(&made->problem, capacity, limits);
        if (other.found) {
            printf("   %.2f s, %s, relative difference %.1e%s", now() - start, other.optimal ? "proven" : "unproven",
                   (other.cost - found.cost) / found.cost, other.weight > capacity ? ", exceeds the budget" : "");
        } else if (have_glpk) {
            printf("   %.2f s, no plan", now() - start);
        }
        printf("\n");
        if (dump) {
            fprintf(dump, "optimum %.2f %llu %.17g\n", compared[i] / 100.0, (unsigned long long)capacity, found.cost);
        }
        qs_knapsack_solution_free(&found);
    }
    for (size_t module = 0; dump && module < made->problem.modules; module++) {
        for (uint32_t i = made->first[module]; i < made->first[module + 1]; i++) {
            fprintf(dump, "choice %zu %llu %.17g\n", module, (unsigned long long)made->weight[i], made->cost[i]);
        }
    }
    qs_hull_free(hull);
    return true;
}

static void load(const char *file, struct knapsack_case *out)
{
    char path[4096];
    const char *shared = getenv("QS_SHARED");
    snprintf(path, sizeof path, "%s/reference/metrics/Meta-Llama-3.1-405B-Instruct.csv", shared ? shared : "");
    if (knapsack_case_read(file ? file : path, out)) {
        printf("%s: ", file ? file : path);
        return;
    }
    knapsack_case_imitate(1, 126, out);
    printf("no model's table at hand; made-up errors: ");
}

int main(int argc, char **argv)
{
    struct knapsack_case made;
    struct sweep sweep;
    load(argc > 1 && argv[1][0] ? argv[1] : NULL, &made);
    printf("%zu modules, %u choices; times of one core in ms\n", made.problem.modules,
           made.first[made.problem.modules]);
    print_header();
    bool good = run_sweep(&made, 1, &sweep);
    if (good) {
        print_sweep(made.problem.modules, &sweep);
        FILE *dump = argc > 2 ? fopen(argv[2], "w") : NULL;
        good = compare(&made, dump, argc > 3 ? strtod(argv[3], NULL) : 60);
        good = (!dump || fclose(dump) == 0) && good;
    }
    printf("\nmodules drawn from these, errors scaled by 2/3 .. 3/2 and off by up to 1 percent:\n");
    print_header();
    static const size_t sizes[] = {224, 500, 1000, 2000, 5000, 10000};
    for (size_t i = 0; good && i < sizeof sizes / sizeof *sizes; i++) {
        struct knapsack_case drawn;
        knapsack_case_resample(&made, 1, sizes[i], &drawn);
        good = run_sweep(&drawn, 10, &sweep);
        if (good) {
            print_sweep(sizes[i], &sweep);
        }
        knapsack_case_free(&drawn);
    }
    printf("hull: once for all budgets; mean and worst: the proven optimum; lookup: the plan without a proof, and its\n"
           "largest relative gap\n");
    knapsack_case_free(&made);
    return good ? 0 : 1;
}
