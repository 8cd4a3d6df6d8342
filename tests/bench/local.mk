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
