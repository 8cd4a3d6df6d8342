# The workbench in a real terminal (tmux), over a made-up session.
check_PROGRAMS += %D%/workbench
%C%_workbench_SOURCES = %D%/workbench.c $(QS_FAKE_SESSION)
%C%_workbench_LDADD = libqsterm.a $(QS_UI_LIBS) $(NCURSESW_LIBS)

QS_SCRIPT_TESTS += %D%/test_terminal.sh %D%/test_workbench.sh
EXTRA_DIST += %D%/test_terminal.sh %D%/test_workbench.sh %D%/tmux.sh
