# A harness per parser: fuzz_gguf, fuzz_plan, fuzz_tables and fuzz_tokenizer are tests by themselves, fuzz_safetensors
# is called by tests/unit/model/test_safetensors.
QS_UNIT_TESTS += %D%/fuzz_plan
%C%_fuzz_plan_SOURCES = %D%/fuzz_plan.c
%C%_fuzz_plan_LDADD = $(QS_PLAN_LIBS)

QS_UNIT_TESTS += %D%/fuzz_tables
%C%_fuzz_tables_SOURCES = %D%/fuzz_tables.c
%C%_fuzz_tables_LDADD = $(QS_COMMIT_LIBS)

QS_UNIT_TESTS += %D%/fuzz_gguf
%C%_fuzz_gguf_SOURCES = %D%/fuzz_gguf.c
%C%_fuzz_gguf_LDADD = $(QS_MODEL_LIBS)

QS_UNIT_TESTS += %D%/fuzz_tokenizer
%C%_fuzz_tokenizer_SOURCES = %D%/fuzz_tokenizer.c
%C%_fuzz_tokenizer_LDADD = $(QS_MODEL_LIBS)

check_PROGRAMS += %D%/fuzz_safetensors
%C%_fuzz_safetensors_SOURCES = %D%/fuzz_safetensors.c %D%/fuzz_safetensors.h
%C%_fuzz_safetensors_LDADD = $(QS_MODEL_LIBS)
