"""The contents of a report, from the files that it was given: heads, examples, loci and curves."""
