"""The master table of TSSpredator (MasterTable.tsv), which ANNOgesic writes too: TSS of one genome or of several.

A TSS has several rows: one for each condition or genome in which it may lie, and for each gene that it is classified
for. `Pos` is its position in that genome, 1-based, and `SuperPos` in the alignment of all genomes. A site is `Pos` and
`Strand` of the rows that say detected = 1; its strength is `stepHeight`.

The column Genome, or Condition, has names that the user of TSSpredator chose. Contigs are not named. Where names are
contigs of the genome, each row lies on that contig. Otherwise all rows lie on the only contig. Several genomes with
positions of their own are refused.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from ...errors import FormatError
from ...notices import LeftOut
from ..tables import user_table
from ..tables.user_table import Table
from . import site_table

NEEDED = ("superpos", "superstrand", "pos", "strand", "detected", "stepheight")
GROUPS = ("genome", "condition", "strain")
"""Names of the column that tells the genome or the condition, which differ between versions."""


def is_header(names: Sequence[str]) -> bool:
    """Test whether names of columns are those of a master table.

    Parameters
    ----------
    names
        The names, as `user_table.simplify` writes them.

    Returns
    -------
    bool
        Whether all needed columns are there.
    """
    return set(NEEDED) <= set(names)


def parse_sites(text: str, path: str, known: Collection[str]) -> list[site_table.Row]:
    """Read the sites of a master table.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.
    known
        The names of the genome's contigs.

    Returns
    -------
    list of site_table.Row
        A row for each row of the table that says detected, in the file's order.

    Raises
    ------
    FormatError
        With the line, if one is malformed, or if positions are those of several genomes.
    """
    table = _take_detected(user_table.parse(text, path, is_header), path)
    place = {role: table.names.index(name) for role, name in (("position", "pos"), ("strength", "stepheight"))}
    place["strand"] = table.names.index("strand")
    group = next((table.names.index(name) for name in GROUPS if name in table.names), None)
    contig = next((table.names.index(name) for name in site_table.NAMES["contig"] if name in table.names), None)
    if contig is None and group is not None and any(cells[group] in known for _, cells in table.rows):
        contig = group
    if contig is not None:
        place["contig"] = contig
    elif group is not None:
        _refuse_several_genomes(table, group, path)
    return site_table.read_rows(table, place, path)


def _take_detected(table: Table, path: str) -> Table:
    """The rows of conditions in which the TSS was detected; the others are counted aloud."""
    column = table.names.index("detected")
    left_out = LeftOut(path)
    kept = []
    for number, cells in table.rows:
        if cells[column] not in ("0", "1"):
            raise FormatError(path, number, f"detected is '{cells[column][:20]}', and must be 0 or 1; correct it")
        if cells[column] == "1":
            kept.append((number, cells))
        else:
            left_out.add("the TSS is not detected in this condition (detected = 0)", number)
    left_out.warn()
    return replace(table, rows=tuple(kept))


def _refuse_several_genomes(table: Table, group: int, path: str) -> None:
    """Several names may be conditions of one genome; then positions are those of the alignment everywhere."""
    names = list(dict.fromkeys(cells[group] for _, cells in table.rows))
    own = [table.names.index(name) for name in ("pos", "strand")]
    joint = [table.names.index(name) for name in ("superpos", "superstrand")]
    for number, cells in table.rows:
        if len(names) > 1 and [cells[i] for i in own] != [cells[i] for i in joint]:
            listed = ", ".join(f"'{name[:30]}'" for name in names[:4])
            column = table.header[group]
            problem = f"positions here are of several genomes (column {column}: {listed}); keep the rows of one"
            raise FormatError(path, number, problem)
