"""What foretells the quality of a model on a genome that it has not seen."""

from collections.abc import Mapping
from dataclasses import dataclass

from .check import check


@dataclass(frozen=True)
class Applicability:
    """How the quality of a model on a species follows from signs that need no sites, learned from species left out.

    The quality is the share of genes with a start site upstream whose best position there lies within 2 nt of it. Its
    logit is the sum of `constant` and of each weight times the logit of its sign.

    Attributes
    ----------
    constant
        The constant.
    weights
        The weights by the names of the signs, fields of `gene_signs.Signs`.
    error
        Standard deviation of the logit of the real share about the forecast, on species left out.
    species
        Number of species from which it was learned.
    upstream
        Least and largest share of the start sites of a genome that lie at most 300 nt upstream of a gene, over the
        groups with whole maps.
    beside
        Name of the built-in model with whose best positions those of this one are compared, if the sign `agreement` is
        among the weights; else "".
    """

    constant: float
    weights: Mapping[str, float]
    error: float
    species: int
    upstream: tuple[float, float]
    beside: str = ""

    def __post_init__(self) -> None:
        check(bool(self.weights) and self.error > 0, "the applicability has no weights, or no error above 0")
        check(("agreement" in self.weights) == bool(self.beside), "agreement needs the name of another model")
        check(0 < self.upstream[0] <= self.upstream[1] <= 1, "the shares of sites upstream of genes do not ascend")
