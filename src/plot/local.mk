noinst_LIBRARIES += libqsplot.a
libqsplot_a_SOURCES = \
	%D%/axes.c %D%/axes.h \
	%D%/bars.c %D%/bars.h \
	%D%/canvas.c %D%/canvas.h \
	%D%/chart.c %D%/chart.h \
	%D%/curves.c %D%/curves.h \
	%D%/grid.c %D%/grid.h \
	%D%/heat.c %D%/heat.h \
	%D%/legend.c %D%/legend.h \
	%D%/scale.c %D%/scale.h \
	%D%/xy.c %D%/xy.h
