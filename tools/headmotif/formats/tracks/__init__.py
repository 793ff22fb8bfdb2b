"""A value for each nucleotide: bedGraph and bigWig, and how genome browsers are told of them."""
