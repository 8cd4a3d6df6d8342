noinst_LIBRARIES += libqsmodel.a
libqsmodel_a_SOURCES = \
	%D%/info.h \
	%D%/model.h \
	%D%/reader.h
libqsmodel_a_SOURCES += \
	%D%/gguf.c \
	%D%/gguf_cursor.c %D%/gguf_cursor.h \
	%D%/gguf_file.c %D%/gguf_file.h \
	%D%/gguf_parts.c %D%/gguf_parts.h \
	%D%/gguf_tensors.c \
	%D%/gguf_types.c \
	%D%/reader.c
