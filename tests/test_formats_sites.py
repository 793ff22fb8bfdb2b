"""Tables of sites and regions: what is read, and what is refused with which words."""

import gzip
import math
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headmotif.alphabet import encode
from headmotif.data import Contig, Contigs, Genome, Regions, Sites
from headmotif.errors import FormatError, InputError
from headmotif.formats.features import bed, bed_regions, gff3
from headmotif.formats.features.cells import NotPlain
from headmotif.formats.inputs import genomes, named_sites, region_files, site_files
from headmotif.formats.sequences import fasta
from headmotif.formats.tables import sample_sheet
from headmotif.steps.training.labels import label

CONTIGS = Contigs([Contig("NC_000913.3", 1000, True), Contig("plasmid", 200, False)])
ROW = "NC_000913.3\tRefSeq\t{kind}\t{first}\t{last}\t.\t{strand}\t0\t{attributes}\n"


def row(first, last, strand="+", attributes="ID=a", kind="CDS"):
    return ROW.format(kind=kind, first=first, last=last, strand=strand, attributes=attributes)


@pytest.fixture
def read(tmp_path):
    """Read a text as a table of sites: read(text) gives the SiteFile."""

    def _read(text, contigs=CONTIGS, **options):
        raw = text.encode() if isinstance(text, str) else text
        (tmp_path / "table").write_bytes(raw)
        return site_files.read(str(tmp_path / "table"), Contigs(contigs), **options)

    return _read


def places(found) -> list[tuple[int, int, int]]:
    one = found.sites
    return list(zip(one.contig.tolist(), one.position.tolist(), one.strand.tolist(), strict=True))


def test_bed_gives_the_five_prime_end_and_the_strength(read):
    text = (
        "track name=x\nbrowser hide all\n# comment\n"
        "NC_000913.3\t4\t5\ta\t74500.5\t+\n\nplasmid\t10\t20\tb\t.\t-\nNC_000913.3\t10\t20\tc\t0\t+\textra\n"
    )
    found = read(text)
    assert found.format == "BED"
    assert places(found) == [(0, 4, 1), (1, 19, -1), (0, 10, 1)]
    assert found.sites.strength[[0, 2]].tolist() == [74500.5, 0]
    assert math.isnan(found.sites.strength[1])
    assert places(read(gzip.compress(text.replace("\n", "\r\n").encode()))) == places(found)


def test_duplicates_are_dropped_with_the_largest_strength(read):
    found = read(
        "plasmid\t4\t5\ta\t.\t+\nplasmid\t1\t2\ta\t7\t+\nplasmid\t4\t5\tb\t3\t+\nplasmid\t4\t5\tc\t2\t+\nplasmid\t4\t5\td\t2\t-\n"
    )
    assert places(found) == [(1, 4, 1), (1, 1, 1), (1, 4, -1)]
    assert found.sites.strength.tolist() == [3, 7, 2]
    assert (found.rows, found.duplicates) == (5, 2)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", None, "is empty"),
        ("# nothing\n", None, "has no sites"),
        ("plasmid 4 5 a 0 +\n", 1, "separated by spaces"),
        ("plasmid\t4\t5\ta\t0\t+\nplasmid 4 5 a 0 +\n", 2, "separated by spaces"),
        ("plasmid\t4\t5\ta\t0\t+\nplasmid\t4\t5\n", 2, "without a strand (column 6)"),
        ("plasmid\t4\t5\ta\t0\tx\n", 1, "the strand (column 6) is 'x'"),
        ("plasmid\t4\t5\ta\t0\t+\nplasmid\t5\t5\ta\t0\t+\n", 2, "the end (5) is not after the start (5)"),
        ("plasmid\t-4\t5\ta\t0\t+\n", 1, "whole numbers from 0, not '-4'"),
        ("plasmid\t4\t5.0\ta\t0\t+\n", 1, "'5.0'"),
        ("plasmid\t1_0\t11\ta\t0\t+\n", 1, "'1_0'"),
        ("plasmid\t4\t" + "9" * 30 + "\ta\t0\t+\n", 1, "whole numbers"),
        ("plasmid\t4\t5\ta\thigh\t+\n", 1, "the score 'high' is not a finite number"),
        ("plasmid\t4\t5\ta\tinf\t+\n", 1, "not a finite number"),
        ("plasmid\t4\t5\ta\t1e300\t+\n", 1, "not a finite number"),
        (
            "plasmid\t4\t5\ta\t0\t+\nplasmid\t200\t201\ta\t0\t+\n",
            2,
            "position 201 (counted from 1) lies outside 'plasmid', which has 200 nt",
        ),
        ("chrPlasmid\t4\t5\ta\t0\t+\n", 1, "which has 'plasmid'; use one name in both files"),
        ("other\t4\t5\ta\t0\t+\n", 1, "contig 'other' is not in the genome, which has 'NC_000913.3', 'plasmid'"),
        ("<html>\n", 1, "HTML"),
        (">a\nACGT\n", 1, "FASTA"),
        ("LOCUS       x\n", 1, "GenBank"),
        ("PK\x03\x04", None, "Excel"),
        ("just words here\n", 1, "not a table of sites"),
        ("a\0b", None, "binary"),
    ],
)
def test_malformed_bed_is_refused_with_its_line(read, text, line, words):
    assert_refused(read, text, line, words)


def assert_refused(read, text, line, words, **options):
    with pytest.raises(FormatError) as caught:
        read(text, **options)
    assert words in caught.value.problem
    assert caught.value.line == line
    assert (f"/table:{line}: " if line else "/table: ") in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "head",
    ["contig\tposition\tstrand\tstrength", "#Chromosome\tTSS position\tStrand\tScore", "chrom\tpos\tstrand\treads"],
)
def test_table_with_a_header_is_one_based(read, head):
    text = f"# made by hand\n{head}\nplasmid\t1\t+\t2.5\nplasmid\t200\treverse\tNA\n"
    found = read(text)
    assert found.format == "TSV"
    assert places(found) == [(1, 0, 1), (1, 199, -1)]
    assert found.sites.strength[0] == 2.5
    assert places(read(text.replace("200", "199"), zero_based=True)) == [(1, 1, 1), (1, 199, -1)]


def test_table_may_have_its_columns_in_any_order(read):
    assert places(read("gene\tstrand\tpos\tseqid\nx\t-1\t7\tplasmid\ny\t−\t9\tplasmid\n")) == [(1, 6, -1), (1, 8, -1)]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("contig\tplace\tstrand\nplasmid\t1\t+\n", 1, "no column position (it has 'contig', 'place', 'strand')"),
        ("plasmid\t1\t+\n", 1, "no column contig or position or strand"),
        ("chrom\tstart\tend\tname\tscore\tstrand\nplasmid\t1\t2\ta\t0\t+\n", 1, "put # before the header"),
        ("contig\tposition\tstrand\nplasmid\t1\n", 2, "2 cells, but the header names 3"),
        ("contig\tposition\tstrand\nplasmid\t1.5\t+\n", 2, "the position '1.5'"),
        ("contig\tposition\tstrand\nplasmid\t1,500\t+\n", 2, "digits only"),
        ("contig\tposition\tstrand\nplasmid\t0\t+\n", 2, "--zero-based"),
        ("contig\tposition\tstrand\nplasmid\t5\t\n", 2, "the strand '' is neither"),
        ("contig\tposition\tstrand\nplasmid\t201\t+\n", 2, "outside 'plasmid'"),
        ("contig\tposition\tstrand\n", None, "has no sites"),
        ("contig position strand\nplasmid 1 +\n", 1, "not separated by tabs"),
    ],
)
def test_malformed_table_is_refused_with_its_line(read, text, line, words):
    assert_refused(read, text, line, words)


def test_gff3_gives_features_of_a_type(read):
    text = "##gff-version 3\n" + row(5, 9, "+", "ID=a", "TSS") + row(5, 9, "-", "ID=b", "TSS") + row(50, 60)
    assert places(read(text)) == [(0, 4, 1), (0, 8, -1)]
    assert places(read(text, feature="CDS")) == [(0, 49, 1)]
    assert read(text).format == "GFF3"
    assert_refused(
        read,
        text,
        None,
        "no feature of type 'exon'; this file has TSS (2), CDS (1): choose one with --feature",
        feature="exon",
    )
    assert_refused(read, row(5, 9), None, "no feature of type TSS or transcription_start_site; this file has CDS (1)")


def test_rows_of_one_id_are_one_feature(read):
    """The 5'-most row counts, on either strand."""
    text = row(100, 120) + row(122, 200) + row(300, 320, "-", "ID=b") + row(322, 400, "-", "ID=b")
    assert places(read(text, feature="CDS")) == [(0, 99, 1), (0, 399, -1)]


def test_sites_of_one_id_are_sites_each(read, caplog):
    """As TSSpredator and Cappable-seq write them: ID is a word, or the gene."""
    text = row(301, 301, "+", "ID=TSS", "TSS") + row(901, 901, "-", "ID=TSS", "TSS") + row(1, 1, "+", "ID=TSS", "TSS")
    assert places(read(text)) == [(0, 300, 1), (0, 900, -1), (0, 0, 1)]
    text = row(301, 301, "+", 'gene_id "b1"; transcript_id "b1";', "TSS")
    assert len(read(text + text.replace("301", "401")).sites) == 2
    assert not caplog.messages


@pytest.mark.parametrize("strand", ["+", "-"])
def test_a_coding_sequence_whose_parts_meet_at_the_origin(read, caplog, strand):
    """In either order of its rows, on a contig that nothing else calls circular."""
    linear = (Contig("NC_000913.3", 1000),)
    for order in (1, -1):
        rows = [row(991, 1000, strand), row(1, 5, strand)][::order]
        assert places(read("".join(rows), contigs=linear, feature="CDS")) == [
            (0, 990, 1) if strand == "+" else (0, 4, -1)
        ]
    assert (
        sum("'NC_000913.3' is taken as circular, because a CDS runs over its origin" in m for m in caplog.messages) == 2
    )
    assert "2 rows joined to 1 feature" in caplog.text


def test_coding_sequences_of_one_id_that_lie_far_apart(read, caplog):
    wide = (Contig("NC_000913.3", 9000),)
    found = read(row(401, 500) + row(502, 600) + row(5201, 5300), contigs=wide, feature="CDS")
    assert places(found) == [(0, 400, 1), (0, 5200, 1)]
    assert "3,000 nt apart and are read as 2 features" in caplog.text


def test_a_row_that_is_not_asked_for_stops_nothing(read, caplog):
    text = "##gff-version 3\n" + row(-17, 541, "-", "ID=t", "tmRNA") + row("x", 9, "-", "ID=u", "tRNA") + row(700, 900)
    linear = (Contig("NC_000913.3", 1000),)
    assert places(read(text, contigs=linear, feature="CDS")) == [(0, 699, 1)]
    assert caplog.messages[-1].endswith("2 rows left out: malformed, but not used here, first in line 2")
    assert places(read(text, contigs=linear, feature="tmRNA")) == [(0, 540, -1)]
    assert_refused(read, text, 3, "whole numbers from 1, not 'x'", feature="tRNA")
    assert_refused(read, row("x", 9) + row(5, 9, kind="tRNA"), 1, "whole numbers from 1, not 'x'", feature="CDS")


def test_pseudogenes_and_cut_off_genes_are_left_out(read, caplog):
    text = (
        row(1, 90, "+", "ID=g1;pseudo=true", "pseudogene")
        + row(1, 90, "+", "ID=m1;Parent=g1", "mRNA")
        + row(1, 90, "+", "ID=c1;Parent=m1")
        + row(11, 90, "+", "ID=c2;pseudo=True")
        + row(21, 90, "+", "ID=g3;gene_biotype=pseudogene", "gene")
        + row(21, 90, "+", "ID=c3;Parent=g3")
        + row(31, 90, "+", "ID=c4;partial=true;start_range=.,31")
        + row(41, 90, "-", "ID=c5;partial=true;end_range=90,.")
        + row(51, 90, "+", "ID=c6;partial=true;end_range=90,.")
        + row(61, 90, "+", "ID=c7;Parent=g7")
    )
    found = read(text, feature="CDS")
    assert places(found) == [(0, 50, 1), (0, 60, 1)]
    assert caplog.messages[-1].endswith(
        "3 features left out: pseudogenes, first in line 3; 2 features left out: the 5' end lies off the contig, first "
        "in line 7"
    )
    problem = "there are no sites (1 feature left out: pseudogenes, in line 1)"
    assert_refused(read, row(11, 90, "+", "ID=c2;pseudo=true"), None, problem, feature="CDS")


@pytest.mark.parametrize(
    "rows",
    [
        row(991, 1010) + row(900, 1004, "-", "ID=b"),
        row(991, 1000) + row(1, 10) + row(900, 1000, "-", "ID=b") + row(1, 4, "-", "ID=b"),
    ],
)
def test_a_feature_over_the_origin_of_a_circle(read, rows):
    """As one row that goes on beyond the length, and as two rows."""
    assert places(read(rows, feature="CDS")) == [(0, 990, 1), (0, 3, -1)]


def test_a_site_beyond_a_linear_contig_is_left_out(read, caplog):
    linear = (Contig("NC_000913.3", 1000),)
    text = row(900, 1004, "-") + row(990, 1004, "+", "ID=b")
    assert places(read(text, contigs=linear, feature="CDS")) == [(0, 989, 1)]
    assert caplog.messages[-1].endswith(
        "1 feature left out: the 5' end lies beyond the contig (if it is circular, add --circular), in line 1"
    )
    assert_refused(read, row(900, 1004, "-"), None, "add --circular", contigs=linear, feature="CDS")
    told = row(1, 1000, "+", "ID=r;Is_circular=true", "region")
    assert places(read(told + text, contigs=linear, feature="CDS")) == [(0, 3, -1), (0, 989, 1)]


def test_all_inputs_together_say_which_contigs_are_circular(tmp_path):
    """What one set says counts for the others, and a name without its version is the same contig."""
    linear = Genome((Contig("NC_000913.3", 1000),), np.zeros(1000, np.uint8))
    (tmp_path / "a.gff3").write_text(row(900, 1004, "-"))
    (tmp_path / "b.gff3").write_text(
        (row(1, 1000, "+", "ID=r;Is_circular=true", "region") + row(5, 9)).replace(".3", "")
    )
    paths = {name: str(tmp_path / f"{name}.gff3") for name in ("a", "b")}
    genome, found = named_sites.read_sets(paths, linear, "CDS", False)
    assert (genome.contigs[0].circular, places(found["a"])) == (True, [(0, 3, -1)])
    genome, sites = named_sites.read_for_genome(linear, paths["b"], "CDS")
    assert (genome.contigs[0].circular, sites.position.tolist()) == (True, [4])


def test_gtf_groups_by_gene_and_transcript(read, caplog):
    text = (
        row(100, 120, "+", 'gene_id "b1"; transcript_id "t1"; product "a; b"')
        + row(122, 200, "+", 'gene_id "b1"; transcript_id "t1";')
        + row(300, 400, "-", 'gene_id "b2"; transcript_id "t2";')
        + row(500, 600, "-", 'gene_id "b3"; transcript_id ""; pseudo "true";', "gene")
        + row(500, 600, "-", 'gene_id "b3"; transcript_id "t3";')
    )
    found = read(text, feature="CDS")
    assert found.format == "GTF"
    assert places(found) == [(0, 99, 1), (0, 399, -1)]
    assert "1 feature left out: pseudogenes, in line 5" in caplog.messages[-1]


SEQUENCE = "ACGTTGCAAC" * 20


def add_sequence(name: str, sequence: str = SEQUENCE) -> str:
    body = (
        f"##gff-version 3\n##sequence-region {name} 1 "
        f"{len(sequence)}\n{name}\tProdigal:2.6\tCDS\t11\t40\t.\t-\t0\tID=X_00001\n"
    )
    return body + f"##FASTA\n>{name}\n{sequence[:60].lower()}\n{sequence[60:]}\n"


def test_sequence_after_the_features_is_skipped_but_compared(read):
    mine = (Contig("contig_1", 200, False, fasta.digest(SEQUENCE.encode())),)
    assert places(read(add_sequence("contig_1"), contigs=mine, feature="CDS")) == [(0, 39, -1)]
    other = add_sequence("contig_1", "T" + SEQUENCE[1:])
    assert_refused(
        read,
        other,
        5,
        "the sequence of 'contig_1' after ##FASTA is not that of the genome",
        contigs=mine,
        feature="CDS",
    )
    assert_refused(
        read,
        add_sequence("gnl|X|1"),
        3,
        "is that of the genome's 'contig_1'; use one name in both files",
        contigs=mine,
        feature="CDS",
    )
    assert_refused(
        read,
        add_sequence("contig_1", SEQUENCE + "A"),
        2,
        "'contig_1' has 201 nt here and 200 in the genome",
        contigs=mine,
        feature="CDS",
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("##gff-version 3\nplasmid . CDS 1 5 . + 0 ID=a\n", 2, "tabs, not spaces"),
        ("##gff-version 3\nplasmid\t.\tCDS\t1\t5\t.\t+\t0\n", 2, "8 columns, but GFF3 and GTF have nine"),
        ("##gff-version 3\n" + row("x", 5), 2, "whole numbers from 1, not 'x'"),
        (row(0, 5), 1, "start must be 1 or more"),
        (row(9, 5), 1, "not after the end"),
        (row(1, 5) + row(1, 5, "."), 2, "has no strand (column 7 is '.')"),
        (row(1, 5) + row(1, 5).replace("NC_000913.3", "NC_000913"), 2, "would both be the genome's 'NC_000913.3'"),
        (row(1500, 1600, "-"), 1, "no site"),
        ("##gff-version 3\n", None, "this file has no features at all"),
    ],
)
def test_malformed_gff3_is_refused_with_its_line(read, text, line, words):
    if words == "no site":
        # a feature that begins behind the origin of its circle is one on the circle
        assert places(read(text, feature="CDS")) == [(0, 599, -1)]
        return
    assert_refused(read, text, line, words, feature="CDS")


def test_escapes_in_gff3(read):
    text = "plas%6Did\t.\tTSS\t7\t7\t.\t+\t.\tID=a%3Bb;Note=x%2Cy\n"
    assert places(read(text)) == [(1, 6, 1)]
    assert gff3.parse(text, "x").features[0].attributes == {"ID": "a;b", "Note": "x,y"}


CELLS = st.sampled_from(
    [
        "plasmid",
        "4",
        "5",
        "+",
        "-",
        ".",
        "CDS",
        "ID=a",
        'gene_id "x"',
        "1e9",
        "position",
        "strand",
        "contig",
        "é",
        "",
        "#x",
        "9" * 25,
    ]
)
BREAKS = st.sampled_from(
    ["\t", "\t", "\t", "\n", " ", "\r\n", "\0", "##FASTA\n", ">a\nAC\n", "##gff-version 3\n", "\x1c", "\u2028"]
)


@settings(deadline=None, max_examples=200)
@given(
    st.one_of(st.text(max_size=120), st.lists(st.one_of(CELLS, BREAKS), max_size=60).map("".join)),
    st.sampled_from([None, "CDS", "TSS"]),
)
def test_any_text_is_read_as_sites_or_refused(tmp_path_factory, text, feature):
    path = tmp_path_factory.getbasetemp() / "fuzzed"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    for reader in (
        lambda: site_files.read(str(path), CONTIGS, feature=feature),
        lambda: region_files.read(str(path), CONTIGS, 200),
        lambda: sample_sheet.read(str(path)),
    ):
        try:
            reader()
        except InputError:
            continue


@settings(deadline=None, max_examples=100)
@given(
    st.integers(0, 400),
    st.integers(0, 12),
    st.sampled_from(["", "\t", "\n", "9", "-", ".", "x", "=", '"', ";", "%", "%zz"]),
)
def test_any_damage_of_a_table_is_read_or_refused(tmp_path_factory, place, width, text):
    path = tmp_path_factory.getbasetemp() / "damaged"
    gtf = row(100, 120, "+", 'gene_id "b1"; transcript_id "t1";')
    for whole in (
        row(1, 90) + row(5, 9, "-", "ID=b;Parent=a") + add_sequence("plasmid"),
        gtf * 3,
        "plasmid\t4\t5\ta\t1.5\t+\n" * 9,
        "plasmid\t4\t50\ta\t1.5\t.\t2\t3\t4\t5\n" * 9,
        "contig;position;strand;score\n" + '"plasmid";"9";"+";"1,5"\n' * 9,
        "SuperPos\tSuperStrand\tGenome\tdetected\tstepHeight\tPos\tStrand\n" + "9\t-\tplasmid\t1\t2\t9\t-\n" * 9,
    ):
        path.write_text(whole[:place] + text + whole[place + width :])
        try:
            site_files.read(str(path), CONTIGS, feature="CDS")
        except InputError:
            continue


def test_sites_written_are_read_again(tmp_path, read):
    given_ = Sites(
        np.array([1, 0, 0, 0], np.int32),
        np.array([7, 9, 3, 3]),
        np.array([1, -1, -1, 1], np.int8),
        np.array([1.5, np.nan, 74500, 2], np.float32),
    )
    bed.write_sites(str(tmp_path / "x"), given_, [c.name for c in CONTIGS])
    text = (tmp_path / "x").read_text()
    assert text.splitlines()[1] == "NC_000913.3\t3\t4\tsite2\t74500\t-"
    assert "\tsite3\t.\t-" in text
    back = read(text)
    assert places(back) == [(0, 3, 1), (0, 3, -1), (0, 9, -1), (1, 7, 1)]
    np.testing.assert_array_equal(back.sites.strength, np.array([2, 74500, np.nan, 1.5], np.float32))


def regions(rows, contigs=("NC_000913.3", "plasmid")) -> Regions:
    contig, start, end, head, strand, weight, distance, site, p, q = zip(*rows, strict=True)
    return Regions(
        contigs, np.array(contig, np.int32), np.array(start), np.array(end), np.array(head), np.array(strand, np.int8),
        np.array(weight, float), np.array(distance), np.array(site), np.array(p, float), np.array(q, float),
    )  # fmt: skip


CIRCLES = Contigs(replace(c, circular=True) for c in CONTIGS)


def test_regions_written_are_read_again(tmp_path):
    nan = float("nan")
    known = regions(
        [
            (1, 5, 20, "L1H2", -1, 0.25, -12, 25, 0.001, nan),
            (0, 8, 9, "L2H10", 1, 1.5, 3, 5, nan, 1e-9),
            (0, 2, 9, "L1H1", 1, 0.0004, 0, 5, 1, 0),
        ]
    )
    bed_regions.write(str(tmp_path / "x"), known, CIRCLES)
    text = (tmp_path / "x").read_text().splitlines()
    assert text == [
        "#contig\tstart\tend\tname\tscore\tstrand\tweight\toffset\tsite\tp\tq",
        "NC_000913.3\t2\t9\tL1H1\t0\t+\t0.0004\t0\t5\t1\t0",
        "NC_000913.3\t8\t9\tL2H10\t1000\t+\t1.5\t3\t5\t.\t1e-09",
        "plasmid\t5\t20\tL1H2\t250\t-\t0.25\t-12\t25\t0.001\t.",
    ]
    back = bed_regions.read(str(tmp_path / "x"), CONTIGS)
    assert back.contigs == known.contigs
    for name in Regions.COLUMNS:
        np.testing.assert_array_equal(getattr(back, name), getattr(known.take(np.array([2, 1, 0])), name))
    assert bed_regions.read(str(tmp_path / "x")).contigs == ("NC_000913.3", "plasmid")


def test_a_region_over_the_origin_is_two_lines_of_one_name(tmp_path):
    rows = [
        (0, 990, 1007, "L1H1", 1, 0.5, -9, 4, 1, 1),
        (0, -5, 3, "L1H2", 1, 0.5, -9, 4, 1, 1),
        (1, 190, 205, "L1H3", 1, 0.5, 3, 195, 1, 1),
    ]
    bed_regions.write(str(tmp_path / "x"), regions(rows), CIRCLES)
    back = bed_regions.read(str(tmp_path / "x"), CONTIGS)
    assert list(zip(back.head.tolist(), back.start.tolist(), back.end.tolist(), strict=True)) == [
        ("L1H2", 0, 3), ("L1H1", 0, 7), ("L1H1", 990, 1000), ("L1H2", 995, 1000), ("L1H3", 0, 5), ("L1H3", 190, 200),
    ]  # fmt: skip
    bed_regions.write(
        str(tmp_path / "x"),
        regions([*rows, (1, -9, 0, "L1H4", 1, 0.5, 3, 5, 1, 1)]),
        Contigs([CIRCLES[0], *CONTIGS[1:]]),
    )
    back = bed_regions.read(str(tmp_path / "x"), CONTIGS)
    assert list(zip(back.head.tolist(), back.start.tolist(), back.end.tolist(), strict=True))[4:] == [
        ("L1H3", 190, 200)
    ]


def test_no_regions_are_a_file_too(tmp_path):
    none = regions([(0, 1, 2, "L1H1", 1, 1, 1, 1, 1, 1)]).take(np.zeros(0, int))
    bed_regions.write(str(tmp_path / "x"), none, CIRCLES)
    assert len(bed_regions.read(str(tmp_path / "x"), CONTIGS)) == 0


def test_any_bed6_is_read_as_regions(tmp_path):
    (tmp_path / "x").write_text("track name=x\nplasmid\t4\t9\tpeak\t0\t+\nplasmid\t4\t9\tpeak\t.\t-\t1\t2\n")
    back = bed_regions.read(str(tmp_path / "x"), CONTIGS)
    assert back.site.tolist() == [-1, -1]
    assert back.weight.tolist() == [1, 1]
    assert np.isnan(back.p).all()


OURS = "plasmid\t4\t9\tL1H1\t500\t+\t0.5\t-3\t7\t0.1\t.\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (OURS + OURS.replace("\t.\n", "\n"), 2, "10 columns, but the first line has 11"),
        (OURS + "\n" + OURS.replace("\t4\t", "\tx\t"), 3, "column 2 (the start) cannot be 'x'"),
        (OURS.replace("\t9\t", "\t3\t"), 1, "the end (3) is not after the start (4)"),
        (OURS.replace("\t9\t", "\t201\t"), 1, "the end (201) lies beyond 'plasmid' of 200 nt"),
        (OURS.replace("\t+\t", "\t.\t"), 1, "column 6 (the strand, + or -) cannot be '.'"),
        (OURS.replace("\t0.5\t", "\tnan\t"), 1, "column 7 (the weight) cannot be 'nan'"),
        (OURS.replace("\t-3\t", "\t-3.5\t"), 1, "column 8 (the offset) cannot be '-3.5'"),
        (OURS.replace("\t7\t", "\t-7\t"), 1, "column 9 (the site) cannot be '-7'"),
        (OURS.replace("\t0.1\t", "\t1.1\t"), 1, "column 10 (p) cannot be '1.1'"),
        (OURS.replace("plasmid", "Plasmid"), 1, "which has 'plasmid'; use one name in both files"),
        ("plasmid 4 9 L1H1 500 +\n", 1, "separated by spaces"),
        ("plasmid\t4\t9\n", 1, "without a strand (column 6)"),
    ],
)
def test_malformed_regions_are_refused_with_their_line(tmp_path, text, line, words):
    (tmp_path / "table").write_text(text)
    assert_refused(lambda _: bed_regions.read(str(tmp_path / "table"), CONTIGS), text, line, words)


def test_our_own_files_are_read_at_once_with_the_same_values_as_line_by_line(tmp_path):
    rng = np.random.default_rng(1)
    n = 2000
    exponents = 10.0 ** rng.integers(-12, 1, (4, n))
    values = exponents * rng.random((4, n))
    unknown = np.where(rng.random((3, n)) < 0.1, np.nan, values[1:])
    site = rng.integers(20, 180, n)
    known = Regions(
        ("NC_000913.3", "plasmid"), rng.integers(0, 2, n).astype(np.int32), site - rng.integers(1, 9, n), site + 3,
        rng.choice(["L1H1", "L10H16", "x"], n), rng.choice([-1, 1], n).astype(np.int8),
        20 * values[0], rng.integers(-200, 200, n), site, *unknown[:2], drop=30 * (0.5 - unknown[2]),
    )  # fmt: skip
    for drop in (known.drop, None):
        bed_regions.write(str(tmp_path / "x"), replace(known, drop=drop), CIRCLES)
        raw = (tmp_path / "x").read_bytes()
        slow = bed_regions.parse(bed_regions.split(raw.decode(), "x"), "x", CIRCLES)
        fast = bed_regions.read_plain(raw, CIRCLES)
        for name in (*Regions.COLUMNS, "drop"):
            one, other = getattr(slow, name), getattr(fast, name)
            assert (one is None) == (other is None) == (name == "drop" and drop is None)
            if one is not None:
                assert one.dtype == other.dtype
                np.testing.assert_array_equal(one, other)


PLAIN = f"{bed_regions.HEADER}\n{OURS}{OURS}".encode()


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (b"#contig\t", b"contig\t"), (b"\n", b"\r\n"), (b"\n", b"\n\n"), (b"\nplasmid", b"\n#plasmid"),
        (b"plasmid", b"chr7"), (b"\t.\nplasmid", b"\t.plasmid"), (OURS.encode() * 2, b""),
        (b"L1H1", b"\xc3\xa4"), (b"L1H1", b"L1\0"), (b"L1H1", b"L1\r1"), (b"L1H1", 65 * b"L"),
        (b"\t.\n", b"\n"), (b"\t.\n", b"\t.\t1\n"),
        (b"\t4", b"\t"), (b"\t4", b"\t-4"), (b"\t4", b"\t+4"), (b"\t4", b"\t4."), (b"\t4", b"\t" + 15 * b"0" + b"4"),
        (b"\t4", b"\t9"), (b"\t9", b"\t900"), (b"\t-3", b"\t--3"), (b"\t-3", b"\t-"), (b"\t7", b"\t-7"),
        (b"\t+", b"\t."), (b"\t+", b"\t++"), (b"\t0.1", b"\t1.1"), (b"\t0.1", b"\t-0.1"), (b"\t0.5", b"\t."),
        (b"\t0.5", b"\tnan"), (b"\t0.5", b"\t0.5_0"), (b"\t0.5", b"\t1e999"), (b"\t0.5", b"\t0.x"),
    ],
)  # fmt: skip
def test_any_other_file_is_left_to_the_way_that_names_the_line(there, instead):
    assert len(bed_regions.read_plain(PLAIN, CONTIGS)) == 2
    assert there in PLAIN
    with pytest.raises(NotPlain):
        bed_regions.read_plain(PLAIN.replace(there, instead, 1), CONTIGS)


def test_a_number_with_many_digits_is_that_of_its_text():
    texts = ["0.1", "0.123456789012345", "0.1234567890123456789", "0.", "00.5", "1e-300", " 0.5", "-0", "0.000001", "7"]
    rows = "".join(OURS.replace("\t0.5\t", f"\t{text}\t") for text in texts)
    found = bed_regions.read_plain(f"{bed_regions.HEADER}\n{rows}".encode(), CONTIGS)
    assert found.weight.tolist() == list(map(float, texts))


@pytest.mark.data
def test_real_sites_have_their_minus_ten_box(data_folder):
    """TATAAT with at most one mismatch, starting 14-10 nt upstream: the share that each published table should show."""
    coli = genomes.read(str(data_folder / "ecoli" / "genome.fa.gz"), ["all"])
    for table, n, share in (("tss.cappable.bed", 16359, 0.237), ("tss.smrtcappable.bed", 2569, 0.343)):
        found = site_files.read(str(data_folder / "ecoli" / table), coli.contigs)
        assert (found.rows, len(found.sites), found.duplicates) == (n, n, 0)
        offset = np.arange(-14, -10 + 6)
        place = found.sites.position[:, None] + found.sites.strand[:, None] * offset  # (sites, 10)
        bases = coli.base[place % len(coli.base)]
        bases = np.where(found.sites.strand[:, None] > 0, bases, 3 - bases)
        stretches = np.lib.stride_tricks.sliding_window_view(bases, 6, axis=1)  # (sites, 5, 6)
        box = ((stretches != encode("TATAAT")).sum(axis=2) <= 1).any(axis=1)
        assert box.mean() == pytest.approx(share, abs=0.0006)
    strength = site_files.read(str(data_folder / "ecoli" / "tss.cappable.bed"), coli.contigs).sites.strength
    assert (strength.min(), strength.max()) == (pytest.approx(1.6, abs=0.1), pytest.approx(74500, rel=0.01))


@pytest.mark.data
def test_real_translation_starts_are_start_codons(data_folder, caplog):
    coli = genomes.read(str(data_folder / "ecoli" / "genome.fa.gz"), ["all"])
    found = site_files.read(str(data_folder / "ecoli" / "genes.gff3.gz"), coli.contigs, feature="CDS")
    assert "17 features left out: pseudogenes" in caplog.text
    place = found.sites.position[:, None] + found.sites.strand[:, None] * np.arange(3)
    codons = coli.base[place % len(coli.base)]
    codons = np.where(found.sites.strand[:, None] > 0, codons, 3 - codons)
    starts = np.stack([encode(codon) for codon in ("ATG", "GTG", "TTG", "CTG", "ATT", "ATC", "ATA")])
    assert (codons[:, None] == starts).all(axis=2).any(axis=1).mean() > 0.999
    assert len(found.sites) > 4200


def test_without_a_file_the_sites_are_those_of_the_genomes_first_label(tmp_path):
    base = np.zeros(9, np.uint8)
    first, second = (
        Sites(np.zeros(1, np.int32), np.array([at]), np.ones(1, np.int8), np.ones(1, np.float32)) for at in (2, 7)
    )
    whole = label(Genome((Contig("c", 9),), base), {"one": first, "other": second})
    assert named_sites.read_for_genome(whole, "", "")[1].position.tolist() == [2]
    (tmp_path / "s.bed").write_text("c\t4\t5\tx\t1\t+\n")
    assert named_sites.read_for_genome(whole, str(tmp_path / "s.bed"), "")[1].position.tolist() == [4]
    with pytest.raises(InputError, match="this genome has no sites"):
        named_sites.read_for_genome(whole.bare_sequence, "", "")
    none = label(whole.bare_sequence, {"one": first.take(np.zeros(0, int))})
    with pytest.raises(InputError, match="the genome tensor has no sites; give sites of this genome"):
        named_sites.read_for_genome(none, "", "")


def test_an_endless_word_of_gtf_takes_no_time():
    """Quadratic time would be minutes here."""
    began = time.process_time()
    attributes = (
        gff3.parse(f'c\tx\tTSS\t5\t5\t.\t+\t.\tgene_id "a"; {"A" * 300_000}"b"; end "z"\n', "x").features[0].attributes
    )
    assert dict(attributes) == {"gene_id": "a", "end": "z"}
    assert time.process_time() - began < 5
