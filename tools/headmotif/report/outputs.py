"""The files beside the page: its PDF, a folder of figures, and sections for MultiQC."""

import os

from ..formats.motifs import logo
from ..formats.output_files import make_folder, open_for_writing
from ..formats.tables import summary
from .contents.run import Run
from .figures import drawings
from .pages import multiqc, paper


def write_pdf(path: str, run: Run) -> None:
    """Write the report as PDF.

    Parameters
    ----------
    path
        The file to write.
    run
        The contents of the report.
    """
    content = paper.pdf(run)
    with open_for_writing(path) as stream:
        stream.write(content)


def write_multiqc(folder: str, run: Run) -> None:
    """Write the sections for MultiQC.

    Parameters
    ----------
    folder
        The folder of the files; it is created if it does not exist.
    run
        The contents of the report.
    """
    make_folder(folder)
    for name, content in multiqc.sections(run):
        summary.write(os.path.join(folder, name), content)


def write_figures(folder: str, run: Run) -> None:
    """Write every figure and the logo of every motif, as SVG and as PNG.

    Parameters
    ----------
    folder
        The folder of the files; it is created if it does not exist. Logos are in its folder `logos`.
    run
        The contents of the report.
    """
    make_folder(folder)
    for name, content in drawings.render_files(run):
        with open_for_writing(os.path.join(folder, name)) as stream:
            stream.write(content)
    if run.motifs:
        logo.write(os.path.join(folder, "logos"), list(run.motifs.values()))
