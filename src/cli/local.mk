bin_PROGRAMS += quantscope
quantscope_SOURCES = \
	%D%/main.c
quantscope_LDADD = $(QS_TERM_LIBS)
