dist_man_MANS += %D%/quantscope.1

# The section KEYS is made from the program's own table; a test compares the two.
EXTRA_DIST += %D%/keys.awk
update-manual: quantscope$(EXEEXT)
	./quantscope$(EXEEXT) help keys | awk -f $(srcdir)/%D%/keys.awk - $(srcdir)/%D%/quantscope.1 >quantscope.1.new
	mv quantscope.1.new $(srcdir)/%D%/quantscope.1
.PHONY: update-manual
dist_man_MANS += %D%/quantscope-cache.5 %D%/quantscope-plan.5
