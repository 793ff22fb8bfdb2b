"""Every number of the report as a table: the page offers them to download, and the PDF prints them."""

import math
from collections.abc import Iterator
from dataclasses import asdict

from ...data.locus import Locus
from ...data.model import PARTS
from ..contents.run import Row, Run


def list_tables(run: Run) -> Iterator[tuple[str, str, list[Row]]]:
    """List the tables that are not empty.

    Parameters
    ----------
    run
        The contents of the report.

    Yields
    ------
    tuple
        File name without its ending, title, and rows.
    """
    every = (
        ("heads", "Every head, as score-heads wrote it", [] if set(run.rows[0]) == {"head"} else list(run.rows)),
        ("verdicts", "Verdict of each head, in words", verdict_rows(run)),
        ("profiles", "Mean attention weight of each head by offset", list(run.profiles)),
        ("matches", "Matches of the heads' motifs with known motifs", match_rows(run)),
        ("mutagenesis", "In-silico mutagenesis of each head's regions", drop_rows(run)),
        ("examples", "Example sites of each head", example_rows(run)),
        ("pairs", "Spacing of each pair of heads", list(run.pairs)),
        ("strands", "Correlation between the predictions of the two strands", list(run.strands)),
        ("scores", "Scores at exact positions, both strands", score_rows(run)),
        ("accuracy", "Summary of the curves", list(run.accuracy)),
        ("curve", "Precision, recall and false positive rate by threshold", list(run.curve)),
        ("calibration", "Calibration: nucleotides in bins of P", list(run.calibration)),
        ("history", "Scores during training", list(run.history)),
        ("agreement", _name_agreement(run), list(run.agreement)),
        *(
            (f"locus-{i}", f"Sites, genes and regions at {format_locus(locus)}", locus_rows(locus))
            for i, locus in enumerate(run.loci, 1)
        ),
        *((f"locus-{i}-p", f"P at {format_locus(locus)}", track_rows(locus)) for i, locus in enumerate(run.loci, 1)),
        ("inputs", "Input files of this report and their digests", list(run.given)),
    )
    yield from ((name, words, rows) for name, words, rows in every if rows)


def _name_agreement(run: Run) -> str:
    """The title of the table of agreement, from annot-compare or score-annot."""
    if run.agreement and "prediction" in run.agreement[0]:
        return "Scores against true sites, as score-annot wrote them"
    return "Agreement of sets of sites, as annot-compare wrote it"


def format_locus(locus: Locus) -> str:
    """Format the position of a locus.

    Parameters
    ----------
    locus
        The locus.

    Returns
    -------
    str
        `contig:first-last`, 1-based and closed.
    """
    return f"{locus.contig}:{locus.start + 1}-{locus.end}"


def verdict_rows(run: Run) -> list[Row]:
    """Make the table of verdicts.

    Parameters
    ----------
    run
        The contents of the report.

    Returns
    -------
    list
        For each head: kind, label and words of the verdict, and the match that names the motif.
    """
    return [
        {
            "head": name,
            "kind": said.kind,
            "verdict": said.label,
            "match": said.match.target if said.match else "",
            "q": said.match.q if said.match else math.nan,
            "words": said.text,
        }
        for name, said in run.verdicts.items()
    ]


def match_rows(run: Run) -> list[Row]:
    """Make the table of matches.

    Parameters
    ----------
    run
        The contents of the report.

    Returns
    -------
    list
        A row for each match; offset and overlap in columns of the motifs.
    """
    return [
        {
            "head": m.query,
            "known motif": m.target,
            "p": m.p,
            "E": m.evalue,
            "q": m.q,
            "offset": float(m.offset),
            "overlap": float(m.overlap),
            "head's consensus": m.query_consensus,
            "known consensus": m.target_consensus,
            "strand": m.orientation,
        }
        for m in run.matches
    ]


def score_rows(run: Run) -> list[Row]:
    """Make the table of the models' scores.

    Parameters
    ----------
    run
        The contents of the report.

    Returns
    -------
    list
        A row for each model, part and label, as train-annot wrote it.
    """
    return [
        {"model": name, "part": part, "label": label, **{key: float(x) for key, x in sorted(asdict(score).items())}}
        for name, model in run.models
        for part in reversed(PARTS)
        for label, score in model.scores(part).items()
    ]


def drop_rows(run: Run) -> list[Row]:
    """Make the table of in-silico mutagenesis.

    Parameters
    ----------
    run
        The contents of the report.

    Returns
    -------
    list
        For each head: number of regions, median change of the logit when they are mutated, share of regions with a
        lower logit.
    """
    return [
        {"head": name, "regions": float(number), "median change of logit": -median, "share lower": share}
        for name, (median, share, number) in run.drops.items()
    ]


def example_rows(run: Run) -> list[Row]:
    """Make the table of example sites.

    Parameters
    ----------
    run
        The contents of the report.

    Returns
    -------
    list
        For each example: position (1-based), sequence around the site on its strand, and the offsets that the head
        attends to.
    """
    return [
        {
            "head": name,
            "contig": one.contig,
            "position": float(one.position + 1),
            "strand": "+" if one.strand > 0 else "-",
            "from": float(-one.site),
            "sequence": one.sequence,
            "attended from": float(one.start - one.site),
            "attended to": float(one.end - 1 - one.site),
            "attended": one.sequence[one.start : one.end],
        }
        for name, examples in run.examples.items()
        for one in examples
    ]


def locus_rows(locus: Locus) -> list[Row]:
    """Make the table of the features at a locus.

    Parameters
    ----------
    locus
        The locus.

    Returns
    -------
    list
        Sites, calls, genes and regions, 1-based and closed.
    """

    def row(kind: str, name: str, first: int, last: int, strand: int) -> Row:
        where: Row = {"contig": locus.contig, "first": float(first), "last": float(last)}
        return {"kind": kind, "name": name, **where, "strand": "+" if strand > 0 else "-"}

    rows = []
    for kind, sites in (("known site", locus.sites), ("predicted site", locus.calls)):
        if sites is not None:
            both = zip(sites.position.tolist(), sites.strand.tolist(), strict=True)
            rows += [row(kind, "", at + 1, at + 1, strand) for at, strand in both]
    if (genes := locus.genes) is not None:
        parts = (genes.start.tolist(), genes.end.tolist(), genes.strand.tolist(), genes.name)
        rows += [
            row("gene", str(name), start + 1, end, strand) for start, end, strand, name in zip(*parts, strict=True)
        ]
    both = zip(locus.region.tolist(), locus.head, strict=True)
    return rows + [row("region", head, start + 1, end, strand) for (start, end, strand), head in both]


def track_rows(locus: Locus) -> list[Row]:
    """Make the table of P at a locus.

    Parameters
    ----------
    locus
        The locus.

    Returns
    -------
    list
        A row for each position (1-based) with P of both strands; empty without tracks.
    """
    if locus.p is None:
        return []
    both = enumerate(zip(*locus.p.tolist(), strict=True), locus.start + 1)
    return [{"contig": locus.contig, "position": float(at), "P +": plus, "P -": minus} for at, (plus, minus) in both]
