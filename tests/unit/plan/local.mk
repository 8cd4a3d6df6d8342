QS_UNIT_TESTS += %D%/test_detect
%C%_test_detect_SOURCES = %D%/test_detect.c
%C%_test_detect_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_detect_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_wtl
%C%_test_wtl_SOURCES = %D%/test_wtl.c
%C%_test_wtl_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_wtl_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)
