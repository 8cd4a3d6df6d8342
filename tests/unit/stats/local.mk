QS_UNIT_TESTS += %D%/test_weights
%C%_test_weights_SOURCES = %D%/test_weights.c tests/unit/kernel/moment_sets.h
%C%_test_weights_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_weights_LDADD = $(QS_STATS_LIBS) $(CMOCKA_LIBS)
