QS_UNIT_TESTS += %D%/test_dtype
%C%_test_dtype_SOURCES = %D%/test_dtype.c %D%/blocks_golden.h
%C%_test_dtype_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_dtype_LDADD = $(QS_KERNEL_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_tile
%C%_test_tile_SOURCES = %D%/test_tile.c
%C%_test_tile_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_tile_LDADD = $(QS_KERNEL_LIBS) $(CMOCKA_LIBS)
QS_UNIT_TESTS += %D%/test_moments
%C%_test_moments_SOURCES = %D%/test_moments.c %D%/moment_sets.h
%C%_test_moments_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_moments_LDADD = $(QS_KERNEL_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_counts
%C%_test_counts_SOURCES = %D%/test_counts.c %D%/moment_sets.h
%C%_test_counts_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_counts_LDADD = $(QS_KERNEL_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_rows
%C%_test_rows_SOURCES = %D%/test_rows.c
%C%_test_rows_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_rows_LDADD = $(QS_KERNEL_LIBS) $(CMOCKA_LIBS)
