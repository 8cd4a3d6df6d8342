QS_UNIT_TESTS += %D%/test_action
%C%_test_action_SOURCES = %D%/test_action.c $(QS_FAKE_SESSION)
%C%_test_action_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_action_LDADD = $(QS_UI_LIBS)

QS_UNIT_TESTS += %D%/test_filter
%C%_test_filter_SOURCES = %D%/test_filter.c $(QS_FAKE_SESSION)
%C%_test_filter_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_filter_LDADD = $(QS_UI_LIBS)

QS_UNIT_TESTS += %D%/test_parts
%C%_test_parts_SOURCES = %D%/test_parts.c $(QS_FAKE_SESSION)
%C%_test_parts_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_parts_LDADD = $(QS_UI_LIBS)
