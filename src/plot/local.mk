noinst_LIBRARIES += libqsplot.a
libqsplot_a_SOURCES = \
	%D%/chart.h \
	%D%/grid.c %D%/grid.h \
	%D%/scale.c %D%/scale.h
