QS_UNIT_TESTS += %D%/test_base
%C%_test_base_SOURCES = %D%/test_base.c
%C%_test_base_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_base_LDADD = $(QS_BASE_LIBS) $(CMOCKA_LIBS)
