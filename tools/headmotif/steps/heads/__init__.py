"""What a head is worth: its scores and verdict, what is lost without it, what its motif does in shuffled promoters,
mutagenesis."""
