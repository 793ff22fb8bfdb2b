"""Tables of sites: matching, agreement and consensus, checks of their coordinates, and the genes around them."""
