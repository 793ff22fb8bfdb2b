"""How the nouns check themselves."""


def check(condition: bool, problem: str) -> None:
    """A record that contradicts itself is not made: ValueError with what is wrong."""
    if not condition:
        raise ValueError(problem)
