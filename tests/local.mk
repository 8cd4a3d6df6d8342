# Tests: cmocka programs (QS_UNIT_TESTS) and shell scripts (QS_SCRIPT_TESTS), all of which print TAP. One runner runs
# them side by side and adds them up.
dist_noinst_SCRIPTS += %D%/run-tests.sh
EXTRA_DIST += %D%/lib.sh %D%/unit/cmocka_all.h

include %D%/unit/base/local.mk
include %D%/unit/kernel/local.mk
include %D%/unit/model/local.mk
include %D%/unit/stats/local.mk
include %D%/unit/quant/local.mk
include %D%/unit/infer/local.mk
include %D%/unit/cache/local.mk
include %D%/unit/plan/local.mk
include %D%/unit/commit/local.mk
include %D%/unit/session/local.mk
include %D%/unit/plot/local.mk
include %D%/unit/tui/local.mk
include %D%/golden/local.mk
include %D%/ui/local.mk
include %D%/cli/local.mk
include %D%/pty/local.mk
include %D%/docs/local.mk
include %D%/fuzz/local.mk
include %D%/lint/local.mk
include %D%/bench/local.mk

check_PROGRAMS += $(QS_UNIT_TESTS)

check-local:
	@if test -z '$(CMOCKA_LIBS)'; then echo 'tests need cmocka (Debian package: libcmocka-dev)'; exit 1; fi
	@$(SHELL) $(srcdir)/%D%/run-tests.sh '$(abs_top_srcdir)' '$(abs_top_builddir)' $(QS_UNIT_TESTS) \
		-- $(QS_SCRIPT_TESTS)

clean-local:
	-chmod -R u+w tests/out 2>/dev/null
	-rm -rf tests/out
