"""fasta2tensor as a user runs it, and the step that labels."""

import gzip
import hashlib
import os
import pty
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from headmotif.alphabet import decode, encode, reverse_complement
from headmotif.data import NO_LABEL, Contig, Genome, Sites
from headmotif.errors import FormatError, InputError
from headmotif.formats.features import bed
from headmotif.formats.inputs import genomes
from headmotif.formats.tensors import genome_tensor
from headmotif.steps.training.labels import count_sites_under, label, mask_labels, stretches

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
    done = run(
        "fasta2tensor", "genome.fa", "--sites", "tss.bed", "--sites", "mine=ann.gff3", "--circular", "one", "-o", "g.st"
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.decode().splitlines() == [
        "one: 8 nt, circular; tss 0 on +, 1 on -; mine 0 on +, 0 on -",
        "two: 8 nt, circular; tss 1 on +, 1 on -; mine 0 on +, 1 on -",
        "tss (BED): 4 rows, 3 sites, 1 duplicates dropped",
        "mine (GFF3): 1 rows, 1 sites, 0 duplicates dropped",
        "wrote g.st: genome tensor, 16 nt, 2 label sets",
        "next: train-annot g.st -o model.safetensors",
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
    (folder / "packed").write_bytes(
        gzip.compress(FASTA.replace("\n", "\r\n").lower().replace(">one first", ">one").encode())
    )
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


MASK = "#first\ntwo\t0\t2\r\none\t3\t6\tx\t0\t-\ntwo\t7\t8\ty\t0\t.\tmore\tmore\n"


def test_masked_stretches_have_no_label_in_any_set(folder, run):
    (folder / "mask.bed").write_text(MASK)
    (folder / "more.bed").write_text("one\t0\t4\tx\t0\t+\n")
    labelled = ["genome.fa", "--sites", "tss.bed", "--sites", "mine=ann.gff3"]
    run("fasta2tensor", *labelled, "-o", "plain.st")
    done = run("fasta2tensor", *labelled, "--mask", "mask.bed", "--mask", "more.bed", "-o", "g.st")
    assert done.returncode == 0
    assert done.stderr.decode().splitlines()[4:-2] == [
        "masked by mask.bed: 3 nt on +, 6 nt on - (28.12 %); sites under it: tss 3, mine 0",
        "masked by more.bed: 4 nt on +, 0 nt on - (12.50 %); sites under it: tss 0, mine 0",
        "masked by all of these: 7 nt on +, 6 nt on - (40.62 %); sites under it: tss 3, mine 0",
    ]
    plain, genome = read("plain.st"), read("g.st")
    expected = plain.label.copy()
    expected[:, :, [8, 9, 15]] = expected[:, 1, 3:6] = expected[:, 0, :4] = NO_LABEL
    assert genome.label.tolist() == expected.tolist()
    for name in ("base", "site", "strength"):
        assert getattr(genome, name).tobytes() == getattr(plain, name).tobytes()


def test_any_way_to_a_mask_gives_the_same_bytes(folder, run):
    (folder / "mask.bed").write_text(MASK)
    (folder / "packed").write_bytes(gzip.compress(MASK.encode()))
    (folder / "empty.bed").write_text("")
    run("fasta2tensor", "genome.fa", "--sites", "tss.bed", "-o", "plain.st")
    ways = [["genome.fa", "--sites", "tss.bed", "--mask", path] for path in ("mask.bed", "packed", "-")]
    ways += [["plain.st", "--mask", "mask.bed", "--mask", "mask.bed", "--mask", "empty.bed"]]
    made = [run("fasta2tensor", *way, input=MASK) for way in ways]
    assert [one.returncode for one in made] == [0] * 4
    assert len({one.stdout for one in made}) == 1
    assert "masked by standard input: 3 nt" in made[2].stderr.decode()
    assert run("fasta2tensor", "plain.st", "--mask", "empty.bed").stdout == (folder / "plain.st").read_bytes()


def test_repeats_are_masked_on_both_strands(folder, run):
    unique = decode(np.random.default_rng(3).integers(0, 4, 200, np.uint8))
    (folder / "repeats.fa").write_text(
        f">one\n{unique}\n>two\n{decode(reverse_complement(encode(unique[-10:] + unique[:10])))}\n"
    )
    (folder / "repeats.bed").write_text("one\t195\t196\ta\t1\t-\none\t50\t51\tb\t1\t+\ntwo\t19\t20\tc\t1\t+\n")
    (folder / "circle.gff3").write_text("##gff-version 3\none\t.\tregion\t1\t200\t.\t+\t.\tIs_circular=true\n")
    command = ["fasta2tensor", "repeats.fa", "--sites", "tss=repeats.bed", "--mask-repeats", "16"]
    done = run(*command, "--annotation", "circle.gff3", "-o", "g.st")
    assert done.stderr.decode().splitlines()[3:-2] == [
        "masked by repeats of 16 nt: 40 nt on +, 40 nt on - (18.18 %); sites under it: tss 2"
    ]
    hidden = (read("g.st").label == NO_LABEL)[0]
    assert [np.flatnonzero(row).tolist() for row in hidden] == [[*range(10), *range(190, 220)]] * 2
    done = run(*command, "-o", "g.st")
    assert "repeats of 16 nt: 0 nt on +, 0 nt on - (0.00 %); sites under it: tss 0" in done.stderr.decode()
    assert not (read("g.st").label == NO_LABEL).any()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("three\t0\t4\n", "mask.bed:1: contig 'three' is not in the genome, which has 'one', 'two'; use"),
        (
            "one\t0\t9\n",
            "mask.bed:1: the end (9) lies beyond 'one', which has 8 nt; use intervals for this version of the genome\n",
        ),
        (
            "two\t7\t10\n",
            "which has 8 nt; use intervals for this version of the genome; "
            "write an interval over the origin of a circular contig as two lines",
        ),
        ("track x\n\none\t4\t4\n", "mask.bed:3: the end (4) is not after the start (4); BED is 0-based, half-open"),
        ("one\t5\t4\n", "mask.bed:1: the end (4) is not after the start (5)"),
        ("one\t-1\t4\n", "mask.bed:1: start and end must be whole numbers from 0, not '-1' and '4'"),
        ("one\t1\tfour\n", "mask.bed:1: start and end must be whole numbers from 0, not '1' and 'four'"),
        ("one\t1\t4\ta\t0\t*\n", "mask.bed:1: the strand (column 6) is '*'; it must be +, - or . for both"),
        (
            "one 1 4\n",
            "mask.bed:1: columns are separated by spaces; BED is needed: contig, start, end, separated by tabs",
        ),
        ("one\t1\n", "mask.bed:1: 2 columns; BED is needed: contig, start, end, separated by tabs"),
        ("\0", "mask.bed: this is a binary file, but a text file is needed here"),
    ],
)
def test_what_is_wrong_with_a_mask_is_said_in_a_line(folder, text, words):
    (folder / "mask.bed").write_text(text)
    with pytest.raises(FormatError) as caught:
        bed.read_intervals("mask.bed", [Contig("one", 8), Contig("two", 8, circular=True)])
    assert f"{caught.value}\n".startswith("mask.bed:")
    assert words in f"{caught.value}\n"
    assert "\n" not in str(caught.value)


def test_circles_from_an_annotation(folder, run):
    done = run("fasta2tensor", "genome.fa", "--annotation", "ann.gff3", "-o", "g.st")
    assert done.returncode == 0
    assert [c.circular for c in read("g.st").contigs] == [False, True]
    assert "no label: the tensor holds only the sequence" in done.stderr.decode()


def test_no_sites_is_a_genome_without_labels(folder, run):
    run("fasta2tensor", "genome.fa", "-o", "g.st")
    genome = genomes.read("g.st")
    assert genome.labels == ()
    assert genome.contigs == genomes.read("genome.fa").contigs


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["genome.fa", "--sites", "absent.bed"], 1, "absent.bed: there is no such file"),
        (["absent.fa"], 1, "absent.fa: there is no such file"),
        (["."], 1, ".: this is a folder; give a file"),
        (["tss.bed"], 1, "tss.bed: this seems to be BED; give the sequence here, and this file as --sites"),
        (["genome.fa", "--sites", "genome.fa"], 1, "genome.fa:1: this is FASTA"),
        (
            ["genome.fa", "--sites", "ann.gff3", "--feature", "CDS"],
            1,
            "ann.gff3: no feature of type 'CDS'; this file has TSS (1), region (1)",
        ),
        (["genome.fa", "--circular", "three"], 1, "--circular three: there is no such contig; the genome has one, two"),
        (["genome.fa", "--sites", "tss.bed", "--sites", "tss=ann.gff3"], 1, "there is already a set named 'tss'"),
        (["genome.fa", "--sites", "=tss.bed"], 1, "give it as FILE or NAME=FILE"),
        (["genome.fa", "--mask", "tss.bed"], 1, "a mask hides labels, and this genome has none; give --sites FILE too"),
        (
            ["genome.fa", "--sites", "tss.bed", "--mask", "ann.gff3"],
            1,
            "ann.gff3:2: start and end must be whole numbers from 0",
        ),
        (["genome.fa", "--sites", "tss.bed", "--mask-repeats", "15"], 2, "--mask-repeats"),
        (["genome.fa", "--sites", "tss.bed", "--mask-repeats", "-1"], 2, "--mask-repeats"),
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
    done = subprocess.run([script, "genome.fa"], stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 1
    assert (
        done.stderr.decode()
        == "fasta2tensor: the result is binary and standard output is a terminal; give -o FILE or use a pipe\n"
    )


def test_closed_pipe_is_silent(folder):
    script = Path(sys.executable).with_name("fasta2tensor")
    (folder / "long.fa").write_text(">a\n" + "ACGT" * 300_000)
    with subprocess.Popen([script, "long.fa", "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_names_of_any_kind(folder, process):
    odd = folder / "a b'\n=.bed"
    odd.write_text(BED)
    assert process("fasta2tensor", "genome.fa", "--sites", odd.name, "-o", "g.st").returncode == 1
    assert (
        process("fasta2tensor", "genome.fa", "--sites", f"x={odd.name}", "-o", "g.st", LANG="C", LC_ALL="C").returncode
        == 0
    )
    (folder / "é=ü.bed").write_text(BED)
    assert process("fasta2tensor", "genome.fa", "--sites", "é=ü.bed", "-o", "g.st", LC_ALL="C.UTF-8").returncode == 0
    assert read("g.st").labels == ("é=ü",)


def test_a_read_only_folder_and_no_home_are_enough(folder, process):
    (folder / "in").mkdir()
    os.rename("genome.fa", "in/genome.fa")
    os.chmod("in", 0o555)
    done = process("fasta2tensor", "in/genome.fa", "-o", "g.st", HOME="/nonexistent")
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
    """A limit on the size of files stands for a full temporary folder: it hits the folder, the spooled FASTA, or its
    index."""
    (folder / "long.fa").write_text("".join(f">a{i}\nA\n" for i in range(200)))
    script = Path(sys.executable).with_name("fasta2tensor")
    done = subprocess.run(["bash", "-c", f'ulimit -f {blocks}; exec "$0" long.fa --quiet', script], capture_output=True)
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
    assert len(text) == 24
    assert text[20] == "2,980 further contigs: 23,840 nt; many 2,980 sites"
    sites = read("g.st").sites(0)
    assert sites.contig.tolist() == list(range(3000))
    assert set(sites.position.tolist()) == {3}


def test_label_keeps_the_sites_it_was_given():
    genome = Genome((Contig("a", 5), Contig("b", 4)), encode("ACGTNACGT"))
    sites = Sites(
        np.array([1, 0, 0], np.int32),
        np.array([3, 4, 0]),
        np.array([1, -1, 1], np.int8),
        np.array([2, 3, 4], np.float32),
    )
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


def test_masks_hide_and_count_by_strand():
    genome = Genome((Contig("a", 5), Contig("b", 4)), encode("ACGTNACGT"))
    sites = Sites(
        np.array([1, 0, 0], np.int32),
        np.array([3, 4, 0]),
        np.array([1, -1, 1], np.int8),
        np.array([2, 3, 4], np.float32),
    )
    genome = label(genome, {"x": sites, "y": sites.take(np.array([0]))})
    hidden = stretches(genome, [(1, 2, 4, 1), (0, 4, 5, -1), (0, 1, 2, 0)])
    assert hidden.astype(int).tolist() == [[0, 1, 0, 0, 0, 0, 0, 1, 1], [0, 1, 0, 0, 1, 0, 0, 0, 0]]
    assert count_sites_under(genome, hidden) == [2, 1]
    assert count_sites_under(genome, ~hidden) == [1, 0]
    once = mask_labels(genome, hidden)
    assert (once.label[:, hidden] == NO_LABEL).all()
    assert (once.label[:, ~hidden] == genome.label[:, ~hidden]).all()
    assert genome.label[0, 0, 8] == 1
    assert once.site is genome.site


@pytest.mark.data
def test_e_coli_gives_the_same_bytes_each_time(data_folder, run, tmp_path):
    genome, table = data_folder / "ecoli" / "genome.fa.gz", data_folder / "ecoli" / "tss.cappable.bed"
    digests = set()
    for name in ("a.st", "b.st", "c.st"):
        done = run("fasta2tensor", genome, "--sites", f"tss={table}", "--circular", "all", "-o", tmp_path / name)
        assert done.returncode == 0
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1
    said = done.stderr.decode().splitlines()[:-2]
    assert said[:-1] == [
        "NC_000913.3: 4,641,652 nt, circular; tss 8,134 on +, 8,225 on -",
        "tss (BED): 16,359 rows, 16,359 sites, 0 duplicates dropped",
    ]
    assert said[-1].startswith("check of tss: a -10 element in 23.7 % of the sites")
    assert int((read(tmp_path / "a.st").label == 1).sum()) == 16359
    done = run("fasta2tensor", tmp_path / "a.st", "--mask-repeats", 75, "-o", tmp_path / "masked.st")
    words = "masked by repeats of 75 nt: 117,023 nt on +, 117,023 nt on - (2.52 %); sites under it: tss 321"
    assert done.stderr.decode().splitlines()[:-2] == [
        "NC_000913.3: 4,641,652 nt, circular; tss 8,134 on +, 8,225 on -",
        words,
    ]
