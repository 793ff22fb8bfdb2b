"""The mistakes that a user can mend: one line each, never a traceback.

Everything else that goes wrong is a bug of ours and keeps its traceback.
"""


class InputError(Exception):
    """What is wrong with the user's data, and what to do about it, in one line."""


class FormatError(InputError):
    """What is wrong with a file, with its name and, where there is one, its line (1-based)."""

    def __init__(self, path: str, line: int | None, problem: str):
        self.path, self.line, self.problem = str(path), line, problem
        place = f"{shown(path)}:{line}" if line is not None else shown(path)
        super().__init__(f"{place}: {problem}")


def shown(path: str) -> str:
    """A file's name as messages show it: standard input by its name rather than as '-'."""
    return "standard input" if str(path) == "-" else str(path)
