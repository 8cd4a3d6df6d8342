QS_SCRIPT_TESTS += \
	%D%/test_detect.sh \
	%D%/test_import.sh \
	%D%/test_inspect.sh \
	%D%/test_open.sh \
	%D%/test_plan.sh \
	%D%/test_scan.sh \
	%D%/test_show.sh \
	%D%/test_snapshot.sh \
	%D%/test_tokenize.sh \
	%D%/test_usage.sh \
	%D%/test_wtl.sh
EXTRA_DIST += %D%/lib.sh \
	%D%/test_detect.sh \
	%D%/test_import.sh \
	%D%/test_inspect.sh \
	%D%/test_open.sh \
	%D%/test_plan.sh \
	%D%/test_scan.sh \
	%D%/test_show.sh \
	%D%/test_snapshot.sh \
	%D%/test_tokenize.sh \
	%D%/test_usage.sh \
	%D%/test_wtl.sh

# The parts of the command line that are pure functions.
QS_UNIT_TESTS += %D%/test_parts
%C%_test_parts_SOURCES = %D%/test_parts.c src/cli/console.c src/cli/meter.c src/cli/suggest.c
%C%_test_parts_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_parts_LDADD = $(QS_PLOT_LIBS) $(CMOCKA_LIBS)
