QS_UNIT_TESTS += %D%/test_cache
%C%_test_cache_SOURCES = %D%/test_cache.c %D%/sample.c %D%/sample.h
%C%_test_cache_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_cache_LDADD = $(QS_CACHE_LIBS) $(CMOCKA_LIBS)
