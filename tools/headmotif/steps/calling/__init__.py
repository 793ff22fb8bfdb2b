"""From P to calls: local maxima, thresholds, how good they are, what variants change, and whether a model fits a
genome."""
