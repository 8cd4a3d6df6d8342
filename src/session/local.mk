noinst_LIBRARIES += libqssession.a
libqssession_a_SOURCES = \
	%D%/session.h
