"""Mistakes that a user can correct: one line each, never a traceback.

Every other error is a bug in headmotif and keeps its traceback.
"""


class InputError(Exception):
    """What is wrong with the user's data, and what to do about it, in one line."""


class FormatError(InputError):
    """What is wrong with a file, with its name and, where there is one, its line.

    Attributes
    ----------
    path
        The file as the user gave it; "-" is standard input.
    line
        Number of the line, from 1, or None.
    problem
        What is wrong, and what to do.
    """

    def __init__(self, path: str, line: int | None, problem: str):
        self.path, self.line, self.problem = str(path), line, problem
        place = f"{show_path(path)}:{line}" if line is not None else show_path(path)
        super().__init__(f"{place}: {problem}")


def show_path(path: str) -> str:
    """Write a file's name for a message.

    Parameters
    ----------
    path
        The file as the user gave it.

    Returns
    -------
    str
        "standard input" for "-", else the name as it is.
    """
    return "standard input" if str(path) == "-" else str(path)
