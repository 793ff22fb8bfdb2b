"""Attention of the heads at chosen positions, and the regions that attract more of it than chance allows."""
