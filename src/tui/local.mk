noinst_LIBRARIES += libqstui.a
libqstui_a_SOURCES =
