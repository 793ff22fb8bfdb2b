"""What is written beside the page: its PDF, every figure in a folder, sections for MultiQC."""

import os

from ..formats.files import make_folder, writing
from ..formats.motifs import logo
from ..formats.tables import summary
from .contents.run import Run
from .figures import drawings
from .pages import multiqc, paper


def write_pdf(path: str, run: Run) -> None:
    """The report as PDF."""
    content = paper.pdf(run)
    with writing(path) as stream:
        stream.write(content)


def write_multiqc(folder: str, run: Run) -> None:
    """MultiQC's sections, in a folder that is made where it is not there."""
    make_folder(folder)
    for name, content in multiqc.sections(run):
        summary.write(os.path.join(folder, name), content)


def write_figures(folder: str, run: Run) -> None:
    """Every figure and every head's logo, SVG and PNG, in a folder that is made where it is not there."""
    make_folder(folder)
    for name, content in drawings.files(run):
        with writing(os.path.join(folder, name)) as stream:
            stream.write(content)
    if run.motifs:
        logo.write(os.path.join(folder, "logos"), list(run.motifs.values()))
