noinst_LIBRARIES += libqssession.a
libqssession_a_SOURCES = \
	%D%/job.c \
	%D%/metrics.c \
	%D%/open.c \
	%D%/place.c %D%/place.h \
	%D%/scan.c %D%/scan.h \
	%D%/session.h \
	%D%/state.h \
	%D%/values.c \
	%D%/weights.c %D%/weights.h
