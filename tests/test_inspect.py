"""headmotif inspect: every kind of file is known by what is in it, whatever its name."""

import gzip
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from headmotif.commands.inspect import inspect
from headmotif.data import Contig, Contigs, Genome, Label, Model, Score
from headmotif.errors import FormatError
from headmotif.formats.inputs import genomes, models
from headmotif.formats.tables.tsv import MATCH_COLUMNS
from headmotif.formats.tensors import attention_tensor, genome_tensor, model_tensor
from headmotif.formats.tracks import bigwig
from in_process import call

GENBANK = """LOCUS       x                          8 bp    DNA     circular BCT 01-JAN-1980
ACCESSION   x
ORIGIN
        1 acgtacgt
//
"""

TEXTS = {
    "FASTA": ">one here\nACGTNN\nAC\n>two\nggcc\n",
    "GFF3": "##gff-version 3\none\t.\tCDS\t1\t6\t.\t+\t0\tID=a\none\t.\tgene\t1\t6\t.\t+\t.\tID=b\n",
    "GTF": 'one\t.\tCDS\t1\t6\t.\t+\t0\tgene_id "a"; transcript_id "b";\n',
    "sites (BED)": "track name=x\none\t4\t5\ta\t1.5\t+\none\t9\t10\tb\t2\t-\n",
    "intervals (BED)": "one\t4\t9\n",
    "planted elements (BED6+)": "planted\t4\t10\t-10\t0\t+\t16\nplanted\t40\t46\tdecoy\t0\t-\t.\n",
    "regions of heads (BED6+)": "one\t4\t10\tL1H2\t900\t+\t0.5\t-12\t16\t0.001\t0.01\n",
    "motifs (MEME 4)": "MEME version 4\n\nALPHABET= ACGT\n\nMOTIF x\nletter-probability matrix: alength= 4 w= 1 "
    "nsites= 7\n1 0 0 0\n",
    "motifs (JASPAR)": ">MA1 x\nA [ 1 2 ]\nC [ 3 0 ]\nG [ 0 0 ]\nT [ 0 2 ]\n",
    "motifs (Cluster-Buster)": ">x /name=y\n# WEIGHT 1\n1 2 3 4\n4 3 2 1\n",
    "motifs (HOMER)": ">AC\tx\t5.0\n0.7\t0.1\t0.1\t0.1\n0.1\t0.7\t0.1\t0.1\n",
    "motifs (TRANSFAC)": "ID x\nP0 A C G T\n01 1 2 3 4\nXX\n//\n",
    "sites (CSV)": "Position,Strand\n301,+\n",
    "sites (MACS)": "# d = 9\nchr\tstart\tend\tabs_summit\tfold_enrichment\nc\t1\t9\t5\t2\n",
    "table (TSV)": "head\tscore\nL1H1\t0.5\n",
    "sites (TSV)": "#chrom\tpos\tstrand\none\t4\t+\n",
    "sample sheet (TSV)": "sample\tgenome\n007\ta.fa\n",
    "profiles of heads (TSV)": "head\toffset\tweight_sites\tweight_background\nL1H1\t-3\t0.5\t0.25\n",
    "GenBank": GENBANK,
    "EMBL": "ID   X1; SV 1; circular; genomic DNA; STD; PRO; 8 BP.\nXX\nSQ   Sequence 8 BP;\n     acgtacgt    8\n//\n",
    "variants (VCF)": "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts1\ts2\n"
    "one\t3\t.\tA\tC,T\n",
    "track (wig)": "track type=wiggle_0\nfixedStep chrom=one start=2 step=3 span=2\n-0.5\n2\n",
    "track (bedGraph)": "track type=bedGraph\none\t4\t9\t-0.5\none\t9\t12\t2\n",
    "peaks (narrowPeak)": "one\t4\t90\tp\t100\t.\t5.5\t2.1\t1.0\t40\n",
    "the index of a FASTA (.fai)": "one\t8\t10\t6\t7\ntwo\t4\t24\t4\t5\n",
    "consensus sites (BED6+)": "#contig\tstart\tend\tname\tscore\tstrand\tsets\tsupport\tdistance\n"
    "one\t4\t5\ts\t500\t+\t1\ta\t0\n",
    "motif sites or control regions (BED6+)": "one\t4\t10\tL1H2@-12\t900\t+\t0.5\t-12\t16\t.\t.\n",
    "manifest of a run (JSON)": '{"files": {"heads": "h.tsv"}, "format": "headmotif manifest", "version": 1}\n',
    "JSON": '{"a": 1, "b": [2]}\n',
    "matches of motifs (TSV)": "\t".join(MATCH_COLUMNS) + "\n",
}


def inspect_file(file, capfdbinary) -> dict[str, str]:
    inspect(str(file))
    sys.stdout.flush()
    lines = capfdbinary.readouterr().out.decode().splitlines()
    return dict(line.split(": ", 1) for line in lines)


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("packed", [False, True])
def test_texts_are_recognised(kind, packed, tmp_path, capfdbinary):
    raw = TEXTS[kind].encode()
    for whole in (raw, raw.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + raw):
        (tmp_path / "anything.dat").write_bytes(gzip.compress(whole) if packed else whole)
        assert inspect_file(tmp_path / "anything.dat", capfdbinary)["file"] == kind


@pytest.mark.parametrize("kind", ["sites (CSV)", "sites (TSV)", "sample sheet (TSV)"])
def test_a_table_in_the_encoding_of_a_spreadsheet_is_recognised(kind, tmp_path, capfdbinary):
    """Excel's "Unicode text", which the readers of tables take."""
    for raw in (TEXTS[kind].encode("utf-16"), "\ufeff".encode("utf-16-be") + TEXTS[kind].encode("utf-16-be")):
        (tmp_path / "x").write_bytes(raw)
        assert inspect_file(tmp_path / "x", capfdbinary)["file"] == kind


HOLDS = {
    "EMBL": {"contig X1.1": "8 nt, circular", "GC": "50.0 %"},
    "variants (VCF)": {"variants": "1", "alternative alleles": "2", "contigs": "one", "samples": "s1, s2"},
    "track (bedGraph)": {"lines": "2", "positions with a value": "8", "values": "-0.5 to 2"},
    "peaks (narrowPeak)": {"lines": "1", "widths": "86 nt", "scores": "100"},
    "the index of a FASTA (.fai)": {"contigs": "2", "nucleotides": "12", "contig two": "4 nt"},
    "manifest of a run (JSON)": {"heads": "h.tsv"},
    "JSON": {"keys": "a, b"},
    "profiles of heads (TSV)": {"rows": "1", "column offset": "-3", "column weight_background": "0.25"},
    "sample sheet (TSV)": {"columns": "sample, genome"},
    "sites (BED)": {"strands": "1 on +, 1 on -", "widths": "1 nt", "scores": "1.5 to 2"},
}


@pytest.mark.parametrize("kind", HOLDS)
def test_what_a_text_holds(kind, tmp_path, capfdbinary):
    (tmp_path / "x").write_text(TEXTS[kind])
    assert HOLDS[kind].items() <= inspect_file(tmp_path / "x", capfdbinary).items()


def test_a_gff3_with_sequence_shows_both(tmp_path, capfdbinary):
    row = "one\t.\tregion\t1\t8\t.\t+\t.\tIs_circular=true\n"
    (tmp_path / "x").write_text(TEXTS["GFF3"] + row + "##FASTA\n>one\nACGTACGT\n")
    facts = inspect_file(tmp_path / "x", capfdbinary)
    assert (facts["file"], facts["features"], facts["contig one"]) == ("GFF3", "3", "8 nt, circular")


RUN = Path(__file__).parent / "frozen" / "run"
KINDS = {
    "c.gbk": "GenBank", "c.gff3": "GFF3", "r.bed": "regions of heads (BED6+)", "m.meme": "motifs (MEME 4)",
    "c.tsv": "calls (TSV)", "c.variants.tsv": "variants and their effects (TSV)",
    "c.genes.tsv": "genes and their starts (TSV)", "c.audit.tsv": "audit of sites (TSV)",
    "c.audit.json": "audit of a list of sites (JSON)",
    "a.tsv": "agreement of site sets (TSV)", "a.checks.tsv": "checks of site sets (TSV)",
    "cnn.tsv": "training history (TSV)", "h.tsv": "heads (TSV)",
    "h.pairs.tsv": "pairs of heads (TSV)", "h.profiles.tsv": "profiles of heads (TSV)",
    "h.strands.tsv": "correlation of the strands (TSV)", "m.tsv": "motifs of groups (TSV)",
    "places.tsv": "motifs of groups (TSV)", "s.tsv": "scores of predictions (TSV)",
    "s.curve.tsv": "curve of predictions (TSV)", "t.tsv": "matches of motifs (TSV)",
    "t.clusters.tsv": "clusters of motifs (TSV)", "dyads.transfac": "motifs (TRANSFAC)",
    "c.json": "metrics of calls (JSON)", "cnn.json": "metrics of training (JSON)", "browser/genome.2bit": "2bit",
    "browser/calls.plus.bw": "track (bigWig)", "browser/genome.fa.fai": "the index of a FASTA (.fai)",
    "browser/session.json": "session of igv.js (JSON)", "browser/hub.txt": "a hub of UCSC",
    "browser/README.txt": "notes on a browser folder", "multiqc/headmotif_heads_mqc.json": "section for MultiQC (JSON)",
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_what_the_commands_write_is_recognised(name, capfdbinary):
    assert inspect_file(RUN / name, capfdbinary)["file"] == KINDS[name]


def test_every_table_of_a_run_is_known_by_name():
    assert {path.name for path in RUN.glob("*.tsv")} <= set(KINDS)


def test_what_a_bigwig_and_a_twobit_hold(tmp_path, capfdbinary):
    contigs = Contigs([Contig("a", 6), Contig("b", 2)])
    values = np.array([0.5, np.nan, -1, 2, 0, 0, np.nan, np.nan], np.float32)
    bigwig.write(str(tmp_path / "x"), contigs, values)
    facts = inspect_file(tmp_path / "x", capfdbinary)
    assert (facts["contigs"], facts["contig a"], facts["contig b"]) == ("2", "6 nt", "2 nt")
    assert (facts["positions with a value"], facts["values"]) == ("5", "-1 to 2")
    facts = inspect_file(RUN / "browser" / "genome.2bit", capfdbinary)
    assert (facts["contig planted"], facts["GC"]) == ("40,000 nt", "48.4 %")


def test_what_a_report_holds(tmp_path, capfdbinary):
    page = "<!DOCTYPE html>\n<title>My\nrun</title><p>Made by head-report, headmotif 1.2.3.</p>"
    (tmp_path / "x").write_text(page)
    facts = inspect_file(tmp_path / "x", capfdbinary)
    assert facts == {"file": "a report of headmotif (HTML)", "title": "My run", "version of headmotif": "1.2.3"}


def test_what_a_fasta_holds(tmp_path, capfdbinary):
    (tmp_path / "x").write_text(TEXTS["FASTA"])
    facts = inspect_file(tmp_path / "x", capfdbinary)
    assert facts["contigs"] == "2"
    assert facts["nucleotides"] == "12"
    assert facts["contig one"] == "8 nt"
    assert facts["GC"] == "70.0 %"


def test_what_a_genome_tensor_holds(tmp_path, capfdbinary):
    label = np.zeros((1, 2, 8), np.uint8)
    label[0, 0, 3] = 1
    label[0, 1, 7] = 255
    base = np.array([0, 1, 2, 3, 4, 0, 0, 0], np.uint8)
    genome = Genome((Contig("c", 8, True),), base, ("tss",), label, np.array([[0, 0, 3]]), np.ones(1, np.float32))
    genome_tensor.write(str(tmp_path / "x"), genome)
    facts = inspect_file(tmp_path / "x", capfdbinary)
    assert facts["file"] == "genome tensor, version 1"
    assert facts["contig c"] == "8 nt, circular"
    assert facts["label tss"] == "1 sites (1 on +, 0 on -)"
    assert facts["label tss unknown"] == "1 positions"


def test_what_model_and_attention_hold(tmp_path, capfdbinary):
    score = Score(0.9123456789, float("nan"), 0.002, 100, 5)
    label = Label("tss", scores={"test": score})
    model = Model({"preset": "default", "layers": 1}, (label,), weights={"w": np.zeros((2, 3), np.float32)})
    model_tensor.write(str(tmp_path / "m"), model)
    facts = inspect_file(tmp_path / "m", capfdbinary)
    assert (facts["file"], facts["preset"], facts["weights"]) == ("model, version 1", "default", "6")
    assert facts["metrics test tss roc_auc"] == "0.912346"
    assert "metrics test tss average_precision" not in facts

    frame = attention_tensor.Frame((Contig("c", 90),), (2,), (1, 4), (3,), "feed", np.arange(-4, 1), 4)
    for top in (0, 2):
        frame = replace(frame, top=top)
        arrays = {name: np.zeros(shape, dtype) for name, (dtype, shape) in frame.shapes.items() if name != "offset"}
        arrays["kind"][:3] = 1, 1, 2
        arrays["strand"][:] = 1
        attention_tensor.write(str(tmp_path / "a"), frame, [arrays])
        facts = inspect_file(tmp_path / "a", capfdbinary)
        assert facts["queries"] == "4 (2 sites, 1 background, 1 shuffled sites)"
        assert facts["keys"] == "5, at offsets -4 to 0 from the site"
        assert facts.get("keys kept of each head") == ("the 2 of largest weight" if top else None)
        assert (facts["layers"], facts["heads of each"], facts["digest of the model"]) == ("2", "1, 4", "feed")


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"hello world\n", "no file that headmotif reads or writes"),
        (
            b"# Title\n\nWords.\n\n> A quote\n\nID of x\nMOTIF finding is here.\n",
            "no file that headmotif reads",
        ),
        (b"# Title\n\n> A quote\n\nWords.\n", "no file that headmotif reads or writes"),
        (b"c\t1\t2\nc 1 2\n", ":2: not a BED line"),
        (b"c\t1\t2\t0.5\nc\t2\t3\tx\n", ":2: not a bedGraph line"),
        (b"##fileformat=VCFv4.2\nc\t1\n", ":2: not a VCF line"),
        (b'{"a": 1,\n"b"}\n', ":2: this is not JSON"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", r"image \(PNG\)"),
        (b"%PDF-1.4\n", "PDF"),
        (b"PK\x03\x04" + b"\0" * 26 + b"xl/workbook.xml", "Excel sheet, which .*; save it as tab-separated text"),
        (b"PK\x03\x04" + b"\0" * 26 + b"archive/data.pkl", r"PyTorch file \(\.pt\)"),
        (b"PK\x03\x04" + b"\0" * 26 + b"genome.fa", "zip archive, which .*; unpack it"),
        (b"\x80\x04\x95\x10\0", "pickle"),
        (b"\x89HDF\r\n\x1a\n\0", "HDF5"),
        (gzip.compress(b"BAM\1\0\0", mtime=0), "BAM"),
        (b"CRAM\3\0", "CRAM"),
        (gzip.compress(b"BCF\2\2", mtime=0), "BCF, .*; convert it to VCF"),
        (b"@HD\tVN:1.6\n", "SAM"),
        (b"@r1\nACGT\n+\nIIII\n", "FASTQ .*; assemble them first"),
        (b'<?xml version="1.0"?>\n<svg xmlns="x">', r"image \(SVG\)"),
        (b'<?xml version="1.0"?>\n<MEME version="5">', "XML of MEME.*; give MEME's text output"),
        (b"<data>", "HTML or XML"),
        (b"H\tVN:Z:1.0\nS\t1\tACGT\n", "assembly graph"),
        (b"\0\1\2\3", "binary file"),
        (b"\x1f\x8b\x08\0\0", "truncated"),
    ],
)
def test_what_is_none_of_ours_is_said_in_a_line(raw, problem, tmp_path):
    (tmp_path / "x").write_bytes(raw)
    with pytest.raises(FormatError, match=problem) as caught:
        inspect(str(tmp_path / "x"))
    assert str(caught.value).startswith(str(tmp_path / "x"))


def test_a_cut_off_tensor_is_told_by_its_own_name(tmp_path):
    genome_tensor.write(str(tmp_path / "x"), Genome((Contig("c", 4),), np.zeros(4, np.uint8)))
    (tmp_path / "y").write_bytes(gzip.compress((tmp_path / "x").read_bytes()[:-3]))
    with pytest.raises(FormatError, match=r"^[^ ]*/y: .*truncated"):
        inspect(str(tmp_path / "y"))


@pytest.mark.parametrize("kind", ["GFF3", "FASTA", "track (bedGraph)", "motifs (MEME 4)", "heads"])
def test_standard_input_is_read_too(kind):
    raw = TEXTS[kind].encode() if kind in TEXTS else (RUN / "h.tsv").read_bytes()
    for given in (raw, gzip.compress(raw)):
        done = call("headmotif", "inspect", "-", input=given)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.startswith(f"file: {kind}".encode())


@pytest.mark.parametrize("name", ["attention.v2", "checkpoint.v1", "genome.v1", "model.v1"])
def test_tensors_are_read_from_standard_input_as_from_a_file(name):
    path = RUN.parent / f"{name}.safetensors"
    known = call("headmotif", "inspect", path).stdout
    assert known.startswith(b"file: " + name.partition(".")[0].encode())
    for given in (path.read_bytes(), gzip.compress(path.read_bytes())):
        assert call("headmotif", "inspect", "-", input=given).stdout == known


def test_built_in_models_and_genomes_are_known_by_name(capfdbinary):
    assert inspect_file("lambda", capfdbinary)["contig NC_001416.1"] == "48,502 nt"
    assert inspect_file("ecoli-tss", capfdbinary)["file"] == "model, version 2"  # with a screen
    assert "sigma54" in inspect_file("ecoli-tss", capfdbinary)["limits"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b">a\nACGT\n", "this seems to be FASTA; give a model here, .*; are genome and model in the wrong order"),
        (b"##gff-version 3\n", "this seems to be GFF3; give a model here, which train-annot writes, or big"),
        (b"\x80\x02}", "pickle"),
        (b"nothing\n", "this is no model; give a model here"),
        (b"", "empty"),
    ],
)
def test_another_file_in_place_of_a_model_is_named(raw, words, tmp_path):
    (tmp_path / "x").write_bytes(gzip.compress(raw))
    with pytest.raises(FormatError, match=words):
        models.open_model(str(tmp_path / "x"), {"big": Path("big")})


def test_a_model_in_place_of_a_genome_is_named():
    with pytest.raises(FormatError, match=r"this seems to be a headmotif model; .* in the wrong order"):
        genomes.read(str(RUN.parent / "model.v1.safetensors"))
