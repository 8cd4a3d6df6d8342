QS_UNIT_TESTS += %D%/test_grid
%C%_test_grid_SOURCES = %D%/test_grid.c
%C%_test_grid_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_grid_LDADD = $(QS_PLOT_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_scale
%C%_test_scale_SOURCES = %D%/test_scale.c
%C%_test_scale_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_scale_LDADD = $(QS_PLOT_LIBS) $(CMOCKA_LIBS)
