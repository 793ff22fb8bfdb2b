"""The commands: options, then read, compute, write. One file each."""
