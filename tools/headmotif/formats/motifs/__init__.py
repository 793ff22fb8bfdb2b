"""Motif files, and logos."""
