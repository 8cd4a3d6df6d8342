QS_SCRIPT_TESTS += %D%/test_examples.sh %D%/test_manual.sh
EXTRA_DIST += %D%/test_examples.sh %D%/test_manual.sh
