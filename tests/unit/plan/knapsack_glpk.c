// The knapsack solved by GLPK: see knapsack_glpk.h.
#include "knapsack_glpk.h"

#include <stdlib.h>

#ifdef QS_HAVE_GLPK

#include <glpk.h>

static uint64_t greatest_divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

// A column per choice, 0 or 1; a row per module that takes exactly one; and the weights' row, the last, in units of
// their greatest divisor so that its numbers are as small as they can be.
static void fill(glp_prob *glpk, const struct qs_knapsack *problem, uint64_t capacity)
{
    int modules = (int)problem->modules;
    int choices = (int)problem->first[modules];
    uint64_t divisor = 0;
    for (int i = 0; i < choices; i++) {
        divisor = greatest_divisor(divisor, problem->weight[i]);
    }
    divisor = divisor ? divisor : 1;
    glp_set_obj_dir(glpk, GLP_MIN);
    glp_add_rows(glpk, modules + 1);
    glp_add_cols(glpk, choices);
    glp_set_row_bnds(glpk, modules + 1, GLP_UP, 0, (double)(capacity / divisor));
    for (int module = 0; module < modules; module++) {
        glp_set_row_bnds(glpk, module + 1, GLP_FX, 1, 1);
        for (int i = (int)problem->first[module]; i < (int)problem->first[module + 1]; i++) {
            int rows[3] = {0, module + 1, modules + 1};
            double values[3] = {0, 1, (double)(problem->weight[i] / divisor)};
            glp_set_col_kind(glpk, i + 1, GLP_BV);
            glp_set_obj_coef(glpk, i + 1, problem->cost[i]);
            glp_set_mat_col(glpk, i + 1, 2, rows, values);
        }
    }
}

// Ends the search where the nodes that context counts down are used up.
static void count_nodes(glp_tree *tree, void *context)
{
    uint64_t *nodes = context;
    if (glp_ios_reason(tree) == GLP_ISELECT && --*nodes == 0) {
        glp_ios_terminate(tree);
    }
}

struct knapsack_glpk knapsack_glpk_solve(const struct qs_knapsack *problem, uint64_t capacity,
                                         struct knapsack_glpk_limits limits)
{
    struct knapsack_glpk result = {0};
    glp_term_out(GLP_OFF);
    glp_prob *glpk = glp_create_prob();
    fill(glpk, problem, capacity);
    glp_iocp params;
    glp_init_iocp(&params);
    params.msg_lev = GLP_MSG_OFF;
    params.presolve = GLP_ON;
    params.mip_gap = 1e-9;
    if (limits.seconds > 0) {
        params.tm_lim = (int)(1000 * limits.seconds);
    }
    if (limits.nodes) {
        params.cb_func = count_nodes;
        params.cb_info = &limits.nodes;
    }
    int status = glp_intopt(glpk, &params);
    int kind = glp_mip_status(glpk);
    result.found = kind == GLP_OPT || kind == GLP_FEAS;
    result.optimal = (status == 0 || status == GLP_EMIPGAP) && result.found;
    for (size_t module = 0; result.found && module < problem->modules; module++) {
        for (uint32_t i = problem->first[module]; i < problem->first[module + 1]; i++) {
            if (glp_mip_col_val(glpk, (int)i + 1) > 0.5) {
                result.cost += problem->cost[i];
                result.weight += problem->weight[i];
            }
        }
    }
    glp_delete_prob(glpk);
    glp_free_env();
    return result;
}

#else

struct knapsack_glpk knapsack_glpk_solve(const struct qs_knapsack *problem, uint64_t capacity,
                                         struct knapsack_glpk_limits limits)
{
    (void)problem;
    (void)capacity;
    (void)limits;
    return (struct knapsack_glpk){0};
}

#endif
