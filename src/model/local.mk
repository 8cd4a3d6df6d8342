noinst_LIBRARIES += libqsmodel.a
libqsmodel_a_SOURCES = \
	%D%/info.h \
	%D%/model.h \
	%D%/reader.h
