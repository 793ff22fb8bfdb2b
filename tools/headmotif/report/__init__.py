"""The HTML report: one page without a reference to anything outside itself, legible without scripts."""
