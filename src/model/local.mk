noinst_LIBRARIES += libqsmodel.a
libqsmodel_a_SOURCES = \
	%D%/added_tokens.c %D%/added_tokens.h \
	%D%/config.c %D%/config.h \
	%D%/decoder.c %D%/decoder.h \
	%D%/fingerprint.c %D%/fingerprint.h \
	%D%/folder.c %D%/folder.h \
	%D%/gguf.c \
	%D%/gguf_cursor.c %D%/gguf_cursor.h \
	%D%/gguf_file.c %D%/gguf_file.h \
	%D%/gguf_parts.c %D%/gguf_parts.h \
	%D%/gguf_tensors.c \
	%D%/gguf_types.c \
	%D%/gguf_values.c %D%/gguf_values.h \
	%D%/hf_config.c %D%/hf_config.h \
	%D%/hf_directory.c \
	%D%/info.c %D%/info.h \
	%D%/kind.c %D%/kind.h \
	%D%/merges.c %D%/merges.h \
	%D%/model.c %D%/model.h \
	%D%/modules.c %D%/modules.h \
	%D%/names.c %D%/names.h \
	%D%/nfc.c %D%/nfc.h \
	%D%/pre_tokenizers.c %D%/pre_tokenizers.h \
	%D%/reader.c %D%/reader.h \
	%D%/safetensors.c %D%/safetensors.h \
	%D%/text_split.c %D%/text_split.h \
	%D%/tokenizer.c %D%/tokenizer.h %D%/tokenizer_parts.h \
	%D%/tokenizer_gguf.c \
	%D%/tokenizer_json.c %D%/tokenizer_json.h \
	%D%/tokenizer_open.c \
	%D%/tokenizer_rules.c \
	%D%/vocabulary.c %D%/vocabulary.h \
	%D%/weight.c
