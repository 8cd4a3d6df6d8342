QS_UNIT_TESTS += %D%/test_base
%C%_test_base_SOURCES = %D%/test_base.c
%C%_test_base_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_base_LDADD = $(QS_BASE_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_csv
%C%_test_csv_SOURCES = %D%/test_csv.c
%C%_test_csv_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_csv_LDADD = $(QS_BASE_LIBS) $(CMOCKA_LIBS)
