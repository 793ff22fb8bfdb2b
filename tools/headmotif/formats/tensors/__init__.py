"""The binary files of headmotif: one container, and the formats in it."""
