noinst_LIBRARIES += libqsplan.a
libqsplan_a_SOURCES = \
	%D%/allocate.c %D%/allocate.h \
	%D%/allocating.h \
	%D%/boost.c \
	%D%/budget.c %D%/budget.h \
	%D%/compare.c %D%/compare.h \
	%D%/core.c %D%/core.h \
	%D%/decline.c \
	%D%/detect.c %D%/detect.h \
	%D%/field.c %D%/field.h \
	%D%/file.h \
	%D%/hull.c %D%/hull.h \
	%D%/knapsack.c %D%/knapsack.h \
	%D%/method.c %D%/method.h \
	%D%/plan.c %D%/plan.h \
	%D%/problem.c %D%/problem.h \
	%D%/read.c \
	%D%/read_modules.c \
	%D%/reading.h \
	%D%/search.c %D%/search.h \
	%D%/solve.c \
	%D%/source.c %D%/source.h \
	%D%/write.c \
	%D%/wtl.c %D%/wtl.h
