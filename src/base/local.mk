noinst_LIBRARIES += libqsbase.a
libqsbase_a_SOURCES = \
	%D%/attr.h \
	%D%/array.c %D%/array.h \
	%D%/csv.c %D%/csv.h \
	%D%/error.c %D%/error.h \
	%D%/file.c %D%/file.h \
	%D%/json_file.c %D%/json_file.h \
	%D%/number.c %D%/number.h \
	%D%/output.c %D%/output.h \
	%D%/pool.c %D%/pool.h \
	%D%/progress.c %D%/progress.h \
	%D%/text.c %D%/text.h
