"""Mistakes that a user can correct: one line each, never a traceback.

Every other error is a bug in headmotif and keeps its traceback.
"""

import re


class InputError(Exception):
    """What is wrong with the user's data, and what to do about it, in one line.

    What stands in it of the user's data may hold any character; those that do not print are escaped.
    """

    def __init__(self, message: str):
        super().__init__(escape(message))


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
        self.path, self.line, self.problem = str(path), line, _shorten(escape(problem))
        place = f"{show_path(path)}:{line}" if line is not None else show_path(path)
        super().__init__(f"{place}: {self.problem}")


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


def escape(text: str) -> str:
    """Write characters that do not print as escapes, so that a message stays one line.

    Parameters
    ----------
    text
        The message.

    Returns
    -------
    str
        The same with escapes.

    Examples
    --------
    >>> print(escape("a" + chr(10) + "b"))
    a\\nb
    """
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def _shorten(text: str) -> str:
    """A text without endless words, as damaged files have them."""
    return re.sub(r"\S{100,}", lambda found: found[0][:60] + "...", text)
