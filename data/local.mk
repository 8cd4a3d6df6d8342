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
