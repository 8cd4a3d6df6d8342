# A harness per parser: fuzz_gguf is a test by itself, fuzz_safetensors is called by tests/unit/model/test_safetensors.
QS_UNIT_TESTS += %D%/fuzz_gguf
%C%_fuzz_gguf_SOURCES = %D%/fuzz_gguf.c
%C%_fuzz_gguf_LDADD = $(QS_MODEL_LIBS)

check_PROGRAMS += %D%/fuzz_safetensors
%C%_fuzz_safetensors_SOURCES = %D%/fuzz_safetensors.c %D%/fuzz_safetensors.h
%C%_fuzz_safetensors_LDADD = $(QS_MODEL_LIBS)
