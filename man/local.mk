dist_man_MANS += %D%/quantscope.1
