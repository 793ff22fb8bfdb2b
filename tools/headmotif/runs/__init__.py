"""Work that reads, computes and writes by turns, where a command could not first read all of it: formats and steps
together."""
