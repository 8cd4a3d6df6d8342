bin_PROGRAMS += quantscope
quantscope_SOURCES = \
	%D%/arguments.c %D%/arguments.h \
	%D%/cmd_compare.c \
	%D%/cmd_completion.c \
	%D%/cmd_detect.c \
	%D%/cmd_export.c \
	%D%/cmd_help.c \
	%D%/cmd_import.c \
	%D%/cmd_inspect.c \
	%D%/cmd_open.c \
	%D%/cmd_plan.c \
	%D%/cmd_scan.c \
	%D%/cmd_show.c \
	%D%/cmd_snapshot.c \
	%D%/cmd_tokenize.c \
	%D%/cmd_wtl.c \
	%D%/commands.c %D%/commands.h \
	%D%/completion.c \
	%D%/config.c %D%/config.h \
	%D%/console.c %D%/console.h \
	%D%/drawing.c %D%/drawing.h \
	%D%/help.c %D%/help.h \
	%D%/interrupt.c %D%/interrupt.h \
	%D%/main.c \
	%D%/meter.c %D%/meter.h \
	%D%/options.c %D%/options.h \
	%D%/plans.c %D%/plans.h \
	%D%/suggest.c %D%/suggest.h \
	%D%/table.c %D%/table.h \
	%D%/work.c %D%/work.h
quantscope_LDADD = $(QS_TERM_LIBS)
