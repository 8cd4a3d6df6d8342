# The bundled model is installed whole, as $(pkgdatadir)/demo.
demodir = $(pkgdatadir)/demo
dist_demo_DATA = \
	%D%/demo/README.md \
	%D%/demo/calib.txt \
	%D%/demo/config.json \
	%D%/demo/eval.txt \
	%D%/demo/model.safetensors \
	%D%/demo/tokenizer.json \
	%D%/demo/tokenizer.model \
	%D%/demo/tokenizer_config.json \
	%D%/demo/train.py

# What a plan is, for other programs; see quantscope-plan(5).
dist_pkgdata_DATA = %D%/quantscope-plan.schema.json

# The completion script is made from the program's own tables; a test compares the two.
bashcompdir = $(datadir)/bash-completion/completions
dist_bashcomp_DATA = %D%/completions/quantscope

update-completions: quantscope$(EXEEXT)
	./quantscope$(EXEEXT) completion bash >$(srcdir)/%D%/completions/quantscope
.PHONY: update-completions
