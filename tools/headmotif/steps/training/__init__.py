"""From a network and labelled genomes to a trained one: labels, split, batches, recipe, loop, its state, several
processes."""
