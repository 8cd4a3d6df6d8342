# unit/plan
