"""Colours of the report: Okabe and Ito's, which the colour-blind tell apart; each with the page's name for it, by which dark mode changes it."""

INK = "#1a1d21"
MUTED = "#59616b"
GRID = "#d5d9de"
SITES = "#0072b2"
BACKGROUND = "#b35400"
THIRD = "#007a5a"
PAPER = "#ffffff"
NAMES = {INK: "ink", MUTED: "muted", GRID: "grid", SITES: "sites", BACKGROUND: "background", THIRD: "third", PAPER: "paper"}
BASES = {"A": "#009e73", "C": "#0072b2", "G": "#e69f00", "T": "#d55e00"}
