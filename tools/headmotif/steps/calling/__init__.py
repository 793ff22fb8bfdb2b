"""From P to calls: local maxima, thresholds, scores, effects of variants, and whether a model fits a genome."""
