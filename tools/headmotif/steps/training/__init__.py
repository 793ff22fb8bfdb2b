"""Training: labels, split, batches, recipe, the loop and its state, and several processes at once."""
