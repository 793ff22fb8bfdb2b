"""The networks: presets, layers, the band of attention, where and in which arithmetic they run, and what they say of a
genome."""
