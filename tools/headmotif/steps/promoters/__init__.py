"""The -35 and -10 elements: their published frequencies, the scan for pairs of them, and the elements of a call."""
