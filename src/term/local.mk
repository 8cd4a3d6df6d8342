noinst_LIBRARIES += libqsterm.a
libqsterm_a_SOURCES = \
	%D%/capture.c %D%/capture.h \
	%D%/palette.c %D%/palette.h \
	%D%/screen.c %D%/screen.h \
	%D%/signals.c %D%/signals.h \
	%D%/term.c %D%/term.h
