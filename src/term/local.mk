noinst_LIBRARIES += libqsterm.a
libqsterm_a_SOURCES =
