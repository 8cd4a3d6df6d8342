# unit/model

QS_UNIT_TESTS += %D%/test_gguf
%C%_test_gguf_SOURCES = %D%/test_gguf.c %D%/gguf_build.h
%C%_test_gguf_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_gguf_LDADD = $(QS_MODEL_LIBS) $(CMOCKA_LIBS)
