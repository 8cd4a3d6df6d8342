# fuzz

QS_UNIT_TESTS += %D%/fuzz_gguf
%C%_fuzz_gguf_SOURCES = %D%/fuzz_gguf.c
%C%_fuzz_gguf_LDADD = $(QS_MODEL_LIBS)
