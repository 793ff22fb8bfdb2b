"""Statistics of any subject: scores of rankings, false discovery, resampling, fitted tails, calibration."""
