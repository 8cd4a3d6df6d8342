noinst_LIBRARIES += libqscache.a
libqscache_a_SOURCES = \
	%D%/cache.c %D%/cache.h \
	%D%/contain.c %D%/contain.h \
	%D%/hdf5_memory.c %D%/hdf5_memory.h \
	%D%/hdf5_put.c %D%/hdf5_put.h \
	%D%/hdf5_read.c %D%/hdf5_reader.h \
	%D%/hdf5_read_array.c \
	%D%/hdf5_read_model.c \
	%D%/hdf5_value.c %D%/hdf5_value.h \
	%D%/hdf5_write.c \
	%D%/image.h \
	%D%/item.h %D%/item_type.h \
	%D%/item_read.c \
	%D%/item_write.c \
	%D%/journal.c %D%/journal.h \
	%D%/journal_format.h \
	%D%/journal_record.c \
	%D%/names.c %D%/names.h \
	%D%/open.c \
	%D%/seal.c %D%/seal.h \
	%D%/store.c %D%/store.h \
	%D%/store_array.c \
	%D%/store_attribute.c \
	%D%/store_scale.c
