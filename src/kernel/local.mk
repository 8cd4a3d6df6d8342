noinst_LIBRARIES += libqskernel.a
libqskernel_a_SOURCES = \
	%D%/dtype.h \
	%D%/moments.h
