# `make bench`: how fast the machine reads memory, and how fast we compute statistics of it. No test: it only reports.
EXTRA_PROGRAMS += %D%/bench_stats
CLEANFILES += %D%/bench_stats$(EXEEXT)
%C%_bench_stats_SOURCES = %D%/bench_stats.c
%C%_bench_stats_LDADD = $(QS_STATS_LIBS)

.PHONY: bench
bench: %D%/bench_stats$(EXEEXT)
	%D%/bench_stats$(EXEEXT)

# How fast the error grid is filled, beside the HQQ library where Python has it.
EXTRA_PROGRAMS += %D%/bench_quant
CLEANFILES += %D%/bench_quant$(EXEEXT)
EXTRA_DIST += %D%/hqq_python.py
%C%_bench_quant_SOURCES = %D%/bench_quant.c
%C%_bench_quant_LDADD = $(QS_QUANT_LIBS)

# PYTHON: one that has torch and hqq.
.PHONY: bench-quant
bench-quant: %D%/bench_quant$(EXEEXT)
	@matrix=$$(mktemp) && trap 'rm -f "$$matrix"' EXIT && \
	%D%/bench_quant$(EXEEXT) 4096 4096 3 "$$matrix" && \
	{ $${PYTHON:-python3} $(srcdir)/%D%/hqq_python.py "$$matrix" 4096 4096 || echo 'the HQQ library: not compared'; }
bench: bench-quant

# How fast plans are proven optimal, beside GLPK and SciPy's milp where they are present.
EXTRA_PROGRAMS += %D%/bench_plan
CLEANFILES += %D%/bench_plan$(EXEEXT)
EXTRA_DIST += %D%/milp_python.py
%C%_bench_plan_SOURCES = %D%/bench_plan.c tests/unit/plan/knapsack_case.c tests/unit/plan/knapsack_case.h \
	tests/unit/plan/knapsack_glpk.c tests/unit/plan/knapsack_glpk.h
%C%_bench_plan_LDADD = $(QS_PLAN_LIBS) $(GLPK_LIBS)

# PYTHON: one that has scipy. MILP_SECONDS: how long others may take for one budget.
.PHONY: bench-plan
bench-plan: %D%/bench_plan$(EXEEXT)
	@dump=$$(mktemp) && trap 'rm -f "$$dump"' EXIT && \
	QS_SHARED=$${QS_SHARED-$(abs_top_srcdir)/../shared} %D%/bench_plan$(EXEEXT) "" "$$dump" $${MILP_SECONDS:-60} && \
	{ $${PYTHON:-python3} $(srcdir)/%D%/milp_python.py "$$dump" $${MILP_SECONDS:-60} || echo 'SciPy: not compared'; }
bench: bench-plan

# How fast text goes through a model, beside sgemm.
EXTRA_PROGRAMS += %D%/bench_infer
CLEANFILES += %D%/bench_infer$(EXEEXT)
%C%_bench_infer_SOURCES = %D%/bench_infer.c
%C%_bench_infer_LDADD = $(QS_INFER_LIBS)

.PHONY: bench-infer
bench-infer: %D%/bench_infer$(EXEEXT)
	%D%/bench_infer$(EXEEXT) $(srcdir)/data/demo 16384
	%D%/bench_infer$(EXEEXT) - 4096 256 3
bench: bench-infer
