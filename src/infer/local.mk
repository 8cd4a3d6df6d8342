noinst_LIBRARIES += libqsinfer.a
libqsinfer_a_SOURCES = \
	%D%/attention.c %D%/attention.h \
	%D%/batch.c %D%/batch.h \
	%D%/forward.c %D%/forward.h \
	%D%/graph.c %D%/graph.h \
	%D%/graph_tensors.c \
	%D%/head.c \
	%D%/layer.c \
	%D%/load.c \
	%D%/perplexity.c %D%/perplexity.h \
	%D%/product.c %D%/product.h \
	%D%/rope.c %D%/rope.h \
	%D%/state.h \
	%D%/windows.c %D%/windows.h
libqsinfer_a_CPPFLAGS = $(AM_CPPFLAGS) $(CBLAS_CFLAGS)
