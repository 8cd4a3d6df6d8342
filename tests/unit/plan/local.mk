QS_UNIT_TESTS += %D%/test_detect
%C%_test_detect_SOURCES = %D%/test_detect.c
%C%_test_detect_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_detect_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_knapsack
%C%_test_knapsack_SOURCES = %D%/test_knapsack.c %D%/knapsack_case.c %D%/knapsack_case.h
%C%_test_knapsack_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_knapsack_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)

# Beside GLPK, where configure found it; without it the test says so and skips.
QS_UNIT_TESTS += %D%/test_knapsack_glpk
%C%_test_knapsack_glpk_SOURCES = %D%/test_knapsack_glpk.c %D%/knapsack_case.c %D%/knapsack_case.h \
	%D%/knapsack_glpk.c %D%/knapsack_glpk.h
%C%_test_knapsack_glpk_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_knapsack_glpk_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS) $(GLPK_LIBS)

QS_UNIT_TESTS += %D%/test_wtl
%C%_test_wtl_SOURCES = %D%/test_wtl.c
%C%_test_wtl_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_wtl_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_budget
%C%_test_budget_SOURCES = %D%/test_budget.c
%C%_test_budget_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_budget_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_allocate
%C%_test_allocate_SOURCES = %D%/test_allocate.c %D%/plan_case.c %D%/plan_case.h
%C%_test_allocate_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_allocate_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_solved
%C%_test_solved_SOURCES = %D%/test_solved.c %D%/plan_case.c %D%/plan_case.h
%C%_test_solved_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_solved_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_plan_file
%C%_test_plan_file_SOURCES = %D%/test_plan_file.c %D%/plan_case.c %D%/plan_case.h
%C%_test_plan_file_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_plan_file_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_fit
%C%_test_fit_SOURCES = %D%/test_fit.c %D%/plan_case.c %D%/plan_case.h
%C%_test_fit_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_fit_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_compare
%C%_test_compare_SOURCES = %D%/test_compare.c %D%/plan_case.c %D%/plan_case.h
%C%_test_compare_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_compare_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)
