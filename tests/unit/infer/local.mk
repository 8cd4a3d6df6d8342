qs_infer_test_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
qs_infer_test_libs = $(QS_INFER_LIBS) $(CMOCKA_LIBS)
qs_infer_test_tiny = %D%/tiny.c %D%/tiny.h tests/unit/model/make_model.c tests/unit/model/make_model.h \
	tests/unit/model/gguf_build.h

QS_UNIT_TESTS += %D%/test_forward
%C%_test_forward_SOURCES = %D%/test_forward.c $(qs_infer_test_tiny)
%C%_test_forward_CPPFLAGS = $(qs_infer_test_cppflags)
%C%_test_forward_LDADD = $(qs_infer_test_libs)

QS_UNIT_TESTS += %D%/test_graph
%C%_test_graph_SOURCES = %D%/test_graph.c $(qs_infer_test_tiny)
%C%_test_graph_CPPFLAGS = $(qs_infer_test_cppflags)
%C%_test_graph_LDADD = $(qs_infer_test_libs)

QS_UNIT_TESTS += %D%/test_perplexity
%C%_test_perplexity_SOURCES = %D%/test_perplexity.c $(qs_infer_test_tiny)
%C%_test_perplexity_CPPFLAGS = $(qs_infer_test_cppflags)
%C%_test_perplexity_LDADD = $(qs_infer_test_libs)

QS_UNIT_TESTS += %D%/test_rope
%C%_test_rope_SOURCES = %D%/test_rope.c
%C%_test_rope_CPPFLAGS = $(qs_infer_test_cppflags)
%C%_test_rope_LDADD = $(qs_infer_test_libs)
