QS_SCRIPT_TESTS += %D%/test_examples.sh %D%/test_manual.sh
EXTRA_DIST += %D%/test_examples.sh %D%/test_manual.sh

QS_UNIT_TESTS += %D%/test_plan
%C%_test_plan_SOURCES = %D%/test_plan.c tests/unit/plan/plan_case.c tests/unit/plan/plan_case.h
%C%_test_plan_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_plan_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)
