"""The readers that `fuzz.py` tries, and the well-formed files that it damages, a few of each kind."""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from headmotif.alphabet import encode
from headmotif.data import Contig, Contigs, Genome
from headmotif.formats.contents import any_file
from headmotif.formats.features import bed, bed_regions, binding_sites, truth, vcf
from headmotif.formats.inputs import gene_files, genomes, genomes_with_genes, motif_files, region_files, site_files
from headmotif.formats.sequences import twobit
from headmotif.formats.tables import manifest, sample_sheet, tsv
from headmotif.formats.tensors import (
    attention_tensor,
    checkpoint_tensor,
    model_header,
    model_tensor,
)
from headmotif.formats.tracks import bedgraph, bigwig, strands
from headmotif.report.contents import given

FROZEN = Path(__file__).resolve().parent.parent / "tests" / "frozen"
BASES = "ATGGCTAACGTTAGCNRYAATGCCTTGACATTTATGCTTCCGGCTCGTATAATGTGTGGAATTGTGAGCG"
CONTIGS = Contigs([Contig("NC_1.1", 70), Contig("p", 40, circular=True)])
GENOME = Genome(CONTIGS, encode(f"{BASES}{BASES[:40]}"))


@dataclass(frozen=True)
class Kind:
    """A reader and the files that it reads.

    Attributes
    ----------
    name
        What is read.
    read
        The reader, of a path.
    seeds
        Well-formed files.
    shows_end
        Whether a file that is cut anywhere must be refused: the format itself says where it ends.
    reads_all
        Whether the reader looks at more than the beginning, so that it can notice a cut.
    """

    name: str
    read: Callable[[str], object]
    seeds: tuple[bytes, ...]
    shows_end: bool = False
    reads_all: bool = True


def kinds() -> list[Kind]:
    """All readers, each with its files."""
    texts = [Kind(name, read, tuple(text.encode() for text in seeds)) for name, read, seeds in _texts()]
    found = [*texts, *_flat_files(), *_binaries()]
    every = tuple(seed for kind in found for seed in kind.seeds)
    tables = (_head_of("h.tsv").encode(), MANIFEST.encode())
    header = Kind("table of a report, its header", given.recognize, tables, reads_all=False)
    return [*found, header, Kind("any file, inspect", any_file.describe, every)]


def _texts() -> list[tuple[str, Callable[[str], object], Sequence[str]]]:
    def sites(feature: str | None = None) -> Callable[[str], object]:
        return lambda path: site_files.read(path, CONTIGS, feature=feature)

    def genes(path: str) -> object:
        return gene_files.read(path, CONTIGS)

    return [
        ("genome, FASTA", genomes.read, FASTA),
        ("genome, GFF3 with ##FASTA", _genome_with_genes, [GFF3 + "##FASTA\n" + FASTA[0]]),
        ("sites, BED", sites(), BED),
        ("sites, GFF3", sites(), [GFF3]),
        ("CDS as sites, GFF3", sites("CDS"), [GFF3]),
        ("sites, GTF", sites(), [GTF]),
        ("sites, table", sites(), TABLES),
        ("sites, tables of callers", sites(), CALLERS),
        ("sites, RegulonDB", lambda path: site_files.read(path, Contigs(CONTIGS[:1])), [PROMOTERS]),
        ("genes, GFF3", genes, [GFF3]),
        ("genes, GTF", genes, [GTF]),
        ("intervals, BED", lambda path: bed.read_intervals(path, CONTIGS), BED),
        ("regions, BED", lambda path: bed_regions.read(path, CONTIGS), [BED[0], REGIONS]),
        ("regions or peaks", lambda path: region_files.read(path, CONTIGS, 20), [*BED, REGIONS, CALLERS[0]]),
        ("binding sites, BED", lambda path: binding_sites.read(path, CONTIGS), BED),
        ("planted elements, BED", truth.read, [ELEMENTS]),
        ("variants, VCF", lambda path: vcf.read(path, GENOME), VCF),
        ("track, bedGraph", lambda path: bedgraph.read(path, CONTIGS), [BEDGRAPH]),
        ("tracks, bedGraph and wig", lambda path: strands.read((path, path), CONTIGS), [BEDGRAPH, WIG]),
        *((f"motifs, {name}", motif_files.read, texts) for name, texts in MOTIFS.items()),
        ("table of matches", tsv.read_matches, [_head_of("t.tsv")]),
        ("table of groups", tsv.read_groups, ["motif\tgroup\nM1\ta\nM2\tb\nM3\ta\n"]),
        ("table of heads", tsv.read_table, [_head_of("h.tsv"), _head_of("s.curve.tsv")]),
        ("sample sheet", sample_sheet.read, [SHEET]),
        ("manifest, JSON", manifest.read, [MANIFEST]),
        ("metrics of a model, JSON", model_header.read_metrics, [(FROZEN / "run" / "cnn.json").read_text()]),
    ]


def _genome_with_genes(path: str) -> object:
    return genomes_with_genes.read(path, ())


def _flat_files() -> list[Kind]:
    seeds = tuple(text.encode() for text in FLAT_FILES)
    return [
        Kind("genome, GenBank and EMBL", genomes.read, seeds, shows_end=True),
        Kind("genome and genes, GenBank and EMBL", _genome_with_genes, seeds, shows_end=True),
        Kind("genes, GenBank and EMBL", lambda path: gene_files.read(path, CONTIGS), seeds, shows_end=True),
    ]


def _binaries() -> list[Kind]:
    values = np.where(np.arange(110) % 7 < 3, np.nan, np.arange(110) / 110).astype(np.float32)

    def track(path: str) -> object:
        return bigwig.read(path, CONTIGS)

    def tensor(name: str) -> tuple[bytes, ...]:
        return tuple(path.read_bytes() for path in sorted(FROZEN.glob(f"{name}.v*.safetensors")))

    return [
        Kind("track, bigWig", track, (_make(lambda path: bigwig.write(path, CONTIGS, values)),), shows_end=True),
        Kind("genome, 2bit", genomes.read, (_make(lambda path: twobit.write(path, GENOME)),), shows_end=True),
        Kind("genome tensor", genomes.read, tensor("genome"), shows_end=True),
        Kind("model", model_tensor.read, tensor("model"), shows_end=True),
        Kind("attention", attention_tensor.read, tensor("attention"), shows_end=True),
        Kind("checkpoint", checkpoint_tensor.read, tensor("checkpoint"), shows_end=True),
    ]


def _make(write: Callable[[str], object]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        write(os.path.join(folder, "file"))
        return Path(folder, "file").read_bytes()


def _head_of(name: str) -> str:
    """The first lines of a table of the frozen run."""
    return "".join((FROZEN / "run" / name).read_text().splitlines(keepends=True)[:6])


FASTA = [
    f">NC_1.1 a [topology=circular]\n{BASES[:40]}\n{BASES[40:]}\n>p circular=true\n{BASES[:40].lower()}\n",
    f">gi|1|ref|NC_1.1| length=70\r\n{BASES}\r\n",
]
GFF3 = (
    "##gff-version 3\n##sequence-region NC_1.1 1 70\n"
    "NC_1.1\tx\tregion\t1\t70\t.\t+\t.\tID=NC_1.1;Is_circular=true\n"
    "NC_1.1\tx\tgene\t11\t40\t.\t+\t.\tID=g1;gene=abc;locus_tag=b1\n"
    "NC_1.1\tx\tCDS\t11\t20\t.\t+\t0\tID=c1;Parent=g1\n"
    "NC_1.1\tx\tCDS\t31\t40\t.\t+\t2\tID=c1;Parent=g1\n"
    "p\tx\ttRNA\t31\t45\t.\t-\t.\tID=t1;product=tRNA-Met%28cat%29\n"
    "p\tx\tCDS\t5\t10\t0.5\t-\t0\tID=c2;pseudo=true\n"
    "NC_1.1\tx\tTSS\t5\t5\t12.5\t+\t.\tID=TSS:5_+;Name=a%3Bb\n"
    "p\tx\tTSS\t9\t9\t.\t-\t.\tID=TSS\n"
)
GTF = (
    'NC_1.1\tx\tgene\t11\t40\t.\t+\t.\tgene_id "g1"; gene_name "abc";\n'
    'NC_1.1\tx\tCDS\t11\t40\t.\t+\t0\tgene_id "g1"; transcript_id "t1";\n'
    'p\tx\tCDS\t5\t10\t.\t-\t0\tgene_id "g2"; transcript_id "t2"; pseudo "true";\n'
    'NC_1.1\tx\tTSS\t5\t5\t7\t+\t.\tgene_id "g1"; transcript_id "t1";\n'
)
BED = [
    "NC_1.1\t10\t11\ta\t5\t+\nNC_1.1\t20\t30\tb\t0.5\t-\np\t0\t1\tc\t.\t+\n",
    "track name=x\n#c\nNC_1.1\t10\t40\tpeak_1\t100\t.\t5.5\t4.1\t2.2\t15\np\t2\t30\tpeak_2\t50\t.\t3.5\t2.1\t1.2\t-1\n",
]
REGIONS = (
    f"{bed_regions.HEADER}\nNC_1.1\t10\t20\tL1H1\t500\t+\t0.5\t-12\t25\t0.01\t0.02\n"
    "p\t3\t9\tL1H2\t250\t-\t0.25\t-7\t12\t.\t.\n"
)
ELEMENTS = "NC_1.1\t10\t16\t-10\t0\t+\t22\nNC_1.1\t30\t36\tdecoy\t0\t-\t.\n"
TABLES = [
    "Contig\tPosition\tStrand\tScore\nNC_1.1\t11\t+\t5\np\t3\tminus\tNA\n",
    '"Contig","Position","Strand"\n"NC_1.1","11","+"\n"p","3","-"\n',
    "SuperPos\tSuperStrand\tCondition\tdetected\tstepHeight\tPos\tStrand\tContig\n"
    "11\t+\tA\t1\t5.5\t11\t+\tNC_1.1\n11\t+\tB\t0\tNA\t11\t+\tNC_1.1\n",
]
CALLERS = [
    "# d = 9\nchr\tstart\tend\tlength\tabs_summit\tpileup\tfold_enrichment\nNC_1.1\t2\t30\t29\t9\t5\t2.5\n",
    "SuperPos\tSuperStrand\tCondition\tdetected\tstepHeight\tPos\tStrand\tGenome\n"
    "11\t+\tA\t1\t5.5\t11\t+\tNC_1.1\n11\t+\tB\t0\tNA\t11\t+\tNC_1.1\n3\t-\tA\t1\t2\t3\t-\tp\n",
]
PROMOTERS = (
    "# RegulonDB\n1)pmId\t2)pmName\t3)strand\t4)posTSS\t5)sigmaF\t6)pmSequence\nPM1\ta\tforward\t14\tSigma70\tacgtAcc\n"
)
WIG = "track type=wiggle_0\nvariableStep chrom=NC_1.1 span=2\n3 0.5\n9 -1\nfixedStep chrom=p start=2 step=3\n1\n2.5\n"
VCF = [
    "##fileformat=VCFv4.2\n##contig=<ID=NC_1.1,length=70>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    "NC_1.1\t5\t.\tC\tT\t.\tPASS\t.\nNC_1.1\t9\trs1\tCGT\tC,CA,<DEL>\t9\t.\tEND=11\np\t0\t.\tN\t.[p:3[\t.\t.\t.\n",
    "NC_1.1\t5\t.\tC\tY\n",
]
BEDGRAPH = "NC_1.1\t0\t10\t0.5\nNC_1.1\t10\t11\t-1e-3\np\t0\t40\t3\n"
MOTIFS = {
    "MEME": [
        "MEME version 5\n\nALPHABET= ACGT\n\nstrands: + -\n\n"
        "Background letter frequencies\nA 0.25 C 0.25 G 0.25 T 0.25\n\n"
        "MOTIF M1 alt\nletter-probability matrix: alength= 4 w= 2 nsites= 20 E= 1e-3\n"
        "0.1 0.2 0.3 0.4\n 0.7 0.1 0.1 0.1\n"
        "URL http://x\n\nMOTIF M2\nlog-odds matrix: alength= 4 w= 2 E= 0\n-230 -230 -230 180\n180 -230 -230 -230\n"
    ],
    "JASPAR": [">M1 x\nA [ 1 2 3 ]\nC [ 3 2 1 ]\nG [ 0 0 9 ]\nT [ 9 9 0 ]\n", ">M1\n1 2 3\n3 2 1\n0 0 9\n9 9 0\n"],
    "TRANSFAC": [
        "AC  M1\nXX\nID  a\nXX\nNA  abc\nXX\nP0  A C G T\n01  1 2 3 4 T\n02  7 1 1 1 A\nXX\n//\n"
        "ID  b\nPO  A C G T\n1  1 2 3 4\n//\n"
    ],
    "Cluster-Buster": [">M1 x\n# WEIGHT 2\n1 2 3 4\n7 1 1 1\n2 2 3 3\n>M2\n1 2 3 4\n"],
    "HOMER": [">TATAAT\tM1\t6.5\t-10.2\t0\n0.1\t0.2\t0.3\t0.4\n0.7\t0.1\t0.1\t0.1\n"],
}
SHEET = "sample\tgenome\tgenes\tcircular\ns1\ta.fa\ta.gff\tall\ns2\tb.fa\t\tchr, p\n"
MANIFEST = '{"files": {"genome": "g.st", "matches": "m.tsv"}, "format": "headmotif manifest", "version": 1}\n'
FLAT_FILES = [
    "LOCUS       NC_1                      70 bp    DNA     circular BCT 01-JAN-1980\n"
    "DEFINITION  x.\nACCESSION   NC_1\nVERSION     NC_1.1\nFEATURES             Location/Qualifiers\n"
    "     source          1..70\n     gene            join(61..70,1..12)\n                     /locus_tag=\"b1\"\n"
    "     CDS             complement(20..>40)\n                     /gene=\"abc\"\n                     /product=\"x\n"
    "                     y\"\n     tRNA            45..50\nORIGIN\n"
    "        1 atggctaacg ttagcnryaa tgccttgaca tttatgcttc cggctcgtat aatgtgtgga\n       61 attgtgagcg\n//\n",
    "ID   p; SV 1; circular; genomic DNA; STD; PRO; 30 BP.\nXX\nAC   p;\nXX\nFH   Key             Location/Qualifiers\n"
    "FT   CDS             complement(3..20)\nFT                   /gene=\"abc\"\nXX\nSQ   Sequence 30 BP;\n"
    "     atggctaacg ttagcnryaa tgccttgaca        30\n//\n",
]  # fmt: skip
