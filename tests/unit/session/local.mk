# unit/session
