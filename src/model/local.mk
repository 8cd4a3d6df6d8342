noinst_LIBRARIES += libqsmodel.a
libqsmodel_a_SOURCES = \
	%D%/info.c %D%/info.h \
	%D%/model.h \
	%D%/names.c %D%/names.h \
	%D%/reader.h
