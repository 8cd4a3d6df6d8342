noinst_LIBRARIES += libqsquant.a
libqsquant_a_SOURCES = \
	%D%/early_stop.h \
	%D%/error_grid.c %D%/error_grid.h \
	%D%/ladder.c %D%/ladder.h \
	%D%/quantized.c %D%/quantized.h \
	%D%/quantizer.c %D%/quantizer.h \
	%D%/rung.c %D%/rung.h \
	%D%/sums.c %D%/sums.h \
	%D%/values.c %D%/values.h
# Sums are written for the vectoriser, as kernels are.
libqsquant_a_CFLAGS = $(AM_CFLAGS) -O3
