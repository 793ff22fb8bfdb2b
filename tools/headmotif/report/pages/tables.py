"""Every number of the report as a table: what the page offers to download, and the PDF prints."""

import math
from collections.abc import Iterator
from dataclasses import asdict

from ...data.locus import Locus
from ...data.model import PARTS
from ..contents.run import Row, Run


def all_of(run: Run) -> Iterator[tuple[str, str, list[Row]]]:
    """Name (of the file, without its ending), what it is, and rows, of each table that is not empty."""
    every = (
        ("heads", "Every head, as score-heads wrote it", [] if set(run.rows[0]) == {"head"} else list(run.rows)),
        ("verdicts", "Verdict of each head, in words", verdict_rows(run)),
        ("profiles", "Mean attention weight of each head by distance from the site", list(run.profiles)),
        ("matches", "Motifs of the heads against known motifs", match_rows(run)),
        ("mutagenesis", "In-silico mutagenesis of each head's regions", drop_rows(run)),
        ("examples", "Example sites of each head", example_rows(run)),
        ("pairs", "Spacings of every two heads", list(run.pairs)),
        ("strands", "Correlation of the two strands' predictions", list(run.strands)),
        ("scores", "Scores of exact positions, both strands", score_rows(run)),
        ("accuracy", "What the curves say in numbers", list(run.accuracy)),
        ("curve", "Precision, recall and false positives at thresholds", list(run.curve)),
        ("calibration", "Calibration: bins of nucleotides by P", list(run.calibration)),
        ("history", "The course of training", list(run.history)),
        ("agreement", "Agreement, as annot-compare wrote it", list(run.agreement)),
        *((f"locus-{i}", f"What lies on {place(locus)}", locus_rows(locus)) for i, locus in enumerate(run.loci, 1)),
        *((f"locus-{i}-p", f"P along {place(locus)}", track_rows(locus)) for i, locus in enumerate(run.loci, 1)),
        ("inputs", "Files that this report was made of, by content", list(run.given)),
    )
    yield from ((name, words, rows) for name, words, rows in every if rows)


def place(locus: Locus) -> str:
    """Where a locus is, 1-based, closed."""
    return f"{locus.contig}:{locus.start + 1}-{locus.end}"


def verdict_rows(run: Run) -> list[Row]:
    """Kind, label and words of each verdict, with the match that names it."""
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
    """The matches; offset and overlap in columns of the motifs."""
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
    """The models' scores, as train-annot wrote them."""
    return [
        {"model": name, "part": part, "label": label, **{key: float(x) for key, x in sorted(asdict(score).items())}}
        for name, model in run.models
        for part in reversed(PARTS)
        for label, score in model.scores(part).items()
    ]


def drop_rows(run: Run) -> list[Row]:
    """By how much logits fall where a head's regions are mutated, and for which share of them."""
    return [
        {"head": name, "regions": float(number), "median change of logit": -median, "share lower": share}
        for name, (median, share, number) in run.drops.items()
    ]


def example_rows(run: Run) -> list[Row]:
    """Sites (1-based), what is around them on their strand, and which distances the head attends to."""
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
    """Sites, calls, genes and regions, 1-based, closed."""

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
    """P of every nucleotide of both strands."""
    if locus.p is None:
        return []
    both = enumerate(zip(*locus.p.tolist(), strict=True), locus.start + 1)
    return [{"contig": locus.contig, "position": float(at), "P +": plus, "P -": minus} for at, (plus, minus) in both]
