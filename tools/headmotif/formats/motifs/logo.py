"""Sequence logos as SVG and PNG: each column as high as its information in bits, each letter as its share of it.

Drawn by logomaker (Tareen & Kinney 2020, Bioinformatics 36:2272). Letters are outlines, nothing is dated, names of
parts are fixed: the same motif gives the same bytes with the same versions of logomaker and matplotlib.
"""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...data import Motif
from ..files import make_folder, stems, writing

COLOURS = {"A": "#109648", "C": "#255C99", "G": "#F7B32B", "T": "#D62839"}
DPI = 150
KINDS = ("svg", "png")


def information(motif: Motif) -> np.ndarray:
    """Heights of the letters in bits, float64 (width, 4): each column's 2 bits less its entropy, shared out by
    probability."""
    shares = np.maximum(motif.matrix, 1e-12)
    bits = 2 + (motif.matrix * np.log2(shares)).sum(axis=1)
    return np.asarray(motif.matrix * np.maximum(bits, 0)[:, None])


def write(folder: str, motifs: Sequence[Motif]) -> None:
    """`NAME.svg` and `NAME.png` of each motif in a folder, which is made where it is not there; names as `files.stems`
    makes them."""
    make_folder(folder)
    for name, motif in zip(stems([motif.name for motif in motifs]), motifs, strict=True):
        for kind, content in drawn(motif).items():
            with writing(str(Path(folder) / f"{name}.{kind}")) as stream:
                stream.write(content)


def drawn(motif: Motif) -> dict[str, bytes]:
    """A logo as the bytes of an SVG and of a PNG: drawn once, for that is what takes the time."""
    import logomaker
    import matplotlib
    import pandas
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context(
        {"svg.hashsalt": "headmotif", "svg.fonttype": "path", "font.family": "DejaVu Sans", "font.size": 9}
    ):
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
        found = {}
        for kind in KINDS:
            buffer = io.BytesIO()
            nothing = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
            figure.savefig(buffer, format=kind, dpi=DPI, metadata=nothing)
            figure.set_layout_engine("none")  # as it was laid out for the first
            found[kind] = buffer.getvalue()
    return found
