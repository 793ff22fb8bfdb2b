"""Write docs/commands.md from the signatures and the help of the commands; `make docs-commands` runs it."""

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.append(str(DOCS.parent / "tests"))

import glossary_terms  # noqa: E402
from headmotif.commands import headmotif  # noqa: E402
from headmotif.usage import markdown  # noqa: E402

PAGE = DOCS / "commands.md"
INTRO = """\
# Commands

<!-- Made by docs/make_commands.py from the help of the commands: change the help, then run make docs-commands. -->

This page describes every command with its arguments and options.
`COMMAND --help` prints the same text.
[File formats](formats.md) describes the files, and the [Glossary](glossary.md) defines the terms.

- Every command is also a subcommand of `headmotif`, so `headmotif predict-annot` is the same as `predict-annot`.
- In place of a file, `-` is standard input or output.
- The content of an input file decides how it is read, not its name.
- Results go to files or to standard output. Messages go to standard error.
- A result whose file name ends in `.gz` or `.bgz` is compressed with bgzip.
- Results that cannot be written are refused before the work begins.
- An error is one line that says what is wrong and what to do.
- The exit code is 0 after success, 1 for bad data, 2 for a wrong command line, 130 after Ctrl-C and 141 after a closed
  pipe.
- `--version` prints the version, and `--help` the help. Every command has both.

The first six commands form the chain from a genome to motifs. Each reads the output of the command before it:
"""
COMPLETION = """\
## Completion with the Tab key

The shell can complete commands and options.
In bash and zsh, run this line, or put it in the start file of the shell:

```
eval "$(headmotif --show-completion bash)"
```

For zsh, write `zsh` instead of `bash`. In fish, run this line:

```
headmotif --show-completion fish | source
```
"""


def overview(names: dict[str, str]) -> str:
    """A table of commands, one line each."""
    rows = [
        f"| [`{name}`](#{glossary_terms.anchor(name)}) | {what[0].upper()}{what[1:]}. |" for name, what in names.items()
    ]
    return "\n".join(["| command | what it does |", "|---|---|", *rows])


def make() -> str:
    """The page."""
    others = headmotif.BESIDE | headmotif.HERE
    parts = [
        INTRO.rstrip(),
        overview(headmotif.PIPELINE),
        "Further commands:",
        overview(others),
        *(markdown.section(headmotif.load(name.split()[-1]), name) for name in headmotif.PIPELINE | others),
        COMPLETION,
    ]
    return glossary_terms.linked("\n\n".join(parts))


if __name__ == "__main__":
    PAGE.write_text(make(), encoding="utf-8")
