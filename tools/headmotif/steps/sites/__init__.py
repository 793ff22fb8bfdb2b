"""Tables of sites: matched, compared and merged, their coordinates checked, and their places among genes told."""
