"""The records that the program passes on: frozen, and checked when they are made.

All coordinates are 0-based, half-open. Tables of many rows (sites, regions) are columns of equal length, one NumPy
array each.
"""

from .annotation import Annotation, Feature
from .applicability import Applicability
from .attention import BACKGROUND, SHUFFLED, SITE, Attention, Regions
from .browser import BrowserTrack
from .contigs import Contig, Contigs
from .element import Element
from .genes import GeneTable
from .genome import NO_LABEL, Genome, Sites
from .genome_file import GenomeFile
from .group import Group, make_sort_key
from .model import Label, LabelledSites, Model, Split, Training, TrainingGenome
from .motif import Match, Motif, consensus
from .prediction import Asked, Predicted
from .score import Calibration, Score
from .screen import Screen
from .variants import Variants

__all__ = [
    "BACKGROUND",
    "NO_LABEL",
    "SHUFFLED",
    "SITE",
    "Annotation",
    "Applicability",
    "Asked",
    "Attention",
    "BrowserTrack",
    "Calibration",
    "Contig",
    "Contigs",
    "Element",
    "Feature",
    "GeneTable",
    "Genome",
    "GenomeFile",
    "Group",
    "Label",
    "LabelledSites",
    "Match",
    "Model",
    "Motif",
    "Predicted",
    "Regions",
    "Score",
    "Screen",
    "Sites",
    "Split",
    "Training",
    "TrainingGenome",
    "Variants",
    "consensus",
    "make_sort_key",
]
