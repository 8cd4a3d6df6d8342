# `make bench`: how fast the machine reads memory, and how fast we compute statistics of it. No test: it only reports.
EXTRA_PROGRAMS += %D%/bench_stats
CLEANFILES += %D%/bench_stats$(EXEEXT)
%C%_bench_stats_SOURCES = %D%/bench_stats.c
%C%_bench_stats_LDADD = $(QS_STATS_LIBS)

.PHONY: bench
bench: %D%/bench_stats$(EXEEXT)
	%D%/bench_stats$(EXEEXT)
