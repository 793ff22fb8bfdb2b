"""The check that every record of this package uses."""


def check(condition: bool, problem: str) -> None:
    """Refuse to make a record that contradicts itself.

    Parameters
    ----------
    condition
        Whether the record is sound.
    problem
        What is wrong otherwise.

    Raises
    ------
    ValueError
        If the condition is false, with `problem` as its text.
    """
    if not condition:
        raise ValueError(problem)
