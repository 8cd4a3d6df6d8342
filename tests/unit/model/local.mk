# unit/model
QS_UNIT_TESTS += %D%/test_info
%C%_test_info_SOURCES = %D%/test_info.c
%C%_test_info_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_info_LDADD = $(QS_MODEL_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_names
%C%_test_names_SOURCES = %D%/test_names.c
%C%_test_names_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_names_LDADD = $(QS_MODEL_LIBS) $(CMOCKA_LIBS)
