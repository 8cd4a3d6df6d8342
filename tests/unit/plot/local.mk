QS_UNIT_TESTS += %D%/test_grid
%C%_test_grid_SOURCES = %D%/test_grid.c
%C%_test_grid_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_grid_LDADD = $(QS_PLOT_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_scale
%C%_test_scale_SOURCES = %D%/test_scale.c
%C%_test_scale_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_scale_LDADD = $(QS_PLOT_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_chart
%C%_test_chart_SOURCES = %D%/test_chart.c
%C%_test_chart_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_chart_LDADD = $(QS_PLOT_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_heat
%C%_test_heat_SOURCES = %D%/test_heat.c
%C%_test_heat_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_heat_LDADD = $(QS_PLOT_LIBS) $(CMOCKA_LIBS)

# Charts as text: QS_UPDATE_GOLDEN=1 writes them anew.
EXTRA_DIST += \
	%D%/golden/ascii-20x5.txt \
	%D%/golden/ascii-40x10.txt \
	%D%/golden/ascii-80x24.txt \
	%D%/golden/block-80x24.txt \
	%D%/golden/braille-120x40.txt \
	%D%/golden/braille-200x60.txt \
	%D%/golden/braille-80x24.txt \
	%D%/golden/constant-40x10.txt \
	%D%/golden/cut-60x14.txt \
	%D%/golden/empty-40x10.txt \
	%D%/golden/focus-60x12.txt \
	%D%/golden/focus-80x24.txt \
	%D%/golden/layers126-60x16.txt \
	%D%/golden/layers126-one-40x10.txt \
	%D%/golden/log-80x24.txt \
	%D%/golden/one-layer-40x12.txt
