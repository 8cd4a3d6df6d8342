noinst_LIBRARIES += libqstui.a
libqstui_a_SOURCES = \
	%D%/act.c \
	%D%/action.c %D%/action.h \
	%D%/analysis.c %D%/analysis.h \
	%D%/columns.c %D%/columns.h \
	%D%/command.c \
	%D%/compare_chart.c %D%/compare_chart.h \
	%D%/compare_table.c %D%/compare_table.h \
	%D%/comparing.c %D%/comparing.h \
	%D%/config.c \
	%D%/crosshair.c \
	%D%/curves_panel.c %D%/curves_panel.h \
	%D%/event.h \
	%D%/figure.c %D%/figure.h \
	%D%/filter.c %D%/filter.h \
	%D%/frame.c \
	%D%/grid_panel.c %D%/grid_panel.h \
	%D%/list.c %D%/list.h \
	%D%/locks.c \
	%D%/overlay.c %D%/overlay.h \
	%D%/page.c %D%/page.h \
	%D%/params.c %D%/params.h \
	%D%/params_line.c \
	%D%/plan_panel.c %D%/plan_panel.h \
	%D%/planning.c %D%/planning.h \
	%D%/plans_act.c \
	%D%/prompt.c %D%/prompt.h \
	%D%/rung_map.c %D%/rung_map.h \
	%D%/state.h \
	%D%/ui.c %D%/ui.h \
	%D%/undo.c %D%/undo.h \
	%D%/view_compare.c \
	%D%/view_curves.c \
	%D%/view_detect.c \
	%D%/view_grid.c \
	%D%/view_help.c \
	%D%/view_jobs.c \
	%D%/view_layers.c \
	%D%/view_log.c \
	%D%/view_overview.c \
	%D%/view_plan.c
