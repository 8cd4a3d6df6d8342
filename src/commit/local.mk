noinst_LIBRARIES += libqscommit.a
libqscommit_a_SOURCES = \
	%D%/metrics_csv.c %D%/metrics_csv.h \
	%D%/metrics_lines.c %D%/metrics_lines.h \
	%D%/results_csv.c %D%/results_csv.h
