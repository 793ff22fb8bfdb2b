"""The columns that describe sites by what is around them: genes, and the elements of their promoters."""

import numpy as np

from ...data import GeneTable, Genome, Motif, Sites
from ..promoters import boxes
from ..sites import gene_context

Elements = tuple[Motif, Motif]
"""The motifs of the -35 and of the -10 element."""
Columns = dict[str, list[str]]
"""Columns by name, each (sites,); "" where there is no value."""


def describe(genome: Genome, genes: GeneTable | None, calls: Sites, elements: Elements) -> Columns:
    """Make the columns that describe calls: those of their genes, if genes are known, and those of their elements.

    Parameters
    ----------
    genome
        The genome.
    genes
        The genes, or None.
    calls
        The calls.
    elements
        The motifs of the -35 and of the -10 element.

    Returns
    -------
    dict of list
        The columns by name, each (calls,); "" where there is no value.
    """
    around = {} if genes is None else describe_genes(genome, genes, calls)
    return around | describe_elements(genome, calls, elements)


def describe_genes(genome: Genome, genes: GeneTable, sites: Sites) -> Columns:
    """Make the columns that describe sites by their genes.

    These are the site class, the gene downstream and its 5' UTR, and the genes of either strand that the site lies in.

    Parameters
    ----------
    genome
        The genome.
    genes
        The genes.
    sites
        The sites. Of those upstream of one gene, the one with the largest strength is the primary site.

    Returns
    -------
    dict of list
        The columns by name, each (sites,); "" where there is no value.
    """
    found = gene_context.context(genes, genome.contigs, sites)
    names = {
        name: [genes.name[i] if i >= 0 else "" for i in getattr(found, name)]
        for name in ("gene", "internal_to", "antisense_to")
    }
    return {
        "site_class": gene_context.site_classes(found, sites.strength),
        "gene": names["gene"],
        "utr5_nt": [str(n) if n >= 0 else "" for n in found.utr],
        "internal_to": names["internal_to"],
        "antisense_to": names["antisense_to"],
    }


def describe_elements(genome: Genome, sites: Sites, elements: Elements) -> Columns:
    """Make the columns that describe sites by the best pair of -35 and -10 elements before them.

    There is a best pair at any position; `minus10_p` says whether its -10 element is better than chance.

    Parameters
    ----------
    genome
        The genome.
    sites
        The sites.
    elements
        The motifs of the -35 and of the -10 element.

    Returns
    -------
    dict of list
        The columns by name, each (sites,); "" where there is no value.
    """
    best = boxes.find_elements(genome, sites, *elements)
    there = best.spacer >= 0
    columns = {
        "minus35": best.minus35.tolist(),
        "spacer_nt": _numbers(best.spacer, there),
        "minus10": best.minus10.tolist(),
        "discriminator_nt": _numbers(best.to_start - 1, there),
        "extended_minus10": ["yes" if yes else "" for yes in best.extended],
    }
    return columns | {
        name: [f"{x:.3g}" if x == x else "" for x in getattr(best, field)]
        for name, field in (("element_bits", "score"), ("minus10_p",) * 2)
    }


def _numbers(values: np.ndarray, there: np.ndarray) -> list[str]:
    return [str(value) if known else "" for value, known in zip(values.tolist(), there.tolist(), strict=True)]
