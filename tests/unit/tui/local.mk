# unit/tui
