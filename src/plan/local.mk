noinst_LIBRARIES += libqsplan.a
libqsplan_a_SOURCES = \
	%D%/detect.c %D%/detect.h \
	%D%/wtl.c %D%/wtl.h
