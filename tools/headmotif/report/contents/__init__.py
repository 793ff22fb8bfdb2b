"""What a report is made of, out of the files that it was given: heads, examples, stretches of the genome, curves."""
