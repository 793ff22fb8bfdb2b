"""From P of every nucleotide to calls, and what a genome's sequence and genes tell of each."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from ...alphabet import N
from ...data import Asked, GeneTable, Genome, Model, Motif, Predicted, Sites
from ..network import annotate, timing
from ..network.device import Compute
from ..network.presets import Network
from ..promoters import boxes
from ..sites import gene_context, genomic_class
from . import rounding, thresholds, transferability
from .transferability import Fit

DIGITS = 4
"""Significant digits of P: tracks, tables and calls tell the same numbers, and none hangs on the rounding of a
chunk."""
FORECAST = 1_000_000
"""Positions below which the cost is not worth measuring."""
SIGMA = ("sigma70_-35", "sigma70_-10")
"""The motifs of the built-in collection that boxes are told by."""
Elements = tuple[Motif, Motif]
"""Those of the -35 and of the -10 element."""


@dataclass(frozen=True, eq=False)
class Annotator:
    """A model that is asked for the calls of genomes: its network, where that runs, what is asked of it, and the motifs
    of the boxes."""

    model: Model
    net: Network
    where: Compute
    asked: Asked
    elements: Elements

    def annotate(self, genome: Genome, told: Callable[[int], None] | None = None) -> np.ndarray:
        """P of all labels, float32 (labels, 2, N)."""
        return annotate.annotate(self.net, genome, self.where, told=told)

    def predict(self, genome: Genome, raw: np.ndarray, genes: GeneTable | None) -> Predicted:
        """The calls of a genome from P of all labels, and what its sequence and its genes tell of each."""
        asked = self.asked
        p = _rounded(raw[asked.number])
        calls = thresholds.above(p, genome.contigs, 0.0 if asked.top or asked.fdr else asked.threshold, asked.merge)
        columns: dict[str, list[str]] = {}
        if asked.fdr:
            share = self._decoy_share(genome, calls) if asked.decoy else thresholds.expected_share(calls).strength
            calls, columns = calls.take(share <= asked.fdr), {"fdr": [f"{x:.3g}" for x in share[share <= asked.fdr]]}
        if asked.top:
            calls = thresholds.best(calls, asked.top)
        lowest = float(calls.strength.min()) if len(calls) and (asked.fdr or asked.top) else asked.threshold
        columns |= describe(genome, genes, calls, self.elements)
        return Predicted(genome, asked.label, p, calls, lowest, asked, columns, genes)

    def _decoy_share(self, genome: Genome, calls: Sites) -> np.ndarray:
        """Of each call, the share of false ones among those of its P or higher, by the shuffled genome."""
        asked = self.asked
        decoy = thresholds.decoy(genome, asked.decoy, asked.seed)
        said = _rounded(self.annotate(decoy)[asked.number])
        times = int((genome.base != N).sum()) / max(len(decoy.base), 1)
        return thresholds.decoy_share(
            calls, thresholds.above(said, decoy.contigs, 0.0, asked.merge).strength, times
        ).strength

    def run(self, genome: Genome, genes: GeneTable | None, also: Sequence[str] = ()) -> dict:
        """All that a genome's results depend on: with the same, they need not be made again; and the prevalence at
        which P holds."""
        known = (
            "" if genes is None else hashlib.sha256(repr((genes.spans.tolist(), genes.name)).encode()).hexdigest()[:16]
        )
        return {
            "model": self.model.digest,
            "prevalence": self.model.labels[self.asked.number].prevalence,
            "asked": asdict(self.asked),
            "contigs": [[c.name, c.digest, c.circular] for c in genome.contigs],
            "genes": known,
            "also": sorted(set(also)),
        }


def sigma70(motifs: Sequence[Motif]) -> Elements:
    """The motifs of sigma-70's -35 and -10 elements among those of a collection that holds them."""
    upper, lower = (motif for name in SIGMA for motif in motifs if motif.name == name)
    return upper, lower


def _rounded(probability: np.ndarray) -> np.ndarray:
    """Both strands' P as it is told."""
    return np.stack([rounding.rounded(strand, DIGITS) for strand in probability])


def describe(genome: Genome, genes: GeneTable | None, calls: Sites, elements: Elements) -> dict[str, list]:
    """Columns of the calls: where the genes are known, class, gene downstream and 5' UTR, gene that it lies in, gene of
    the other strand; the best pair of -35 and -10 boxes before it, which is there for any place: `minus10_p` tells
    whether it is more than chance."""
    columns: dict[str, list] = {}
    if genes is not None:
        found = gene_context.context(genes, genome.contigs, calls)
        names = {
            name: [genes.name[i] if i >= 0 else "" for i in getattr(found, name)]
            for name in ("gene", "inside", "antisense")
        }
        columns = {"class": [genomic_class.CLASSES[i] for i in found.site_class], "gene": names["gene"]}
        columns |= {
            "utr": [str(n) if n >= 0 else "" for n in found.utr],
            "inside": names["inside"],
            "antisense": names["antisense"],
        }
    best = boxes.boxes(genome, calls, *elements)
    there = best.spacer >= 0
    columns |= {
        "minus35": best.minus35.tolist(),
        "spacer": _numbers(best.spacer, there),
        "minus10": best.minus10.tolist(),
    }
    columns |= {"to_start": _numbers(best.to_start, there), "extended": ["yes" if yes else "" for yes in best.extended]}
    columns |= {
        name: [f"{x:.3g}" if x == x else "" for x in getattr(best, field)]
        for name, field in (("bits", "score"), ("minus10_p",) * 2)
    }
    return columns


def _numbers(values: np.ndarray, there: np.ndarray) -> list[str]:
    return [str(value) if known else "" for value, known in zip(values.tolist(), there.tolist(), strict=True)]


def fit(trained: Model, found: Predicted) -> Fit:
    """Whether the model seems at home in the genome."""
    asked = found.asked
    usual = not (asked.top or asked.fdr) and asked.threshold == trained.labels[asked.number].threshold
    return transferability.fit(found.genome, found.calls, found.genes, trained.genome, found.label, usual)


def forecast(net: Network, genome: Genome, decoy: int, where: Compute) -> str:
    """What annotating a genome will cost, measured on a stretch of it."""
    nucleotides = 2 * (len(genome.base) + min(decoy, len(genome.base)))
    codes = genome.base[: net.before + net.chunk + net.after]
    if len(codes) < net.before + net.chunk + net.after or nucleotides < FORECAST:
        return f"{len(genome.base):,} nt in {len(genome.contigs):,} contigs, both strands: seconds"
    stretches = codes[None].repeat(net.batch, 0)  # (batch, before + chunk + after)
    rate = net.batch * net.chunk / timing.seconds(lambda: annotate.probability(net, stretches, where))
    return (
        f"{len(genome.base):,} nt in {len(genome.contigs):,} contigs, both strands: about "
        f"{nucleotides / rate / 60:.1f} minutes on {where}"
    )
