noinst_LIBRARIES += libqssession.a
libqssession_a_SOURCES = \
	%D%/errors.c %D%/errors.h \
	%D%/import.c %D%/import.h \
	%D%/job.c \
	%D%/metrics.c \
	%D%/open.c \
	%D%/place.c %D%/place.h \
	%D%/scan.c %D%/scan.h \
	%D%/scores.c %D%/scores.h \
	%D%/session.h \
	%D%/shelf.c %D%/shelf.h \
	%D%/state.h \
	%D%/survey.c \
	%D%/values.c \
	%D%/weights.c %D%/weights.h
