"""fasta2tensor as a user runs it, and the step that labels."""

import gzip
import hashlib
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from headmotif.alphabet import encode
from headmotif.data import NO_LABEL, Contig, Genome, Sites
from headmotif.errors import InputError
from headmotif.formats import genome as genome_file
from headmotif.formats import genome_tensor
from headmotif.steps.label import label

FASTA = ">one first\nACGTNACG\n>two\nGGCC\nTTAA\n"
BED = "two\t0\t1\ta\t2.5\t+\none\t4\t5\tb\t.\t-\ntwo\t7\t8\tc\t9\t-\ntwo\t0\t1\td\t3\t+\n"
GFF3 = "##gff-version 3\ntwo\t.\tregion\t1\t8\t.\t+\t.\tID=r;Is_circular=true\ntwo\t.\tTSS\t3\t3\t5\t-\t.\tID=t\n"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    for name, text in (("genome.fa", FASTA), ("tss.bed", BED), ("ann.gff3", GFF3)):
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(path) -> Genome:
    return genome_tensor.read(Path(path).read_bytes(), str(path))


def test_sequence_and_sites_become_a_tensor(folder, run):
    done = run("fasta2tensor", "genome.fa", "--sites", "tss.bed", "--sites", "mine=ann.gff3", "--circular", "one", "-o", "g.st")
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.decode().splitlines() == [
        "one: 8 nt, circular; tss 0 on +, 1 on -; mine 0 on +, 0 on -",
        "two: 8 nt, circular; tss 1 on +, 1 on -; mine 0 on +, 1 on -",
        "tss (BED): 4 rows, 3 sites, 1 duplicates dropped",
        "mine (GFF3): 1 rows, 1 sites, 0 duplicates dropped",
    ]
    genome = read("g.st")
    assert genome.labels == ("tss", "mine")
    assert [(c.name, c.length, c.circular) for c in genome.contigs] == [("one", 8, True), ("two", 8, True)]
    assert genome.base.tobytes() == encode("ACGTNACGGGCCTTAA").tobytes()
    assert genome.site.tolist() == [[0, 0, 8], [0, 1, 4], [0, 1, 15], [1, 1, 10]]
    np.testing.assert_array_equal(genome.strength, np.array([3, np.nan, 9, 5], np.float32))
    expected = np.zeros((2, 2, 16), np.uint8)
    expected[0, 0, 8] = expected[0, 1, 15] = expected[1, 1, 10] = 1
    expected[:, :, 4] = NO_LABEL  # the N, though a site was listed there
    assert genome.label.tobytes() == expected.tobytes()


def test_any_way_in_gives_the_same_bytes(folder, run):
    (folder / "packed").write_bytes(gzip.compress(FASTA.replace("\n", "\r\n").lower().replace(">one first", ">one").encode()))
    plain = run("fasta2tensor", "genome.fa", "--sites", "tss.bed", "--circular", "all", "-o", "a.st")
    piped = run("fasta2tensor", "-", "--sites", "tss.bed", "--circular", "all", input=FASTA)
    packed = run("fasta2tensor", "packed", "--sites", "tss=-", "--circular", "all", "--quiet", input=BED)
    assert plain.returncode == piped.returncode == packed.returncode == 0
    assert packed.stderr == b""
    assert (folder / "a.st").read_bytes() == piped.stdout == packed.stdout
    again = run("fasta2tensor", "a.st", "--quiet")
    assert again.stdout == piped.stdout
    assert sorted(os.listdir(folder)) == ["a.st", "ann.gff3", "genome.fa", "packed", "tss.bed"]


def test_label_sets_are_added_to_a_tensor(folder, run):
    run("fasta2tensor", "genome.fa", "--sites", "tss.bed", "-o", "a.st")
    done = run("fasta2tensor", "a.st", "--sites", "more=ann.gff3", "-o", "b.st")
    assert done.returncode == 0
    assert read("b.st").labels == ("tss", "more")
    assert len(read("b.st").sites(0)) == 3
    done = run("fasta2tensor", "a.st", "--sites", "tss.bed", "-o", "b.st")
    assert done.returncode == 1
    assert b"has a label set 'tss' already" in done.stderr


def test_circles_from_an_annotation(folder, run):
    done = run("fasta2tensor", "genome.fa", "--annotation", "ann.gff3", "-o", "g.st")
    assert done.returncode == 0
    assert [c.circular for c in read("g.st").contigs] == [False, True]
    assert "no label set" in done.stderr.decode()


def test_no_sites_is_a_genome_without_labels(folder, run):
    run("fasta2tensor", "genome.fa", "-o", "g.st")
    genome = genome_file.read("g.st")
    assert genome.labels == ()
    assert genome.contigs == genome_file.read("genome.fa").contigs


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["genome.fa", "--sites", "absent.bed"], 1, "absent.bed: there is no such file"),
        (["absent.fa"], 1, "absent.fa: there is no such file"),
        (["."], 1, ".: this is a folder; give a file"),
        (["tss.bed"], 1, "tss.bed:1: text before the first '>'"),
        (["genome.fa", "--sites", "genome.fa"], 1, "genome.fa:1: this is FASTA"),
        (["genome.fa", "--sites", "ann.gff3", "--feature", "CDS"], 1, "ann.gff3: no feature of type 'CDS'; it has TSS (1), region (1)"),
        (["genome.fa", "--circular", "three"], 1, "--circular three: there is no such contig; the genome has one, two"),
        (["genome.fa", "--sites", "tss.bed", "--sites", "tss=ann.gff3"], 1, "a label set named 'tss' is there already"),
        (["genome.fa", "--sites", "=tss.bed"], 1, "give it as FILE or NAME=FILE"),
        (["-", "--sites", "-"], 1, "standard input can be only one of GENOME"),
        (["genome.fa", "-o", "absent/g.st"], 1, "the folder absent does not exist"),
        (["genome.fa", "--sites"], 2, "--sites"),
        ([], 2, "GENOME"),
        (["genome.fa", "--site", "tss.bed"], 2, "--site"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(folder, run, arguments, status, words):
    before = sorted(os.listdir(folder))
    done = run("fasta2tensor", *arguments)
    text = done.stderr.decode()
    assert done.returncode == status
    assert done.stdout == b""
    assert words in text
    assert "Traceback" not in text
    if status == 1:
        assert text.startswith("fasta2tensor: ")
        assert text.count("\n") == 1
    assert sorted(os.listdir(folder)) == before


def test_a_failed_run_leaves_the_older_result(folder, run):
    run("fasta2tensor", "genome.fa", "-o", "g.st")
    before = (folder / "g.st").read_bytes()
    (folder / "bad.bed").write_text(BED + "two\t8\t9\te\t0\t+\n")
    done = run("fasta2tensor", "genome.fa", "--sites", "bad.bed", "-o", "g.st")
    assert done.returncode == 1
    assert "bad.bed:5: position 9 (counted from 1) lies outside 'two', which has 8 nt" in done.stderr.decode()
    assert (folder / "g.st").read_bytes() == before


def test_binary_is_not_written_to_a_terminal(folder):
    ours, theirs = pty.openpty()
    script = Path(sys.executable).with_name("fasta2tensor")
    done = subprocess.run([script, "genome.fa"], stdout=theirs, stderr=subprocess.PIPE, timeout=30)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 1
    assert done.stderr.decode() == "fasta2tensor: the result is binary and standard output is a terminal; give -o FILE or a pipe\n"


def test_closed_pipe_is_silent(folder):
    script = Path(sys.executable).with_name("fasta2tensor")
    (folder / "long.fa").write_text(">a\n" + "ACGT" * 300_000)
    with subprocess.Popen([script, "long.fa", "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 141


def test_names_of_any_kind(folder, run):
    odd = folder / "a b'\n=.bed"
    odd.write_text(BED)
    assert run("fasta2tensor", "genome.fa", "--sites", odd.name, "-o", "g.st").returncode == 1
    assert run("fasta2tensor", "genome.fa", "--sites", f"x={odd.name}", "-o", "g.st", LANG="C", LC_ALL="C").returncode == 0
    (folder / "é=ü.bed").write_text(BED)
    assert run("fasta2tensor", "genome.fa", "--sites", "é=ü.bed", "-o", "g.st", LC_ALL="C.UTF-8").returncode == 0
    assert read("g.st").labels == ("é=ü",)


def test_a_read_only_folder_and_no_home_are_enough(folder, run):
    (folder / "in").mkdir()
    os.rename("genome.fa", "in/genome.fa")
    os.chmod("in", 0o555)
    done = run("fasta2tensor", "in/genome.fa", "-o", "g.st", HOME="/nonexistent")
    os.chmod("in", 0o755)
    assert done.returncode == 0
    assert os.listdir("in") == ["genome.fa"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
def test_a_full_disk_is_told_in_a_line(folder, run):
    done = run("fasta2tensor", "genome.fa", "--quiet", "-o", "/dev/full")
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [done.stderr.decode().strip()]
    assert "no space left on device" in done.stderr.decode()


@pytest.mark.parametrize("blocks", [0, 1, 2])
def test_no_room_for_temporary_files_is_told_in_a_line(folder, blocks):
    """A limit on the size of files stands for a full temporary folder: it hits the folder, the spooled FASTA, or its index."""
    (folder / "long.fa").write_text("".join(f">a{i}\nA\n" for i in range(200)))
    script = Path(sys.executable).with_name("fasta2tensor")
    done = subprocess.run(["bash", "-c", f'ulimit -f {blocks}; exec "$0" long.fa --quiet', script], capture_output=True, timeout=30)
    text = done.stderr.decode()
    assert (done.returncode, done.stdout, text.count("\n")) == (1, b"", 1)
    assert "TMPDIR" in text
    assert sorted(os.listdir(folder)) == ["ann.gff3", "genome.fa", "long.fa", "tss.bed"]


def test_many_contigs_are_told_in_few_lines(folder, run):
    (folder / "many.fa").write_text("".join(f">c{i}\nACGTACGT\n" for i in range(3000)))
    (folder / "many.bed").write_text("".join(f"c{i}\t3\t4\tx\t.\t+\n" for i in range(3000)))
    done = run("fasta2tensor", "many.fa", "--sites", "many.bed", "-o", "g.st")
    assert done.returncode == 0
    text = done.stderr.decode().splitlines()
    assert len(text) == 22
    assert text[20] == "2,980 further contigs: 23,840 nt; many 2,980 sites"
    sites = read("g.st").sites(0)
    assert sites.contig.tolist() == list(range(3000))
    assert set(sites.position.tolist()) == {3}


def test_label_keeps_the_sites_it_was_given():
    genome = Genome((Contig("a", 5), Contig("b", 4)), encode("ACGTNACGT"))
    sites = Sites(np.array([1, 0, 0], np.int32), np.array([3, 4, 0]), np.array([1, -1, 1], np.int8), np.array([2, 3, 4], np.float32))
    labelled = label(genome, {"x": sites, "y": sites.take(np.zeros(0, int))})
    assert labelled.label.shape == (2, 2, 9)
    assert labelled.label[0, 0].tolist() == [1, 0, 0, 0, NO_LABEL, 0, 0, 0, 1]
    assert labelled.label[0, 1].tolist() == [0, 0, 0, 0, NO_LABEL, 0, 0, 0, 0]
    assert (labelled.label[1, :, 4] == NO_LABEL).all()
    back = labelled.sites(0)
    order = [2, 0, 1]
    for name in ("contig", "position", "strand", "strength"):
        assert getattr(back, name).tolist() == getattr(sites, name)[order].tolist()
    with pytest.raises(InputError, match="'x' already"):
        label(labelled, {"x": sites})


@pytest.mark.data
def test_e_coli_in_three_seconds(data_folder, run, tmp_path):
    genome, table = data_folder / "ecoli" / "genome.fa.gz", data_folder / "ecoli" / "tss.cappable.bed"
    digests, seconds = set(), []
    for name in ("a.st", "b.st", "c.st"):
        began = time.perf_counter()
        done = run("fasta2tensor", genome, "--sites", f"tss={table}", "--circular", "all", "-o", tmp_path / name)
        seconds.append(time.perf_counter() - began)
        assert done.returncode == 0
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1
    assert done.stderr.decode().splitlines() == [
        "NC_000913.3: 4,641,652 nt, circular; tss 8,134 on +, 8,225 on -",
        "tss (BED): 16,359 rows, 16,359 sites, 0 duplicates dropped",
    ]
    assert int((read(tmp_path / "a.st").label == 1).sum()) == 16359
    assert min(seconds) < 3
