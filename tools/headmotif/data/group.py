"""The group of regions that a motif was found in, by its name."""

import re
from dataclasses import dataclass

_NAME = re.compile(r"(.*?)(?:@(0|-?[1-9]\d*))?(?:\^([2-9]|[1-9]\d+))?(?:_([2-9]|[1-9]\d+))?", re.DOTALL | re.ASCII)


@dataclass(frozen=True)
class Group:
    """Regions of a head, and which of their motifs.

    head: its name, or whatever names regions in another program's file. offset: of those at one place, in bases from
    the site; None: of all. fraction: of those the strongest, one in so many; 1: all. number: of the motif, from 1.

    >>> str(Group("L3H5", -12, 16, 2)), str(Group("L3H5"))
    ('L3H5@-12^16_2', 'L3H5')
    """

    head: str
    offset: int | None = None
    fraction: int = 1
    number: int = 1

    def __str__(self) -> str:
        """As it stands in files."""
        at = "" if self.offset is None else f"@{self.offset}"
        strongest = f"^{self.fraction}" if self.fraction > 1 else ""
        return f"{self.head}{at}{strongest}" + (f"_{self.number}" if self.number > 1 else "")

    @classmethod
    def parse(cls, text: str) -> "Group":
        """The group of such a name; what has none of its parts is a head's.

        >>> Group.parse("L3H5@-12^16_2"), Group.parse("L3H5")
        (Group(head='L3H5', offset=-12, fraction=16, number=2), Group(head='L3H5', offset=None, fraction=1, number=1))
        """
        found = _NAME.fullmatch(text)
        assert found is not None, "any text fits"
        head, offset, fraction, number = found.groups()
        return cls(head, None if offset is None else int(offset), int(fraction or 1), int(number or 1))


def in_order(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts heads and their motifs: L2H10 behind L2H9, a head's places from upstream to downstream.

    >>> sorted(["L2H10", "L2H9@12", "L2H9@-5^16", "L2H9@-5^8", "L2H9@-5", "L2H9@-68", "L2H9"], key=in_order)
    ['L2H9', 'L2H9@-68', 'L2H9@-5', 'L2H9@-5^8', 'L2H9@-5^16', 'L2H9@12', 'L2H10']
    """
    parts = re.split(r"(@-?\d+|\d+)", name)
    return [(0, int(part.lstrip("@")), "") if number % 2 else (1, 0, part) for number, part in enumerate(parts)]
