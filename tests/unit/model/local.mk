# unit/model
QS_UNIT_TESTS += %D%/test_info
%C%_test_info_SOURCES = %D%/test_info.c
%C%_test_info_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_info_LDADD = $(QS_MODEL_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_names
%C%_test_names_SOURCES = %D%/test_names.c
%C%_test_names_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_names_LDADD = $(QS_MODEL_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_gguf
%C%_test_gguf_SOURCES = %D%/test_gguf.c %D%/gguf_build.h
%C%_test_gguf_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_gguf_LDADD = $(QS_MODEL_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_safetensors
%C%_test_safetensors_SOURCES = %D%/test_safetensors.c %D%/make_model.c %D%/make_model.h \
	tests/fuzz/fuzz_safetensors.c
%C%_test_safetensors_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) -DQS_LIBFUZZER
%C%_test_safetensors_LDADD = $(QS_MODEL_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_model
%C%_test_model_SOURCES = %D%/test_model.c %D%/make_model.c %D%/make_model.h
%C%_test_model_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_model_LDADD = $(QS_MODEL_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_tokenizer_parts
%C%_test_tokenizer_parts_SOURCES = %D%/test_tokenizer_parts.c
%C%_test_tokenizer_parts_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_tokenizer_parts_LDADD = $(QS_MODEL_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_tokenizer
%C%_test_tokenizer_SOURCES = %D%/test_tokenizer.c %D%/gguf_build.h
%C%_test_tokenizer_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_tokenizer_LDADD = $(QS_MODEL_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_config
%C%_test_config_SOURCES = %D%/test_config.c %D%/gguf_build.h %D%/make_model.c %D%/make_model.h
%C%_test_config_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_config_LDADD = $(QS_MODEL_LIBS) $(CMOCKA_LIBS)
