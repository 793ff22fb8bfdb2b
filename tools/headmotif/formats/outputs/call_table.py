"""The table of calls: the columns of the TSV and of the spreadsheet."""

from collections.abc import Sequence

from ...data import Predicted


def make_table(found: Predicted) -> dict[str, Sequence[object]]:
    """Make the table of calls.

    Parameters
    ----------
    found
        The annotation of the genome.

    Returns
    -------
    dict
        Columns by name. One row for each call: its position as in BED, its name, P, and the genes and elements around
        it.
    """
    calls = found.calls
    names = found.genome.contigs.names
    return {
        "contig": [names[i] for i in calls.contig],
        "start": calls.position.tolist(),
        "end": (calls.position + 1).tolist(),
        "name": found.names,
        "strand": ["+" if s > 0 else "-" for s in calls.strand],
        "probability": calls.strength.tolist(),
        **found.columns,
    }
