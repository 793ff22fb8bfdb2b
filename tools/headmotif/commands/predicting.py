"""What predict-annot does for one genome: P of every nucleotide, the calls, what is told of them."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import torch

    from ..data import GeneTable, Genome, Motif, Sites
    from ..formats.model_tensor import Trained
    from ..steps.calling.transferability import Fit
    from ..steps.network.device import Compute

DIGITS = 4
"""Significant digits of P: tracks, tables and calls tell the same numbers, and none hangs on the rounding of a chunk."""
SIGMA = ("sigma70_-35", "sigma70_-10")
"""The built-in motifs that boxes are told by."""
FORECAST = 1_000_000
"""Positions below which the cost is not worth measuring."""
Told = Callable[[int], None]


@dataclass(frozen=True)
class Asked:
    """What is to be called: the label's number and name; P of at least `threshold`, or the `top` best, or at most the share `fdr` of false
    ones by P itself, or by a decoy of `decoy` nucleotides (0: none); local maxima within `merge` nt."""

    number: int
    label: str
    threshold: float
    top: int
    fdr: float
    merge: int
    decoy: int
    seed: int


@dataclass(frozen=True, eq=False)
class Predicted:
    """A genome's annotation: P float32 (2, N), rows + and -, by + coordinates, NaN at N; calls by contig, position and strand, strength P;
    further columns of the calls, by name, "" where there is nothing to tell; the threshold that all calls passed, and what it came from."""

    genome: "Genome"
    label: str
    probability: "np.ndarray"
    calls: "Sites"
    threshold: float
    asked: Asked
    columns: dict[str, list]
    genes: "GeneTable | None"

    @property
    def names(self) -> list[str]:
        """A name for each call: the label's, numbered from 1."""
        return [f"{self.label}{number}" for number in range(1, len(self.calls) + 1)]


def loaded(model: str, device: str, precision: str, threads: int) -> tuple["Trained", "torch.nn.Module", "Compute"]:
    """A model, its network, and where it runs."""
    from ..steps.network import device as compute
    from . import model_files

    trained = model_files.opened(model)
    where = compute.choose(device, precision, threads)
    return trained, model_files.network(trained).to(where.device), where


def labelled(model: str, trained: "Trained", label: str) -> int:
    """Which of the model's labels is asked for, by default the first."""
    known = trained.header["labels"]
    if label and label not in known:
        raise InputError(f"--label {label}: {model} knows {', '.join(known)}")
    return known.index(label) if label else 0


def threshold_of(trained: "Trained", label: str) -> float | None:
    """The threshold that the model's validation part chose; None where the model names none."""
    try:
        return float(trained.header["metrics"]["threshold"][label])
    except (KeyError, TypeError):
        return None


def prevalence_of(trained: "Trained", label: str) -> float | None:
    """The share of sites among all positions at which the model's P holds: its validation part's; None where the model names none."""
    try:
        return float(trained.header["metrics"]["validation"][label]["prevalence"])
    except (KeyError, TypeError):
        return None


def annotated(net: "torch.nn.Module", genome: "Genome", where: "Compute", told: Told) -> "np.ndarray":
    """P of all labels, float32 (labels, 2, N)."""
    from ..steps.network import annotate

    return annotate.annotate(net, genome, where, told=told)


def predicted(
    net: "torch.nn.Module", genome: "Genome", raw: "np.ndarray", asked: Asked, where: "Compute", genes: "GeneTable | None"
) -> Predicted:
    """The calls of a genome from the P of all labels, and what its sequence and its genes tell of each."""
    from ..steps.calling import thresholds as choose

    p = _rounded(raw[asked.number])
    calls = choose.above(p, genome.contigs, 0.0 if asked.top or asked.fdr else asked.threshold, asked.merge)
    columns: dict[str, list] = {}
    if asked.fdr:
        share = _decoy_share(net, genome, calls, asked, where) if asked.decoy else choose.expected_share(calls).strength
        calls, columns = calls.take(share <= asked.fdr), {"fdr": [f"{x:.3g}" for x in share[share <= asked.fdr]]}
    if asked.top:
        calls = choose.best(calls, asked.top)
    lowest = float(calls.strength.min()) if len(calls) and (asked.fdr or asked.top) else asked.threshold
    columns |= around(genome, genes, calls)
    return Predicted(genome, asked.label, p, calls, lowest, asked, columns, genes)


def _rounded(probability: "np.ndarray") -> "np.ndarray":
    """Both strands' P as it is told."""
    import numpy as np

    from ..steps.calling import rounding as track

    return np.stack([track.rounded(strand, DIGITS) for strand in probability])


def _decoy_share(net: "torch.nn.Module", genome: "Genome", calls: "Sites", asked: Asked, where: "Compute") -> "np.ndarray":
    """Of each call, the share of false ones among those of its P or higher, by the shuffled genome."""
    from ..alphabet import N
    from ..steps.calling import thresholds as choose
    from ..steps.network import annotate

    decoy = choose.decoy(genome, asked.decoy, asked.seed)
    said = _rounded(annotate.annotate(net, decoy, where)[asked.number])
    times = int((genome.base != N).sum()) / max(len(decoy.base), 1)
    return choose.decoy_share(calls, choose.above(said, decoy.contigs, 0.0, asked.merge).strength, times).strength


def around(genome: "Genome", genes: "GeneTable | None", calls: "Sites") -> dict[str, list]:
    """Columns of the calls: where the genes are known, class, gene downstream and 5' UTR, gene that it lies in, gene of the other strand;
    the best pair of -35 and -10 boxes before it, which is there for any place: `minus10_p` tells whether it is more than chance."""
    from ..steps.promoters import boxes
    from ..steps.sites import gene_context as context
    from ..steps.sites import genomic_class as site_class

    columns: dict[str, list] = {}
    if genes is not None:
        found = context.context(genes, genome.contigs, calls)
        names = {name: [genes.name[i] if i >= 0 else "" for i in getattr(found, name)] for name in ("gene", "inside", "antisense")}
        columns = {"class": [site_class.CLASSES[i] for i in found.site_class], "gene": names["gene"]}
        columns |= {"utr": [str(n) if n >= 0 else "" for n in found.utr], "inside": names["inside"], "antisense": names["antisense"]}
    upper, lower = (motif for name in SIGMA for motif in known_motifs() if motif.name == name)
    best = boxes.boxes(genome, calls, upper, lower)
    there = best.spacer >= 0
    columns |= {"minus35": best.minus35.tolist(), "spacer": _numbers(best.spacer, there), "minus10": best.minus10.tolist()}
    columns |= {"to_start": _numbers(best.to_start, there), "extended": ["yes" if yes else "" for yes in best.extended]}
    columns |= {
        name: [f"{x:.3g}" if x == x else "" for x in getattr(best, field)] for name, field in (("bits", "score"), ("minus10_p",) * 2)
    }
    return columns


def _numbers(values: "np.ndarray", there: "np.ndarray") -> list[str]:
    return [str(value) if known else "" for value, known in zip(values.tolist(), there.tolist(), strict=True)]


@functools.cache
def known_motifs() -> list["Motif"]:
    """The built-in collection."""
    from ..builtin import MOTIFS
    from ..formats import meme

    return meme.read(MOTIFS.read_text(encoding="utf-8"), str(MOTIFS))


def fit(trained: "Trained", found: Predicted) -> "Fit":
    """Whether the model seems at home in the genome."""
    from ..steps.calling import transferability as judged

    learned = trained.header.get("learned_from") or {}
    asked = found.asked
    usual = not (asked.top or asked.fdr) and asked.threshold == threshold_of(trained, asked.label)
    return judged.fit(found.genome, found.calls, found.genes, learned, found.label, usual)


def forecast(net: "torch.nn.Module", genome: "Genome", decoy: int, where: "Compute") -> str:
    """What annotating a genome will cost, measured on a stretch of it."""
    import time

    from ..steps.network import annotate

    nucleotides = 2 * (len(genome.base) + min(decoy, len(genome.base)))
    codes = genome.base[: net.before + net.chunk + net.after]
    if len(codes) < net.before + net.chunk + net.after or nucleotides < FORECAST:
        return f"{len(genome.base):,} nt in {len(genome.contigs):,} contigs, both strands: seconds"
    began = 0.0
    for number in range(2):
        began = time.monotonic() if number else began  # the first pays for what is set up once
        annotate.probability(net, codes[None].repeat(net.batch, 0), where)
    rate = net.batch * net.chunk / (time.monotonic() - began)
    return (
        f"{len(genome.base):,} nt in {len(genome.contigs):,} contigs, both strands: about {nucleotides / rate / 60:.1f} minutes on {where}"
    )
