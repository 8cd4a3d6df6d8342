# Numbers made elsewhere: what needs them skips where they are absent.
QS_UNIT_TESTS += %D%/test_detect
%C%_test_detect_SOURCES = %D%/test_detect.c %D%/published.c %D%/published.h
%C%_test_detect_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_detect_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_blocks
%C%_test_blocks_SOURCES = %D%/test_blocks.c
%C%_test_blocks_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_blocks_LDADD = $(QS_KERNEL_LIBS) $(HDF5_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_gguf_files
%C%_test_gguf_files_SOURCES = %D%/test_gguf_files.c
%C%_test_gguf_files_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_gguf_files_LDADD = $(QS_MODEL_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_formats
%C%_test_formats_SOURCES = %D%/test_formats.c
%C%_test_formats_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_formats_LDADD = $(QS_MODEL_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_quantizers
%C%_test_quantizers_SOURCES = %D%/test_quantizers.c
%C%_test_quantizers_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_quantizers_LDADD = $(QS_QUANT_LIBS) $(HDF5_LIBS) $(CMOCKA_LIBS)
QS_UNIT_TESTS += %D%/test_scan
%C%_test_scan_SOURCES = %D%/test_scan.c
%C%_test_scan_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_scan_LDADD = $(QS_SESSION_LIBS) $(HDF5_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_weights
%C%_test_weights_SOURCES = %D%/test_weights.c
%C%_test_weights_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_weights_LDADD = $(QS_STATS_LIBS) $(HDF5_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_optima
%C%_test_optima_SOURCES = %D%/test_optima.c tests/unit/plan/knapsack_case.c tests/unit/plan/knapsack_case.h
%C%_test_optima_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_optima_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_plan
%C%_test_plan_SOURCES = %D%/test_plan.c %D%/published.c %D%/published.h
%C%_test_plan_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_plan_LDADD = $(QS_PLAN_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_tokenizers
%C%_test_tokenizers_SOURCES = %D%/test_tokenizers.c
%C%_test_tokenizers_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_tokenizers_LDADD = $(QS_MODEL_LIBS) $(HDF5_LIBS) $(CMOCKA_LIBS)

QS_UNIT_TESTS += %D%/test_forward
%C%_test_forward_SOURCES = %D%/test_forward.c
%C%_test_forward_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
%C%_test_forward_LDADD = $(QS_INFER_LIBS) $(HDF5_LIBS) $(CMOCKA_LIBS)
