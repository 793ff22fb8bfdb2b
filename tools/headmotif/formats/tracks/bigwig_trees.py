"""The two indices of a bigWig: contig names, and the places of the data of a stretch of genome.

Both are trees of nodes. A node has one byte that says leaf or not, one that is 0, and the number of items in two; then
its items. An item of a leaf is data, and any other is a key and the place of the node below. Places are bytes from the
beginning of the file.

Damaged files are noticed: a node must lie within the file and be met once, and a tree must have as many items as its
head says. Otherwise ValueError or struct.error is raised.
"""

import struct
from collections.abc import Callable, Iterator

import numpy as np

NAMES_MAGIC, PLACES_MAGIC = 0x78CA8C91, 0x2468ACE0
NAMES_HEAD, PLACES_HEAD = struct.Struct("<4I2Q"), struct.Struct("<2IQ4IQ2I")
NODE = struct.Struct("<2BH")
FANOUT = 256
"""The largest number of items of a node."""
BLOCK = np.dtype(
    [("contig", "<u4"), ("start", "<u4"), ("last", "<u4"), ("end", "<u4"), ("place", "<u8"), ("size", "<u8")]
)
"""A block of data: number and first base of its first contig, number and end in its last, its place and its size."""


def names_tree(lengths: dict[str, int], place: int) -> bytes:
    """Make the tree of contig names, sorted, each with the number and the length of its contig.

    Parameters
    ----------
    lengths
        Lengths in nucleotides, by name, in the order of the contigs' numbers.
    place
        The place of the tree in the file, in bytes.

    Returns
    -------
    bytes
        The tree.
    """
    numbered = {name.encode(): number for number, name in enumerate(lengths)}
    width = max(map(len, numbered))
    items = [
        (key.ljust(width, b"\0"), struct.pack("<II", number, lengths[key.decode()]))
        for key, number in sorted(numbered.items())
    ]
    head = NAMES_HEAD.pack(NAMES_MAGIC, min(FANOUT, len(items)), width, 8, len(items), 0)
    return head + _tree([key + rest for key, rest in items], place + len(head), lambda group: group[0][:width])


def places_tree(blocks: np.ndarray, items_per_block: int, place: int) -> bytes:
    """Make the tree that finds blocks of data.

    Parameters
    ----------
    blocks
        Array of `BLOCK`, in order, without overlaps.
    items_per_block
        The largest number of items of a block.
    place
        The place of the tree in the file, in bytes.

    Returns
    -------
    bytes
        The tree.
    """
    first, last = (blocks[0], blocks[-1]) if len(blocks) else (np.zeros((), BLOCK),) * 2
    span = (int(first["contig"]), int(first["start"]), int(last["last"]), int(last["end"]))
    head = PLACES_HEAD.pack(PLACES_MAGIC, FANOUT, len(blocks), *span, place, items_per_block, 0)
    return head + _tree(
        [row.tobytes() for row in blocks], place + len(head), lambda group: group[0][:8] + group[-1][8:16]
    )


def _tree(items: list[bytes], place: int, key: Callable[[list[bytes]], bytes]) -> bytes:
    """The nodes, from the root down; `key` makes the key of a node from its items."""
    levels = [_groups(items)]
    while len(levels[-1]) > 1:
        levels.append(_groups([key(group) for group in levels[-1]]))
    levels.reverse()
    out = []
    for depth, groups in enumerate(levels):
        leaf = depth == len(levels) - 1
        below = place + sum(NODE.size + sum(len(item) + 8 * (not leaf) for item in group) for group in groups)
        place, sizes = below, [] if leaf else [_size(group, depth + 2 < len(levels)) for group in levels[depth + 1]]
        for group in groups:
            out.append(NODE.pack(leaf, 0, len(group)))
            for item in group:
                out.append(item if leaf else item + struct.pack("<Q", below))
                below += 0 if leaf else sizes.pop(0)
    return b"".join(out)


def _size(group: list[bytes], inner: bool) -> int:
    return NODE.size + sum(len(item) + 8 * inner for item in group)


def _groups(items: list[bytes]) -> list[list[bytes]]:
    return [items[first : first + FANOUT] for first in range(0, len(items), FANOUT)] or [[]]


def read_names(raw: bytes, place: int) -> list[tuple[str, int, int]]:
    """Read the tree of contig names.

    Parameters
    ----------
    raw
        The content of the file.
    place
        The place of the tree in it, in bytes.

    Returns
    -------
    list of tuple[str, int, int]
        Name, number and length of each contig.

    Raises
    ------
    ValueError
        If it is no such tree, or damaged.
    """
    magic, _, width, value, count, _ = NAMES_HEAD.unpack_from(raw, place)
    if magic != NAMES_MAGIC or value != 8:
        raise ValueError("no tree of names")
    leaf = struct.Struct(f"<{width}sII")
    rows = [leaf.unpack(item) for item in _items(raw, place + NAMES_HEAD.size, leaf.size, width + 8, count)]
    return [(name.rstrip(b"\0").decode(), number, length) for name, number, length in rows]


def read_places(raw: bytes, place: int) -> np.ndarray:
    """Read the tree that finds blocks of data.

    Parameters
    ----------
    raw
        The content of the file.
    place
        The place of the tree in it, in bytes.

    Returns
    -------
    numpy.ndarray
        Array of `BLOCK`.

    Raises
    ------
    ValueError
        If it is no such tree, or damaged.
    """
    head = PLACES_HEAD.unpack_from(raw, place)
    if head[0] != PLACES_MAGIC:
        raise ValueError("no tree of places")
    return np.frombuffer(b"".join(_items(raw, place + PLACES_HEAD.size, BLOCK.itemsize, 24, head[2])), BLOCK)


def _items(raw: bytes, root: int, leaf_size: int, inner_size: int, count: int) -> Iterator[bytes]:
    """The items of the leaves of a tree, in order."""
    waiting, seen, found = [root], set(), 0
    while waiting:
        place = waiting.pop()
        leaf, _, number = NODE.unpack_from(raw, place)
        size, first = leaf_size if leaf else inner_size, place + NODE.size
        if place in seen or leaf > 1 or first + number * size > len(raw):
            raise ValueError("no tree")
        seen.add(place)
        items = [raw[at : at + size] for at in range(first, first + number * size, size)]
        if leaf:
            found += number
            yield from items
        else:
            waiting += [int.from_bytes(item[-8:], "little") for item in reversed(items)]
    if found != count:
        raise ValueError("a tree with another number of items than it says")
