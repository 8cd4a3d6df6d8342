# unit/kernel

QS_UNIT_TESTS += %D%/test_dtype
%C%_test_dtype_SOURCES = %D%/test_dtype.c %D%/blocks_golden.h
%C%_test_dtype_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_dtype_LDADD = $(QS_KERNEL_LIBS) $(CMOCKA_LIBS)
