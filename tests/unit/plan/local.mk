QS_UNIT_TESTS += %D%/test_detect
%C%_test_detect_SOURCES = %D%/test_detect.c
%C%_test_detect_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_detect_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_knapsack
%C%_test_knapsack_SOURCES = %D%/test_knapsack.c %D%/knapsack_case.c %D%/knapsack_case.h
%C%_test_knapsack_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_knapsack_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)
