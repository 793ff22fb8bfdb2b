"""Contig names of side inputs: bridged over a version, left out aloud, or refused; in every format alike."""

import gzip

import numpy as np
import pytest

from headmotif.data import Contig, Contigs, Genome
from headmotif.errors import FormatError
from headmotif.formats.contig_names import ContigNames
from headmotif.formats.features import bed, bed_regions, vcf
from headmotif.formats.inputs import gene_files, site_files
from headmotif.formats.tracks import bedgraph, bigwig

CONTIGS = Contigs([Contig("NC_000913.3", 100), Contig("p1", 50)])
GFF3 = "{0}\tX\t{1}\t11\t20\t.\t+\t.\tID={2}\n"
TEXTS = {
    "sites of BED": lambda name: f"{name}\t10\t11\ta\t0\t+\n",
    "sites of GFF3": lambda name: GFF3.format(name, "TSS", name),
    "sites of GTF": lambda name: f'{name}\tX\tTSS\t11\t11\t.\t+\t.\tgene_id "{name}";\n',
    "sites of a table": lambda name: f"{name}\t11\t+\n",
    "genes": lambda name: GFF3.format(name, "gene", name),
    "intervals": lambda name: f"{name}\t10\t20\n",
    "regions": lambda name: f"{name}\t10\t20\ta\t0\t+\n",
    "variants": lambda name: f"{name}\t11\t.\tA\tC\n",
    "bedGraph": lambda name: f"{name}\t10\t20\t0.5\n",
    "bedGraph with a comment": lambda name: f"#\n{name} 10 20 0.5\n",
}
HEADS = {"sites of a table": "contig\tposition\tstrand\n", "sites of GFF3": "##gff-version 3\n"}
READERS = {
    "sites": lambda path: site_files.read(path, CONTIGS).sites.contig,
    "genes": lambda path: gene_files.read(path, CONTIGS).contig,
    "intervals": lambda path: np.array([row[0] for row in bed.read_intervals(path, CONTIGS)]),
    "regions": lambda path: bed_regions.read(path, CONTIGS).contig,
    "variants": lambda path: vcf.read(path, Genome(CONTIGS, np.zeros(CONTIGS.total, np.uint8))).contig,
    "bedGraph": lambda path: np.flatnonzero(~np.isnan(bedgraph.read(path, CONTIGS)[[15, 115]])),
}


@pytest.fixture(params=list(TEXTS))
def read(request, tmp_path):
    """Reads rows on the given contigs, plain or gzip, and gives the index of the contig of each row."""

    def read(*names: str, compress: bool = False) -> list[int]:
        text = HEADS.get(request.param, "") + "".join(TEXTS[request.param](name) for name in names)
        path = tmp_path / "file"
        path.write_bytes(gzip.compress(text.encode()) if compress else text.encode())
        kind = next(kind for kind in READERS if request.param.startswith(kind))
        return READERS[kind](str(path)).tolist()

    return read


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("name", ["NC_000913", "NC_000913.2", "ref|NC_000913.3|"])
def test_another_version_is_bridged_and_said(read, caplog, name, compress):
    assert read(name, "p1", compress=compress) == [0, 1]
    assert len(caplog.messages) == 1
    assert f"'{name}' is read as the genome's 'NC_000913.3'" in caplog.text
    assert ("make sure that positions are the same" in caplog.text) == name.endswith(".2")


def test_rows_on_other_contigs_are_left_out_and_counted(read, caplog):
    assert read("NC_000913.3", "plasmid2", "plasmid3") == [0]
    assert len(caplog.messages) == 1
    assert " left out: on 'plasmid2' and 1 more, which the genome does not have, first in line" in caplog.messages[0]
    assert ": 2 " in caplog.messages[0]


def test_no_row_on_the_genome_is_an_error(read, caplog):
    with pytest.raises(FormatError, match=r"contig 'chr9' is not in the genome, which has 'NC_000913\.3', 'p1'"):
        read("chr9", "chr8")
    with pytest.raises(FormatError, match="which has 'p1'; use one name in both files"):
        read("chrP1")
    assert not caplog.messages


def test_two_names_of_one_contig_are_refused(read):
    with pytest.raises(FormatError, match=r"'NC_000913\.3' and 'NC_000913' would both be the genome's 'NC_000913\.3'"):
        read("NC_000913.3", "NC_000913")


def test_a_track_of_other_contigs(tmp_path, caplog):
    """bigWig holds one name for many values, and the lengths of contigs."""
    values = np.arange(160, dtype=np.float32)
    other = [Contig("NC_000913", 100), Contig("p1", 50), Contig("p9", 10)]
    bigwig.write(str(tmp_path / "x.bw"), Contigs(other), values)
    assert bigwig.read(str(tmp_path / "x.bw"), CONTIGS).tolist() == values[:150].tolist()
    assert [message.split(": ", 1)[1] for message in caplog.messages] == [
        "'NC_000913' is read as the genome's 'NC_000913.3'",
        "1 contig left out: on 'p9', which the genome does not have",
    ]
    with pytest.raises(FormatError, match="'NC_000913' has 100 nt here and 99 in the genome"):
        bigwig.read(str(tmp_path / "x.bw"), Contigs([Contig("NC_000913.3", 99)]))
    with pytest.raises(FormatError, match="contig 'NC_000913' is not in the genome, which has 'z'"):
        bigwig.read(str(tmp_path / "x.bw"), Contigs([Contig("z", 100)]))


@pytest.mark.parametrize(
    ("genome", "name", "index"),
    [
        (["plasm1.1"], "plasm1", 0),
        (["AB_1"], "gnl|Prokka|AB_1", 0),
        (["gnl|Prokka|AB_1"], "AB_1", 0),
        (["NZ_CP012345.1"], "NZ_CP012345", 0),
        (["scaffold.1"], "scaffold.2", None),  # numbers, not versions
        (["x.1", "x.2"], "x", None),  # it may be either
        (["NODE_1_length_6000_cov_7.022600"], "NODE_1_length_6000_cov_7.02", None),
        (["NODE_1_length_6000_cov_7.022600"], "NODE_1_length_6000_cov_7.022600", 0),
        (["1"], "1.0", None),
    ],
)
def test_what_counts_as_one_accession(genome, name, index):
    names = ContigNames([Contig(one, 10) for one in genome], "file")
    assert names.find(name) == index
