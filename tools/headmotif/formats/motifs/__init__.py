"""Motif files and logos."""
