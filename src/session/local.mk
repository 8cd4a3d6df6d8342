noinst_LIBRARIES += libqssession.a
libqssession_a_SOURCES = \
	%D%/errors.c %D%/errors.h \
	%D%/import.c %D%/import.h \
	%D%/job.c \
	%D%/kept.c \
	%D%/metrics.c \
	%D%/open.c \
	%D%/place.c %D%/place.h \
	%D%/plan_store.c \
	%D%/planner.h \
	%D%/plans.c %D%/plans.h \
	%D%/scan.c %D%/scan.h \
	%D%/scores.c %D%/scores.h \
	%D%/session.h \
	%D%/shelf.c %D%/shelf.h \
	%D%/source.c \
	%D%/stored.c \
	%D%/state.h \
	%D%/survey.c \
	%D%/values.c \
	%D%/weights.c %D%/weights.h
