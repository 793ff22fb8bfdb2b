"""A value for each nucleotide, as bedGraph and bigWig, and the files that make genome browsers show them."""
