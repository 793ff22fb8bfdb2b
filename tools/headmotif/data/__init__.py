"""The nouns: frozen records that check themselves. All coordinates are 0-based, half-open.

Tables of many rows (sites, regions) are columns of equal length, one NumPy array each.
"""

from .attention import BACKGROUND, SHUFFLED, SITE, Attention, Regions
from .browser import BrowserTrack
from .genes import GeneTable
from .genome import NO_LABEL, Contig, Genome, Sites
from .genome_file import GenomeFile
from .model import Trained
from .motif import Match, Motif, consensus, in_order, source
from .prediction import Asked, Predicted
from .variants import Variants

__all__ = [
    "BACKGROUND",
    "NO_LABEL",
    "SHUFFLED",
    "SITE",
    "Asked",
    "Attention",
    "BrowserTrack",
    "Contig",
    "GeneTable",
    "Genome",
    "GenomeFile",
    "Match",
    "Motif",
    "Predicted",
    "Regions",
    "Sites",
    "Trained",
    "Variants",
    "consensus",
    "in_order",
    "source",
]
