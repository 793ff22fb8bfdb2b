"""Motifs from sequences under regions: expectation maximisation, dyads, palindromes, and the test on the other half of
the sites."""
