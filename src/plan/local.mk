noinst_LIBRARIES += libqsplan.a
libqsplan_a_SOURCES = \
	%D%/core.c %D%/core.h \
	%D%/detect.c %D%/detect.h \
	%D%/hull.c %D%/hull.h \
	%D%/knapsack.c %D%/knapsack.h \
	%D%/search.c %D%/search.h \
	%D%/solve.c
