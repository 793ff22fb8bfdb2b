"""headmotif inspect: what a file is, and what it holds."""

from typing import Annotated

import typer

AnyFile = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="File that headmotif reads or writes, or the name of a built-in model or genome; - is standard input.",
    ),
]


def inspect(file: AnyFile) -> None:
    """Print what a file is and what it holds.

    The content of a file decides, not its name.
    """
    from ..builtin import MODELS
    from ..formats.contents import any_file
    from ..formats.inputs import genomes
    from ..formats.output_files import write_text

    facts = any_file.describe(str(MODELS[file]) if file in MODELS else genomes.find_file(file))
    write_text("-", "".join(f"{key}: {value}\n" for key, value in facts))
