noinst_LIBRARIES += libqskernel.a
libqskernel_a_SOURCES = \
	%D%/blocks.c %D%/blocks.h \
	%D%/counts.c %D%/counts.h \
	%D%/dtype.c %D%/dtype.h \
	%D%/dtype_reference.c \
	%D%/exp.h \
	%D%/float_bits.h \
	%D%/load.h \
	%D%/moments.c %D%/moments.h \
	%D%/nf4.c %D%/nf4.h \
	%D%/plain.c %D%/plain.h \
	%D%/power.h \
	%D%/rows.c %D%/rows.h \
	%D%/rows_reference.c \
	%D%/tile.c %D%/tile.h \
	%D%/tile_reference.c
# The kernels are written for the vectoriser.
libqskernel_a_CFLAGS = $(AM_CFLAGS) -O3
