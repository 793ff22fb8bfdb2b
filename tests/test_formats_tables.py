"""The tables that people, spreadsheets, and callers of TSS and peaks write: what is taken from them, and said."""

import gzip
import io
import math
import sys

import numpy as np
import pytest

from headmotif.data import Contig, Contigs
from headmotif.errors import FormatError
from headmotif.formats.inputs import region_files, site_files
from headmotif.formats.tables import sample_sheet, tsv, user_table

ONE = Contigs([Contig("chr", 2000, True)])
TWO = Contigs([Contig("chr", 2000, True), Contig("pX", 500, False)])


@pytest.fixture
def read(tmp_path):
    """Read a text as sites: places as (contig, 0-based position, strand, strength or None)."""

    def _read(text, contigs=TWO, **options):
        (tmp_path / "t").write_bytes(text if isinstance(text, bytes) else text.encode())
        found = site_files.read(str(tmp_path / "t"), contigs, **options)
        _read.file = found
        one = found.sites
        columns = (one.contig, one.position, one.strand, one.strength)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [(c, p, s, None if math.isnan(v) else round(v, 3)) for c, p, s, v in rows]

    return _read


@pytest.fixture
def regions(tmp_path):
    """Read a text as regions."""

    def _regions(text, **options):
        (tmp_path / "t").write_text(text)
        return region_files.read(str(tmp_path / "t"), TWO, 200, **options)

    return _regions


def problem(reader, *given, **options) -> tuple[int | None, str]:
    with pytest.raises(FormatError) as caught:
        reader(*given, **options)
    return caught.value.line, caught.value.problem


HEAD = (
    "SuperPos\tSuperStrand\tmapCount\tdetCount\t{}\tdetected\tenriched\tstepHeight\tstepFactor\tenrichmentFactor\t"
    "classCount\tPos\tStrand\tLocus_tag\tsRNA/asRNA\tProduct\tUTRlength\tGeneLength\tPrimary\n"
)


def tss(place, strand, condition, detected, height, own=None, own_strand=None):
    """A row of TSSpredator's master table."""
    return (
        f"{place}\t{strand}\t2\t1\t{condition}\t{detected}\t1\t{height}\t>100\t0.4 \t1\t{own or place}\t"
        f"{own_strand or strand}\tb0001\t\tthr operon leader\t12\t66\t1\n"
    )


MASTER = (
    HEAD.format("Condition")
    + tss(148, "+", "OD0.4", 1, "27.88")
    + tss(148, "+", "OD0.4", 1, "27.88")
    + tss(148, "+", "OD2", 1, "83.5")
    + tss(148, "-", "OD2", 0, "0.1")
    + tss(190, "-", "OD2", 1, "NA")
)


@pytest.mark.parametrize("form", ["plain", "gzip", "CRLF", "commas", "quoted", "UTF-16"])
def test_a_master_table_gives_its_detected_starts_with_their_largest_step(read, caplog, form):
    cells = [line.split("\t") for line in MASTER.splitlines()]
    text = {
        "CRLF": MASTER.replace("\n", "\r\n"),
        "commas": "".join(",".join(row) + "\n" for row in cells),
        "quoted": "".join("\t".join(f'"{cell}"' for cell in row) + "\n" for row in cells),
    }.get(form, MASTER)
    raw = {"gzip": gzip.compress, "UTF-16": lambda text: text.decode().encode("utf-16")}.get(form, bytes)(text.encode())
    assert read(raw, ONE) == [(0, 147, 1, 83.5), (0, 189, -1, None)]
    assert (read.file.rows, read.file.duplicates) == (4, 2)
    assert read.file.format == "TSSpredator: Pos, strength stepHeight"
    left_out, contig = caplog.messages
    assert "1 row left out: the TSS is not detected in this condition (detected = 0), in line 5" in left_out
    assert "read as on 'chr', the only contig" in contig


def test_a_master_table_lies_on_the_contigs_that_it_names(read, caplog):
    assert "the genome has 2; add a column contig" in problem(read, MASTER)[1]
    own = HEAD.format("Genome") + tss(900, "+", "chr", 1, 5, 30, "-") + tss(950, "+", "pX", 1, 6, 50)
    assert read(own) == [(0, 29, -1, 5), (1, 49, 1, 6)]
    assert read(own.replace("pX", "pY")) == [(0, 29, -1, 5)]
    assert "1 site left out: on 'pY'" in caplog.messages[-1]
    words = ["Replicon", *["pX"] * 5]
    named = "\n".join(f"{line}\t{word}" for line, word in zip(MASTER.splitlines(), words, strict=True))
    assert read(named) == [(1, 147, 1, 83.5), (1, 189, -1, None)]


def test_a_master_table_of_several_genomes_is_refused_until_one_is_chosen(read):
    both = HEAD.format("Genome") + tss(900, "+", "A", 1, 5, 900) + tss(900, "+", "B", 1, 6, 30, "-")
    line, words = problem(read, both, ONE)
    assert line == 3
    assert "several genomes (column Genome: 'A', 'B'); keep the rows of one" in words
    one = "".join(line + "\n" for line in both.splitlines() if "\tA\t" not in line)
    assert read(one, ONE) == [(0, 29, -1, 6)]
    assert problem(read, MASTER.replace("OD0.4\t1", "OD0.4\tyes"), ONE) == (
        2,
        "detected is 'yes', and must be 0 or 1; correct it",
    )


def test_the_gff3_of_annogesic_gives_each_start_once(read):
    row = "chr\tANNOgesic\tTSS\t{0}\t{0}\t.\t{1}\t.\tID=tss{2};Name=TSS:{0}_f;type=Primary;UTR_length=Primary_25\n"
    text = "##gff-version 3\n" + row.format(310, "+", 0) + row.format(310, "+", 1) + row.format(90, "-", 2)
    assert read(text) == [(0, 309, 1, None), (0, 89, -1, None)]
    assert read.file.duplicates == 1


NARROW = (
    "chr\t100\t400\tp_peak_1\t88\t.\t7.5\t12.1\t8.8\t120\n"
    "pX\t20\t60\tp_peak_2\t30\t.\t3.25\t5\t3\t-1\n"
    "chr\t100\t400\tp_peak_1b\t60\t.\t4\t9\t6\t250\n"
)


def test_a_summit_is_a_site_on_both_strands(read, caplog):
    sites = [(0, 220, 1, 7.5), (0, 220, -1, 7.5), (1, 39, 1, 3.25), (1, 39, -1, 3.25), (0, 350, 1, 4), (0, 350, -1, 4)]
    assert read('track type=narrowPeak name="x"\n' + NARROW) == sites
    assert read.file.format == "narrowPeak: summits, strength signalValue"
    assert [message.partition(": ")[2] for message in caplog.messages] == [
        "1 of 3 peaks have no summit; their centres are taken",
        "there are no strands; each summit is taken as a site on both strands",
    ]
    assert read(gzip.compress(NARROW.replace("\n", "\r\n").encode())) == sites
    read(NARROW * 2)
    assert (read.file.rows, read.file.duplicates) == (6, 3)
    idr = "".join(line + "\t0.9\t1.2\t100\t400\t7\t120\t100\t400\t7\t119\n" for line in NARROW.splitlines())
    assert read(idr) == sites


@pytest.mark.parametrize(
    ("text", "sites", "words"),
    [
        ("chr\t220\t221\tp_1\t8.8\nchr\t9\t10\tp_2\t5\n", [(0, 220, 8.8), (0, 9, 5)], "each base is taken"),
        ("chr\t100\t400\n", [(0, 249, None)], "each centre is taken"),
        ("chr\t100\t401\tx\t7\t.\n", [(0, 250, 7)], "each centre is taken"),
        ("chr\t100\t401\tx\t70\t.\t4.5\t9\t3\n", [(0, 250, 4.5)], "each centre is taken"),
        # thickStart, or the position of a summit, is no signalValue
        ("chr\t100\t401\tx\t70\t.\t100\t401\t0\n", [(0, 250, 70)], "each centre is taken"),
        ("chr\t100\t401\tmarA\t70\t.\t148\t15.1\t0.08\t2\n", [(0, 250, 70)], "each centre is taken"),
        (
            "#contig\tstart\tend\tfactor\tscore\tstrand\tsummit\tfold\tx\texperiments\n"
            "chr\t100\t401\tmarA\t70\t.\t148\t15.1\t0.08\tmarA 1,marA 2\n",
            [(0, 250, 70)],
            "each centre is taken",
        ),
    ],
    ids=["summits.bed", "BED3", "BED6", "broadPeak", "BED9", "centre in column 7", "text in column 10"],
)
def test_peaks_without_a_summit_column_give_their_centres(read, caplog, text, sites, words):
    assert read(text) == [(c, p, s, v) for c, p, v in sites for s in (1, -1)]
    assert words in caplog.messages[0]


def test_stranded_peaks_keep_their_strands_and_other_beds_their_five_prime_ends(read, caplog):
    stranded = "chr\t100\t400\ta\t8\t-\t7.5\t12\t8\t120\nchr\t500\t600\tb\t8\t+\t6\t12\t8\t10\n"
    assert read(stranded) == [(0, 220, -1, 7.5), (0, 510, 1, 6)]
    counts = "chr\t100\t101\ta\t8\t-\t7.5\t12\t8\t120\nchr\t500\t600\tb\t9\t+\t6\t12\t8\t10\n"
    assert read(counts) == [(0, 100, -1, 8), (0, 500, 1, 9)]
    assert caplog.messages == []


MACS = (
    "# This file is generated by MACS version 3.0.0\n# name = p\n\n"
    "chr\tstart\tend\tlength\tabs_summit\tpileup\t-log10(pvalue)\tfold_enrichment\t-log10(qvalue)\tname\n"
    "chr\t101\t400\t300\t221\t29\t12.1\t7.5\t8.8\tp_peak_1\n"
)


def test_the_table_of_macs_gives_what_its_narrowpeak_gives(read, regions, caplog):
    assert read(MACS) == read(NARROW.splitlines()[0]) == [(0, 220, 1, 7.5), (0, 220, -1, 7.5)]
    assert read(MACS.replace("\tabs_summit", "").replace("\t221", "")) == [(0, 249, 1, 7.5), (0, 249, -1, 7.5)]
    assert "each centre is taken" in caplog.messages[-1]
    found = regions(MACS)
    assert (found.regions.start.tolist(), found.regions.end.tolist()) == ([120], [320])
    assert not found.are_stranded


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (NARROW.replace("\t250\n", "\t300\n"), 3, "300 nt from the start, beyond this peak of 300 nt"),
        ("chr\t4\t5\ta\t0\t+\nchr\t4\t5\ta\t0\t.\n", 2, "the strand (column 6) is '.'; it must be + or -"),
        ("chr\t4\t5\ta\t0\t.\nchr\t4\t5\ta\t0\t-\n", 1, "the strand (column 6) is '.'; it must be + or -"),
        ("chr\t4\t5\ta\t0\t-\nchr\t4\t5\ta\t0\n", 2, "without a strand (column 6)"),
        ("chr\t4\t5\t+\nchr\t4\t5\t-\n", 1, "the strands are in column 4"),
        (MACS.replace("\t221\t", "\t401\t"), 5, "the summit must lie between start and end"),
        (MACS.replace("\t101\t", "\t1.5\t"), 5, "must be whole numbers from 1"),
        (MACS.replace("\t400\t", "\t2400\t").replace("221", "2221"), 5, "position 2,221"),
    ],
)
def test_malformed_peaks_are_refused_by_line(read, text, line, words):
    found = problem(read, text)
    assert found[0] == line
    assert words in found[1]


PROMOTERS = (
    "PM1\tthrLp\tforward\t148\tSigma70\tacgtAcc\nPM2\ttalBp\t{}\t{}\tSigma70\tacgt\nPM3\tx\treverse\t190\t\tacg\n"
)
NAMED = "1)pmId\t2)pmName\t3)strand\t4)posTSS\t5)sigmaF\t6)pmSequence\n"


@pytest.mark.parametrize(("head", "gap"), [("# (4) Genome map position\n", "0"), (NAMED, ""), ("#" + NAMED, "")])
def test_the_promoters_of_regulondb_are_sites(read, caplog, head, gap):
    text = "# RegulonDB\n" + head + PROMOTERS.format("forward" if gap else "", gap)
    assert read(text, ONE) == [(0, 147, 1, None), (0, 189, -1, None)]
    assert "1 row left out: without a position, in line 4" in caplog.messages[0]
    assert "the only contig of the genome" in caplog.messages[1]


@pytest.mark.parametrize(
    "text",
    [
        "Contig,Position,Strand,Score\nchr,301,+,5\n",
        '"Contig";"TSS Position (nt)";"Strand";"Score"\n"chr";301;"+";"5,0"\n;;;\n',
        '"Contig"\t"Position"\t"Strand"\t"Reads"\n"chr"\t"301"\t"+"\t"5"\n',
        '"","seqnames","start","end","width","strand","score"\n"1","chr",301,301,1,"+",5\n',
        "# sites, by hand\n#Chromosome,Genomic position,Direction,RRS,\nchr,301.0,forward,5,\n",
        'product\tReplicon\t5\' position\tstrand\tcount\n5" end, "x\tchr\t301\tF\t5\n',
        'Locus\tStart\tStrand\tChr\tscore\n"a ""b"", c"\t301\t1\tchr\t5\n',
    ],
    ids=["commas", "semicolons", "quoted", "GRanges", "comment", "inches", "start alone"],
)
def test_a_table_is_read_however_it_is_written(read, text):
    assert read(text) == [(0, 300, 1, 5)]
    assert read(text.encode("utf-16")) == [(0, 300, 1, 5)]
    assert read(b"\xef\xbb\xbf" + text.replace("\n", "\r").encode()) == [(0, 300, 1, 5)]


def test_a_table_without_contigs_lies_on_the_only_one(read, caplog):
    text = "TSS position,Strand,Sequence\n301,+,ACGATTACAGG\nNA,-,ACGATTACAGG\n"
    assert read(text, ONE) == [(0, 300, 1, None)]
    assert [words.partition(": ")[2][:40] for words in caplog.messages] == [
        "1 row left out: without a position, in l",
        "no contigs are named; all rows are read ",
    ]
    assert problem(read, text) == (2, "there is no column of contigs, and the genome has 2; add a column contig")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("contig,place,strand\nchr,1,+\n", 1, "no column position (it has 'contig', 'place', 'strand')"),
        ("contig,position,strand\nchr,1\n", 2, "2 cells, but the header names 3; separate cells by commas"),
        ("contig,position,strand\n1,chr,1,+\n", 2, "if R wrote it, leave out its row names"),
        ('contig,position,strand,note\nchr,1,+,"a\nb"\n', 2, 'a " is not closed in this line'),
        ("contig;position;strand\nchr;1,5E+06;+\n", 2, "a spreadsheet has rounded it"),
        ("contig,position,strand\n,1,+\n", 2, "the contig is empty"),
        ("contig position strand\nchr 1 +\n", 1, "not separated by tabs"),
        ("chr\tstart\tend\tstrand\nchr\t4\t9\t+\n", 1, "there are start and end, but no position"),
    ],
)
def test_a_malformed_table_is_refused_with_the_cause(read, text, line, words):
    found = problem(read, text)
    assert found[0] == line
    assert words in found[1]


@pytest.mark.parametrize("raw", [b"PK\x03\x04\x14\0\0\0", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"])
def test_a_workbook_is_refused_in_one_line(tmp_path, read, raw):
    assert problem(read, raw) == (None, "this is an Excel workbook or a zip archive; save it as tab-separated text")
    assert "Excel" in problem(sample_sheet.read, str(tmp_path / "t"))[1]


def test_a_table_comes_from_standard_input_as_well(read, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(MASTER.encode()))))
    assert site_files.read("-", ONE).sites.position.tolist() == [147, 189]


@pytest.mark.parametrize(
    "text",
    [
        "sample\tgenome\tgenes\tcircular\ns1\ta/g.fa\tg.gff\tp1, p2\n",
        '#Sample,Genome,Note,Circular,Genes\n\ns1,a/g.fa,"x, y","p1,p2",g.gff\n,,,,\n',
        '"SAMPLE";"Genome ";"genes";"circular"\n"s1";"a/g.fa";"g.gff";"p1,p2"\n',
    ],
    ids=["tabs", "commas", "semicolons"],
)
def test_a_sheet_is_read_however_it_is_written(tmp_path, text):
    for raw in (text.encode(), text.encode("utf-16"), gzip.compress(text.replace("\n", "\r\n").encode())):
        (tmp_path / "s").write_bytes(raw)
        (one,) = sample_sheet.read(str(tmp_path / "s"))
        assert (one.name, one.genome, one.genes) == ("s1", str(tmp_path / "a/g.fa"), str(tmp_path / "g.gff"))
        assert one.circular == ("p1", "p2")


def test_any_name_of_a_sample_gives_a_file_name(tmp_path, caplog):
    (tmp_path / "s").write_text("sample\tgenome\n1-Mar\tg.fa\ns 1, x#2|y:z\tg.fa\n=cmd\tg.fa\nS_1\tg.fa\ns_1\tg.fa\n")
    found = sample_sheet.read(str(tmp_path / "s"))
    assert [one.name for one in found] == ["1-Mar", "s 1, x#2|y:z", "=cmd", "S_1", "s_1"]
    assert [one.stem for one in found] == ["1-Mar", "s_1__x_2_y_z", "_cmd", "S_1", "s_1_2"]
    (said,) = caplog.messages
    assert said.endswith(":3: the files of sample 's 1, x#2|y:z' are named s_1__x_2_y_z, and 2 more")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name,genome\ns1,g.fa\n", 1, "no column sample; this line names 'name', 'genome', and must name the columns"),
        ("sample genome\ns1 g.fa\n", 1, "separated by tabs, commas or semicolons"),
        ("sample,Sample,genome\na,b,g.fa\n", 1, "column 'sample' is named twice"),
        ("sample,genome\na,b,g.fa\n", 2, "3 cells, but the header names 2; separate cells by commas"),
        ("sample,genome\n" + "a" * 300 + ",g.fa\n", 2, "the sample name has 300 letters"),
        ("sample,genome\nStatus,g.fa\n", 2, "cannot be a file name"),
    ],
)
def test_a_malformed_sheet_is_refused_with_the_cause(tmp_path, text, line, words):
    (tmp_path / "s").write_text(text)
    found = problem(sample_sheet.read, str(tmp_path / "s"))
    assert found[0] == line
    assert words in found[1]


def test_groups_of_motifs_may_stand_between_commas(tmp_path):
    (tmp_path / "g").write_text('Motif,"Group"\nm1,"CRP, FNR"\n')
    assert tsv.read_groups(str(tmp_path / "g")) == {"m1": "CRP, FNR"}


def test_a_quote_that_is_not_closed_is_a_letter_between_tabs():
    assert user_table.split_cells('"a\t5" b', "\t") == ['"a', '5" b']
    assert user_table.split_cells('"a,b', ",") is None


def test_unstranded_intervals_are_regions_of_the_plus_strand(regions, caplog):
    found = regions("chr\t4\t9\npX\t8\t30\n")
    one = found.regions
    assert not found.are_stranded
    assert (one.contig.tolist(), one.start.tolist(), one.end.tolist()) == ([0, 1], [4, 8], [9, 30])
    assert (one.strand.tolist(), one.head.tolist(), one.site.tolist()) == ([1, 1], ["regions"] * 2, [-1, -1])
    assert regions("chr\t4\t9\ta\t0\t-\n").are_stranded
    assert caplog.messages == []
    assert "'.'" in problem(regions, "chr\t4\t9\ta\t0\t-\nchr\t4\t9\ta\t0\t.\n")[1]
    assert "beyond 'pX'" in problem(regions, "pX\t4\t501\n")[1]


def test_long_peaks_are_cut_around_their_summits(regions, caplog):
    found = regions(NARROW + "chr\t500\t701\tlong\t1\t.\t1\t1\t1\t-1\n")
    assert found.regions.start.tolist() == [120, 20, 250, 500]
    assert found.regions.end.tolist() == [320, 60, 400, 701]
    assert [message.partition(": ")[2] for message in caplog.messages] == [
        "1 of 4 regions are longer than 200 nt; the 200 nt in the middle of each are searched",
        "2 of 4 peaks are longer than 200 nt; the 200 nt around the summit of each are searched",
    ]


def test_names_of_peaks_are_met_with_one_group(regions, caplog):
    text = "".join(f"chr\t{100 + 9 * i}\t{105 + 9 * i}\tpeak_{i}\t0\t+\n" for i in range(50))
    apart, together = regions(text).regions, regions(text, one_group=True).regions
    words = "50 of 50 groups have one region; give --one-group to search all 50 regions together"
    assert words in problem(region_files.find_single_groups, apart, "x", 40)[1]
    assert len(region_files.find_single_groups(apart, "x", 60)) == 50
    assert len(caplog.messages) == 1
    assert set(together.head) == {"regions"}
    assert region_files.find_single_groups(together, "x", 40) == set()
    two = apart.take(np.arange(50))
    two.head[:] = ["a", "b"] * 25
    assert region_files.find_single_groups(two, "x", 40) == set()


@pytest.mark.parametrize("kind", ["TSS", "tss", "transcription_start_site", "transcription-start-site", "+1"])
def test_a_start_is_one_in_any_spelling_of_its_type(read, kind):
    assert read(f"chr\tBioCyc\t{kind}\t310\t310\t.\t-\t.\tID=PM0-1\nchr\tx\tgene\t9\t99\t.\t+\t.\tID=g\n") == [
        (0, 309, -1, None)
    ]
