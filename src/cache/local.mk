noinst_LIBRARIES += libqscache.a
libqscache_a_SOURCES = \
	%D%/cache.h
