"""A folder with all that a genome browser needs to show predictions.

genome.fa with genome.fa.fai; genome.2bit; plus.bw and minus.bw, P of each nucleotide; calls.bed, and the same in
calls.plus.bw and calls.minus.bw; genes.gff3 if genes are given; session.json for IGV; hub.txt for UCSC; README.txt,
which says how to open them. The files name each other by relative paths.
"""

import os

import numpy as np

from ...data import BrowserTrack, Genome, Predicted, Sites
from ..features import bed
from ..output_files import make_folder, open_for_writing, write_text
from ..sequences import fasta, twobit
from ..tracks import bigwig, hub, igv

STRANDS = {"plus": 1, "minus": -1}
COLOURS = {"plus": (178, 24, 43), "minus": (33, 102, 172)}
GREY = (90, 90, 90)
LOCUS = 20_000
"""The number of nucleotides that a browser shows when it opens."""


def write(folder: str, found: Predicted, genes: bytes = b"", title: str = "") -> None:
    """Write the folder. Files of these names in it are replaced.

    Parameters
    ----------
    folder
        The folder, made if it does not exist.
    found
        The annotation of the genome.
    genes
        The content of a GFF3 file with the genes, empty for none.
    title
        The name of the genome in the browsers, by default that of its first contig.
    """
    make_folder(folder)

    def make_path(name: str) -> str:
        return os.path.join(folder, name)

    genome, calls, contigs = found.genome, found.calls, found.genome.contigs
    tracks = dict(zip(STRANDS, found.probability, strict=True))
    title = title or contigs[0].name
    twobit.write(make_path("genome.2bit"), genome)
    fasta.write(make_path("genome.fa"), contigs.names, [genome.contig_bases(i) for i in range(len(contigs))])
    fasta.write_index(make_path("genome.fa.fai"), contigs.names, contigs.lengths.tolist())
    for strand, values in tracks.items():
        bigwig.write(make_path(f"{strand}.bw"), contigs, values)
        bigwig.write(
            make_path(f"calls.{strand}.bw"), contigs, _fill_track(genome, calls.take(calls.strand == STRANDS[strand]))
        )
    bed.write_calls(make_path("calls.bed"), calls, contigs.names, found.names)
    if genes:
        with open_for_writing(make_path("genes.gff3")) as stream:
            stream.write(genes)
    probability = [_bigwig(f"P({found.label}) {strand}", f"{strand}.bw", strand) for strand in tracks]
    called = [_bigwig(f"Calls {strand}", f"calls.{strand}.bw", strand) for strand in tracks]
    listed = [BrowserTrack("Calls", "calls.bed", "bed", COLOURS["plus"], COLOURS["minus"])]
    listed += [BrowserTrack("Genes", "genes.gff3", "gff3", GREY, GREY)] if genes else []
    locus = f"{contigs[0].name}:1-{min(contigs[0].length, LOCUS)}"
    igv.write_session(make_path("session.json"), title, "genome.fa", "genome.fa.fai", locus, [*listed, *probability])
    hub.write(make_path("hub.txt"), title, "genome.2bit", locus, [*called, *probability])
    write_text(make_path("README.txt"), README)


def _fill_track(genome: Genome, calls: Sites) -> np.ndarray:
    """float32 (N,): P at the calls, NaN elsewhere."""
    values = np.full(len(genome.base), np.nan, np.float32)
    values[genome.contigs.place(calls.contig, calls.position)] = calls.strength
    return values


def _bigwig(name: str, file: str, strand: str) -> BrowserTrack:
    return BrowserTrack(name, file, "bigwig", COLOURS[strand], COLOURS[strand])


README = """\
Predicted sites of a genome, for a genome browser
=================================================

genome.fa, genome.fa.fai       the genome and its index
genome.2bit                    the same for UCSC
plus.bw, minus.bw              probability of a site at each nucleotide of the + and of the - strand, 0 to 1
calls.bed                      the sites that were called, 1000 times their probability in column 5
calls.plus.bw, calls.minus.bw  the same as bigWig, for UCSC
genes.gff3                     genes, if they were given
session.json                   session for igv.js
hub.txt                        assembly hub for UCSC

IGV-Web (https://igv.org/app), nothing to install, nothing is uploaded:
  1. Genome > Local File: choose genome.fa and genome.fa.fai together.
  2. Tracks > Local File: choose calls.bed, genes.gff3, plus.bw and minus.bw together.

IGV desktop:
  1. Genomes > Load Genome from File: genome.fa.
  2. File > Load from File: calls.bed, genes.gff3, plus.bw and minus.bw.
  Set the range of the two bigWig tracks to 0-1 and their windowing function to Maximum.

A web page of your own: put this folder on a web server beside a page with igv.js; there
  igv.createBrowser(element, await (await fetch("session.json")).json())
shows it with ranges and colours set. The session names its files relative to that page, so that the page must be in this folder.

UCSC Genome Browser: the folder must be on a web server that the internet can reach and that can send parts of files (byte ranges).
  My Data > Track Hubs > Connected Hubs: give the address of hub.txt.
  To publish the hub, add a line "email" with your address below "useOneFile on". Genes are not in it: UCSC takes them as bigBed alone.
"""  # noqa: E501 (lines as the reader of the folder gets them)
