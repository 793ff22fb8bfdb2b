"""headmotif inspect: every kind of file is known by what is in it, whatever its name."""

import gzip
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from headmotif.commands.inspect import inspect
from headmotif.data import Contig, Genome, Label, Model, Score
from headmotif.errors import FormatError
from headmotif.formats.tables.tsv import MATCH_COLUMNS
from headmotif.formats.tensors import attention_tensor, genome_tensor, model_tensor

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
    "table (TSV)": "head\tscore\nL1H1\t0.5\n",
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
    (tmp_path / "anything.dat").write_bytes(gzip.compress(raw) if packed else raw)
    assert inspect_file(tmp_path / "anything.dat", capfdbinary)["file"] == kind


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
        (b"c\t1\t2\nc 1 2\n", ":2: not a BED line"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
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


def test_standard_input_is_read_too():
    code = "import sys; sys.argv = ['headmotif', 'inspect', '-']; from headmotif.commands.headmotif import main; main()"
    done = subprocess.run([sys.executable, "-c", code], input=TEXTS["GFF3"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("file: GFF3\nfeatures: 2\n")
