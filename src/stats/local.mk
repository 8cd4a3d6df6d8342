noinst_LIBRARIES += libqsstats.a
libqsstats_a_SOURCES = \
	%D%/order.c %D%/order.h \
	%D%/patterns.c %D%/patterns.h \
	%D%/team.c %D%/team.h \
	%D%/weights.c %D%/weights.h
