QS_UNIT_TESTS += %D%/test_cache
%C%_test_cache_SOURCES = %D%/test_cache.c %D%/sample.c %D%/sample.h
%C%_test_cache_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_cache_LDADD = $(QS_CACHE_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_journal
%C%_test_journal_SOURCES = %D%/test_journal.c %D%/sample.c %D%/sample.h
%C%_test_journal_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_journal_LDADD = $(QS_CACHE_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_kill
%C%_test_kill_SOURCES = %D%/test_kill.c %D%/sample.c %D%/sample.h
%C%_test_kill_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_kill_LDADD = $(QS_CACHE_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_hostile
%C%_test_hostile_SOURCES = %D%/test_hostile.c %D%/sample.c %D%/sample.h
%C%_test_hostile_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_hostile_LDADD = $(QS_CACHE_LIBS) $(CMOCKA_LIBS)

QS_SCRIPT_TESTS += %D%/h5py.sh
EXTRA_DIST += %D%/h5py.sh
check_PROGRAMS += %D%/test_sample
%C%_test_sample_SOURCES = %D%/test_sample.c %D%/sample.c %D%/sample.h
%C%_test_sample_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_sample_LDADD = $(QS_CACHE_LIBS) $(CMOCKA_LIBS)
