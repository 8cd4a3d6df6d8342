QS_SCRIPT_TESTS += %D%/test_layers.sh %D%/test_tree.sh
EXTRA_DIST += %D%/test_layers.sh %D%/test_tree.sh
