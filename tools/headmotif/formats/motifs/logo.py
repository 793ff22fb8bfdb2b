"""Sequence logos as SVG and PNG: each column as high as its information in bits, shared among its letters.

Drawn by logomaker (Tareen & Kinney 2020, Bioinformatics 36:2272). Letters are outlines, no date is stored, and names of
parts are fixed. So the same motif gives the same bytes with the same versions of logomaker and matplotlib.
"""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...data import Motif
from ..output_files import make_file_names, make_folder, open_for_writing

COLOURS = {"A": "#109648", "C": "#255C99", "G": "#F7B32B", "T": "#D62839"}
DPI = 150
KINDS = ("svg", "png")


def information(motif: Motif) -> np.ndarray:
    """Compute the heights of the letters of a logo.

    A column is as high as 2 bits less its entropy. Each letter gets its probability times that height.

    Parameters
    ----------
    motif
        The motif.

    Returns
    -------
    numpy.ndarray
        float64 (width, 4), bits, columns A C G T.
    """
    shares = np.maximum(motif.matrix, 1e-12)
    bits = 2 + (motif.matrix * np.log2(shares)).sum(axis=1)
    return np.asarray(motif.matrix * np.maximum(bits, 0)[:, None])


def write(folder: str, motifs: Sequence[Motif]) -> None:
    """Write the logo of each motif into a folder, as `NAME.svg` and `NAME.png`.

    Parameters
    ----------
    folder
        The folder, made if it does not exist.
    motifs
        The motifs. `output_files.make_file_names` makes file names of their names.
    """
    make_folder(folder)
    for name, motif in zip(make_file_names([motif.name for motif in motifs]), motifs, strict=True):
        for kind, content in draw(motif).items():
            with open_for_writing(str(Path(folder) / f"{name}.{kind}")) as stream:
                stream.write(content)


def draw(motif: Motif) -> dict[str, bytes]:
    """Draw a logo once, and save it as SVG and as PNG.

    Parameters
    ----------
    motif
        The motif.

    Returns
    -------
    dict of str to bytes
        The content of the files "svg" and "png".
    """
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
            undated = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
            figure.savefig(buffer, format=kind, dpi=DPI, metadata=undated)
            figure.set_layout_engine("none")  # keep the layout of the first kind
            found[kind] = buffer.getvalue()
    return found
