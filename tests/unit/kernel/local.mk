# unit/kernel
