"""Sequence logos as SVG and PNG: each column as high as its information in bits, each letter as its share of it.

Drawn by logomaker (Tareen & Kinney 2020, Bioinformatics 36:2272). Letters are outlines, nothing is dated, names of parts are fixed: the
same motif gives the same bytes with the same versions of logomaker and matplotlib.
"""

import io
from pathlib import Path

import numpy as np

from ..data import Motif
from .files import make_folder, writing

COLOURS = {"A": "#109648", "C": "#255C99", "G": "#F7B32B", "T": "#D62839"}
DPI = 150
KINDS = ("svg", "png")


def information(motif: Motif) -> np.ndarray:
    """Heights of the letters in bits, float64 (width, 4): each column's 2 bits less its entropy, shared out by probability."""
    shares = np.maximum(motif.matrix, 1e-12)
    bits = 2 + (motif.matrix * np.log2(shares)).sum(axis=1)
    return motif.matrix * np.maximum(bits, 0)[:, None]


def write(folder: str, motif: Motif) -> None:
    """`NAME.svg` and `NAME.png` in a folder, which is made where it is not there; a character that is no letter, digit, `-`, `+` or `.`
    becomes `_` in the name."""
    make_folder(folder)
    name = "".join(letter if letter.isalnum() or letter in "-+." else "_" for letter in motif.name)
    for kind in KINDS:
        with writing(str(Path(folder) / f"{name}.{kind}")) as stream:
            stream.write(drawn(motif, kind))


def drawn(motif: Motif, kind: str) -> bytes:
    """A logo as the bytes of an SVG or a PNG."""
    import logomaker
    import matplotlib
    import pandas
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "headmotif", "svg.fonttype": "path", "font.family": "DejaVu Sans", "font.size": 9}):
        figure = Figure(figsize=(0.35 * len(motif) + 0.9, 1.7), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        heights = pandas.DataFrame(information(motif), columns=list("ACGT"))
        logo = logomaker.Logo(heights, ax=axes, color_scheme=COLOURS, show_spines=False)
        logo.style_spines(spines=("left", "bottom"), visible=True)
        axes.set_ylim(0, 2)
        axes.set_yticks([0, 1, 2])
        axes.set_ylabel("bits")
        axes.set_xticks(range(len(motif)), [str(i + 1) for i in range(len(motif))], fontsize=7)
        sites = "" if np.isnan(motif.nsites) else f", {motif.nsites:,.0f} sites"
        axes.set_title(f"{motif.name}{sites}", fontsize=9)
        buffer = io.BytesIO()
        nothing = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        figure.savefig(buffer, format=kind, dpi=DPI, metadata=nothing)
    return buffer.getvalue()
