# unit/stats
