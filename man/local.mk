dist_man_MANS += %D%/quantscope-cache.5
