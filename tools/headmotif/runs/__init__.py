"""Work that reads, computes and writes in turn, because a command cannot read all of its input first.

It uses both formats and steps.
"""
