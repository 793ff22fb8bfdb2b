"""headmotif's own binary files: one container, and what is in it."""
