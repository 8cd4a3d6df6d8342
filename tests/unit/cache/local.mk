# unit/cache
