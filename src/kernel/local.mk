noinst_LIBRARIES += libqskernel.a
libqskernel_a_SOURCES = \
	%D%/dtype.h \
	%D%/moments.h
libqskernel_a_SOURCES += \
	%D%/blocks.c %D%/blocks.h \
	%D%/dtype.c \
	%D%/dtype_reference.c \
	%D%/float_bits.h \
	%D%/plain.c %D%/plain.h
libqskernel_a_SOURCES += \
	%D%/counts.c %D%/counts.h \
	%D%/load.h \
	%D%/moments.c
