"""The verbs: arrays in, arrays out. No files, no printing."""
