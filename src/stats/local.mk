noinst_LIBRARIES += libqsstats.a
libqsstats_a_SOURCES = \
	%D%/weights.h
