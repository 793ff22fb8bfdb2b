"""The networks: presets, layers, attention, device and precision, and the annotation of a genome."""
