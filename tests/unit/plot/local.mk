# unit/plot
