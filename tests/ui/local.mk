QS_FAKE_SESSION = %D%/fake_session.c %D%/fake_session.h %D%/fake_plans.c
QS_UI_DRIVER = %D%/driver.c %D%/driver.h $(QS_FAKE_SESSION)
# The made-up session stands before the real one, so that the linker takes nothing of that but the table of metrics and
# the planning.
QS_UI_LIBS = libqstui.a libqsplot.a libqssession.a libqsplan.a libqsquant.a libqsmodel.a $(QS_KERNEL_LIBS) \
	$(PCRE2_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_screens
%C%_test_screens_SOURCES = %D%/test_screens.c $(QS_UI_DRIVER)
%C%_test_screens_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_screens_LDADD = $(QS_UI_LIBS)

QS_UNIT_TESTS += %D%/test_stress
%C%_test_stress_SOURCES = %D%/test_stress.c $(QS_UI_DRIVER)
%C%_test_stress_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_stress_LDADD = $(QS_UI_LIBS)

# Scripts and the screens they give; QS_UPDATE_GOLDEN=1 make check TESTS=test_screens writes the screens anew.
EXTRA_DIST += \
	%D%/compare.keys %D%/compare.screens \
	%D%/curves.keys %D%/curves.screens \
	%D%/detect.keys %D%/detect.screens \
	%D%/errors.keys %D%/errors.screens \
	%D%/grid.keys %D%/grid.screens \
	%D%/help.keys %D%/help.screens \
	%D%/layers.keys %D%/layers.screens \
	%D%/mouse.keys %D%/mouse.screens \
	%D%/overview.keys %D%/overview.screens \
	%D%/plan.keys %D%/plan.screens \
	%D%/prompt.keys %D%/prompt.screens \
	%D%/scan.keys %D%/scan.screens \
	%D%/small.keys %D%/small.screens
