"""The name of the group of regions that a motif was found in."""

import re
from dataclasses import dataclass

_NAME = re.compile(r"(.*?)(?:@(0|-?[1-9]\d*))?(?:\^([2-9]|[1-9]\d+))?(?:_([2-9]|[1-9]\d+))?", re.DOTALL | re.ASCII)


@dataclass(frozen=True)
class Group:
    """A group of regions, and the number of one of its motifs.

    Attributes
    ----------
    head
        The name of the head, or the name of the regions in a file of another program.
    offset
        The offset from the site, in bases, that all regions of the group have; None for any offset.
    fraction
        Denominator of the top fraction: 16 is the sixteenth with the smallest p, and 1 is the whole group.
    number
        The number of the motif in the group, from 1.

    Examples
    --------
    >>> str(Group("L3H5", -12, 16, 2)), str(Group("L3H5"))
    ('L3H5@-12^16_2', 'L3H5')
    """

    head: str
    offset: int | None = None
    fraction: int = 1
    number: int = 1

    def __str__(self) -> str:
        """The name as files have it."""
        at = "" if self.offset is None else f"@{self.offset}"
        top_fraction = f"^{self.fraction}" if self.fraction > 1 else ""
        return f"{self.head}{at}{top_fraction}" + (f"_{self.number}" if self.number > 1 else "")

    @classmethod
    def parse(cls, text: str) -> "Group":
        """Parse the name of a group. A text without any of the parts is the name of a head.

        Parameters
        ----------
        text
            The name, such as L3H5@-12^16_2.

        Returns
        -------
        Group
            The group; every text has one.

        Examples
        --------
        >>> Group.parse("L3H5@-12^16_2"), Group.parse("L3H5")
        (Group(head='L3H5', offset=-12, fraction=16, number=2), Group(head='L3H5', offset=None, fraction=1, number=1))
        """
        found = _NAME.fullmatch(text)
        assert found is not None, "any text fits"
        head, offset, fraction, number = found.groups()
        return cls(head, None if offset is None else int(offset), int(fraction or 1), int(number or 1))


def make_sort_key(name: str) -> list[tuple[int, int, str]]:
    """Make a key that sorts heads and their motifs.

    Numbers sort by value, so that L2H10 follows L2H9. The offsets of one head sort from upstream to downstream.

    Parameters
    ----------
    name
        The name of a head, a group or a motif.

    Returns
    -------
    list of tuple[int, int, str]
        A key for `sorted`.

    Examples
    --------
    >>> sorted(["L2H10", "L2H9@12", "L2H9@-5^16", "L2H9@-5^8", "L2H9@-5", "L2H9@-68", "L2H9"], key=make_sort_key)
    ['L2H9', 'L2H9@-68', 'L2H9@-5', 'L2H9@-5^8', 'L2H9@-5^16', 'L2H9@12', 'L2H10']
    """
    parts = re.split(r"(@-?\d+|\d+)", name)
    return [(0, int(part.lstrip("@")), "") if number % 2 else (1, 0, part) for number, part in enumerate(parts)]
