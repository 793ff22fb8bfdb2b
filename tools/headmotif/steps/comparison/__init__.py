"""Motifs against motifs: the scores of columns, p as Tomtom has it, targets of one factor, and groups of alike
queries."""
