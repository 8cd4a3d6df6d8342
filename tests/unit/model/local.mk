# unit/model
