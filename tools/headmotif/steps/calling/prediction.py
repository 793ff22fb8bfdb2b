"""From P of every nucleotide to calls, and what the sequence and the genes around each call say about it."""

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

import numpy as np

from ...alphabet import N
from ...data import Asked, GeneTable, Genome, GenomeFile, Model, Motif, Predicted, Sites
from ..network import annotate, composition, presets, screened
from ..network.device import Compute
from ..network.kmer_attention import Reader
from ..network.presets import Network
from ..network.screen import ScreenNet
from ..sites import gene_finding
from . import applicability, gene_signs, gene_starts, no_calls, rounding, screening, thresholds, transferability
from .applicability import Forecast
from .call_columns import Elements, describe
from .transferability import Fit

DIGITS = 4
"""Significant digits of P, so that tracks, tables and calls hold the same numbers, whatever the rounding of a stretch.
"""
SHUFFLED = 1_000_000
"""Nucleotides of the shuffled genome from which a false discovery rate is estimated, at most."""
SIGMA = ("sigma70_-35", "sigma70_-10")
"""The motifs of the built-in collection that find the -35 and the -10 element."""


@dataclass(frozen=True, eq=False)
class Annotator:
    """A model that calls the sites of genomes.

    Attributes
    ----------
    model
        The model.
    net
        Its network.
    where
        Device and precision.
    asked
        Which label is called, and how calls are chosen.
    elements
        The motifs of the -35 and of the -10 element.
    name
        The name of the model if it is a built-in one, else "".
    screen
        The network of the model's screen. With it, `annotate_for_calls` computes P only where a call is possible.
    beside
        The network of the model with which the forecast compares this one, if it does.
    by_gene
        Whether the table of genes is made.
    finds_genes
        Whether genes are found where none are given.
    """

    model: Model
    net: Network
    where: Compute
    asked: Asked
    elements: Elements
    name: str = ""
    screen: ScreenNet | None = None
    beside: Network | None = None
    by_gene: bool = False
    finds_genes: bool = False

    def complete(self, read: GenomeFile) -> GenomeFile:
        """Find the genes of a genome if that is asked for and it has none.

        Parameters
        ----------
        read
            The genome as it was read.

        Returns
        -------
        GenomeFile
            The genome, with genes where they were found.

        Raises
        ------
        InputError
            As `gene_finding.complete`.
        """
        return gene_finding.complete(read) if self.finds_genes else read

    def annotate(self, genome: Genome, progress: Callable[[int], None] | None = None) -> np.ndarray:
        """Compute P of all labels.

        Parameters
        ----------
        genome
            The genome.
        progress
            Receives the number of nucleotides done, of 2 N in all.

        Returns
        -------
        numpy.ndarray
            float32 (labels, 2, N), rows + and -, both by + coordinates; NaN at N.
        """
        return annotate.annotate(self._settle(genome), genome, self.where, progress=progress)

    def annotate_for_calls(self, genome: Genome, progress: Callable[[int], None] | None = None) -> np.ndarray:
        """Compute P of all labels as far as the calls need it.

        With a screen, P is computed only where a call is possible. If there is no call then, it is computed everywhere,
        so that the command can say why.

        Parameters
        ----------
        genome
            The genome.
        progress
            Receives the number of nucleotides done, of 2 N in all.

        Returns
        -------
        numpy.ndarray
            As from `annotate`; NaN also where P was not computed.
        """
        asked = self.asked
        if not self.is_screened:
            return self.annotate(genome, progress)
        p = self.annotate_possible(genome, progress)
        high = thresholds.call_above(_round(p[asked.number]), genome.contigs, asked.threshold, asked.min_distance)
        return p if len(high) else self.annotate(genome, progress)

    @property
    def is_screened(self) -> bool:
        """Whether P is computed only where a call is possible; networks without k-mers as keys read whole stretches."""
        return self.screen is not None and isinstance(self.net, Reader)

    def annotate_possible(self, genome: Genome, progress: Callable[[int], None] | None = None) -> np.ndarray:
        """Compute P of all labels where a call is possible, with the screen.

        Parameters
        ----------
        genome
            The genome.
        progress
            Receives the number of nucleotides done, of 2 N in all.

        Returns
        -------
        numpy.ndarray
            As from `annotate`; NaN also where P was not computed.

        Raises
        ------
        ValueError
            If there is no screen, or not for this network.
        """
        net, screen = self._settle(genome), self._settle_screen(genome)
        if screen is None or not isinstance(net, Reader):
            raise ValueError("no screen")
        wanted = screening.list_wanted(self.model, self.asked)
        return screened.annotate_possible(net, screen, genome, self.where, wanted, progress)

    def _settle(self, genome: Genome) -> Network:
        """The network for a genome: its own, or another bias for each if it depends on the composition."""
        if not composition.depends(self.model):
            return self.net
        return presets.build_from_model(self.model, genome).to(self.where.device)

    def _settle_screen(self, genome: Genome) -> ScreenNet | None:
        if self.screen is None or not composition.depends(self.model):
            return self.screen
        return screening.open_screen(composition.settle(self.model, genome), self.where)

    def annotate_many(
        self, genomes: Iterable[Genome], progress: Callable[[int], None] | None = None
    ) -> Iterator[np.ndarray]:
        """Compute P of all labels of several genomes as far as the calls need it.

        Parameters
        ----------
        genomes
            The genomes.
        progress
            Receives the number of nucleotides done, both strands of all genomes counted.

        Yields
        ------
        numpy.ndarray
            What `annotate_for_calls` returns for each genome, in their order.
        """
        if not self.is_screened and not composition.depends(self.model):
            yield from annotate.annotate_many(self.net, genomes, self.where, progress)
            return
        done = 0
        for genome in genomes:
            yield self.annotate_for_calls(genome, annotate.shift_progress(progress, done))
            done += 2 * len(genome.base)

    def predict(self, genome: Genome, raw: np.ndarray, genes: GeneTable | None) -> Predicted:
        """Choose the calls of a genome, and describe each of them.

        Parameters
        ----------
        genome
            The genome.
        raw
            float32 (labels, 2, N), P of all labels, as from `annotate`.
        genes
            The genes, or None.

        Returns
        -------
        Predicted
            P of the label asked for, the calls, and their columns.
        """
        asked = self.asked
        p = _round(raw[asked.number])
        calls, share, why_none = self._choose_calls(genome, p)
        columns: dict[str, list[str]] = {} if share is None else {"fdr": [f"{x:.3g}" for x in share]}
        by_p = asked.top is None and asked.fdr is None
        lowest = asked.threshold if by_p else float(calls.strength.min()) if len(calls) else math.nan
        columns |= describe(genome, genes, calls, self.elements)
        about = (self.name, why_none, self.model.limits)
        found = Predicted(genome, asked.label, p, calls, lowest, asked, columns, genes, *about)
        if not self.by_gene or genes is None:
            return found
        by_gene = gene_starts.tabulate(found, genes, self.elements, partial(self._score, genome))
        return replace(found, gene_columns=by_gene)

    def _score(self, genome: Genome, wanted: np.ndarray) -> np.ndarray:
        """P of the label asked for at some positions, as it is written."""
        return _round(screened.annotate_some(self._settle(genome), genome, self.where, wanted)[self.asked.number])

    def _choose_calls(self, genome: Genome, p: np.ndarray) -> tuple[Sites, np.ndarray | None, str]:
        """The calls, the share of false ones for each (None unless it was asked for), and why there are none."""
        asked = self.asked
        maxima = thresholds.call_above(p, genome.contigs, 0.0, asked.min_distance)
        share, kept = None, maxima.strength >= asked.threshold
        if asked.fdr is not None:
            decoy = self._decoy_share if asked.shuffled else None
            share = decoy(genome, maxima) if decoy else thresholds.estimate_expected_share(maxima).strength
            kept = share <= asked.fdr
        calls = thresholds.select_best(maxima, asked.top) if asked.top is not None else maxima.take(kept)
        why_none = "" if len(calls) else no_calls.explain_no_calls(maxima, asked, share)
        return calls, None if share is None else share[kept], why_none

    def _decoy_share(self, genome: Genome, calls: Sites) -> np.ndarray:
        """The share of false calls among those with each call's P or higher, estimated with the shuffled genome."""
        asked = self.asked
        decoy = thresholds.make_decoy(genome, SHUFFLED, asked.seed)
        said = _round(self.annotate(decoy)[asked.number])
        times = int((genome.base != N).sum()) / max(len(decoy.base), 1)
        return thresholds.estimate_decoy_share(
            calls, thresholds.call_above(said, decoy.contigs, 0.0, asked.min_distance).strength, times
        ).strength

    def foretell(self, genome: Genome, genes: GeneTable | None) -> Forecast | str | None:
        """Foretell how good the model is on a genome, from its P around genes.

        Parameters
        ----------
        genome
            The genome.
        genes
            The genes, or None.

        Returns
        -------
        Forecast, str or None
            A text says why it cannot be foretold, without genes or with too few; None for another label than the
            first, or if the model's file does not say how.
        """
        known = self.model.applicability
        if known is None or self.asked.number or not isinstance(self.net, Reader):
            return None
        if genes is None:
            return applicability.NO_GENES
        windows = applicability.choose_windows(genome, genes, self.asked.seed)
        if len(windows) < gene_signs.FEWEST:
            return applicability.describe_few(len(windows))
        p = applicability.read_windows(self._settle(genome), genome, windows, self.where)[0]
        other = None
        if self.beside is not None:
            other = applicability.read_windows(self.beside, genome, windows, self.where, inside=False)[0]
        return applicability.foretell(known, gene_signs.find_signs(windows, p, other))

    def run(self, genome: Genome, genes: GeneTable | None, formats: Sequence[str] = ()) -> dict:
        """Describe what the results of a genome depend on; with the same description they need not be computed again.

        The site density at which P holds is included.

        Parameters
        ----------
        genome
            The genome.
        genes
            The genes, or None.
        formats
            Names of further formats that are written.

        Returns
        -------
        dict
            The description, for JSON.
        """
        known = (
            "" if genes is None else hashlib.sha256(repr((genes.spans.tolist(), genes.name)).encode()).hexdigest()[:16]
        )
        return {
            "model": self.model.digest,
            "prevalence": self.model.labels[self.asked.number].prevalence,
            "asked": asdict(self.asked),
            "contigs": [[c.name, c.digest, c.circular] for c in genome.contigs],
            "genes": known,
            "formats": sorted(set(formats)),
            **({} if self.screen is None else {"fast": True}),
        }


def sigma70(motifs: Sequence[Motif]) -> Elements:
    """Find the motifs of the -35 and -10 elements of sigma70 in a collection that holds them.

    Parameters
    ----------
    motifs
        The collection.

    Returns
    -------
    tuple of Motif
        The motif of the -35 and that of the -10 element.
    """
    upper, lower = (motif for name in SIGMA for motif in motifs if motif.name == name)
    return upper, lower


def _round(probability: np.ndarray) -> np.ndarray:
    """P of both strands, rounded as it is written."""
    return np.stack([rounding.round_digits(strand, DIGITS) for strand in probability])


def fit(trained: Model, found: Predicted, foretold: Forecast | str | None = None) -> Fit:
    """Judge whether a model fits a genome.

    Parameters
    ----------
    trained
        The model.
    found
        What it predicts for the genome.
    foretold
        How good it should be there, from `Annotator.foretell`.

    Returns
    -------
    Fit
        The comparison with the training genome, and the verdict.
    """
    asked = found.asked
    usual = asked.top is None and asked.fdr is None and asked.threshold == trained.labels[asked.number].threshold
    return transferability.fit(found.genome, found.calls, found.genes, trained.genome, found.label, usual, foretold)
