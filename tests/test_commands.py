"""What every command does with bad usage, bad data, full disks and closed pipes."""

import os
import re
import resource
import struct
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pysam
import pytest

from headmotif import builtin
from headmotif.formats.features import bed_regions, gff3
from headmotif.formats.inputs import genomes, motif_files
from headmotif.formats.tables import tsv
from headmotif.formats.tensors import attention_tensor, container, model_tensor
from in_process import call

BIN = Path(sys.executable).parent
TINY = Path(__file__).resolve().parent.parent / "galaxy" / "test-data" / "tiny.safetensors"
NO_CACHE = {"PYTHONDONTWRITEBYTECODE": "1"}
COMMANDS = (
    "fasta2tensor",
    "train-annot",
    "dump-attention",
    "attn2bed",
    "bed2pwm",
    "pwm-compare",
    "audit-annot",
    "score-annot",
    "score-variants",
    "annot-compare",
    "score-heads",
)
"""Those that cannot do without an argument; predict-annot takes a genome or a sheet of them."""


@pytest.fixture(scope="module")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A planted genome, its tensor, a hardly trained model and a few queries' attention."""
    folder = tmp_path_factory.mktemp("made")
    steps = [
        [
            "headmotif",
            "simulate",
            "-o",
            "genome.fa",
            "--sites-out",
            "sites.bed",
            "--length",
            "40000",
            "--promoters",
            "60",
            "--quiet",
        ],
        ["fasta2tensor", "genome.fa", "--sites", "sites.bed", "-o", "genome.st", "--quiet"],
        ["train-annot", "genome.st", "--max-steps", "2", "-o", "model.st", "--threads", "1", "--quiet"],
        [
            "train-annot",
            "genome.st",
            "--max-steps",
            "2",
            "--preset",
            "cnn",
            "-o",
            "cnn.st",
            "--threads",
            "1",
            "--quiet",
        ],
        [
            "dump-attention",
            "model.st",
            "genome.st",
            "--background",
            "60",
            "-o",
            "attention.st",
            "--threads",
            "1",
            "--quiet",
        ],
        ["attn2bed", "attention.st", "--max-q", "1", "--max-p", "1", "-o", "regions.bed", "--quiet"],
        [
            "dump-attention",
            "model.st",
            "genome.st",
            "--max-sites",
            "5",
            "--top-k",
            "4",
            "-o",
            "top.st",
            "--threads",
            "1",
            "--quiet",
        ],
    ]
    for name, *words in steps:
        done = run(folder, name, *words)
        assert done.returncode == 0, done.stderr
    (folder / "page.fa").write_text("<!DOCTYPE html>\n<html><body>404</body></html>\n")
    (folder / "empty").write_bytes(b"")
    (folder / "spaces.bed").write_text("planted 10 11 a 0 +\n")
    (folder / "beyond.bed").write_text("planted\t10\t11\ta\t0\t+\nplanted\t40000\t40001\tb\t0\t+\n")
    (folder / "other.gff3").write_text("##gff-version 3\nchr1\tx\tTSS\t10\t10\t.\t+\t.\tID=a\n")
    (folder / "cut.st").write_bytes((folder / "model.st").read_bytes()[:5000])
    (folder / "cut_attention.st").write_bytes((folder / "attention.st").read_bytes()[:-9])
    assert run(folder, "fasta2tensor", "genome.fa", "-o", "plain.st", "--quiet").returncode == 0
    protein = (
        "MEME version 4\n\nALPHABET= ACDEFGHIKLMNPQRSTVWY\n\nMOTIF p\nletter-probability matrix: alength= 20 w= 1\n"
    )
    (folder / "protein.meme").write_text(protein)
    (folder / "elsewhere.bed").write_text("chr9\t10\t20\tL1H1\t0\t+\n")
    (folder / "past.bed").write_text("planted\t39990\t40010\tL1H1\t0\t+\n")
    return folder


def run(folder: Path, name: str, *words: str) -> subprocess.CompletedProcess:
    done = call(name, *words, cwd=folder)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def process(folder: Path, name: str, *words: str, **more: object) -> subprocess.CompletedProcess:
    return subprocess.run([BIN / name, *words], cwd=folder, capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload]


BAD = [
    ("fasta2tensor page.fa", "page.fa", "HTML"),
    ("fasta2tensor empty", "empty", "empty"),
    ("fasta2tensor nowhere.fa", "nowhere.fa", "no such file"),
    ("fasta2tensor genome.fa --sites spaces.bed", "spaces.bed:1", "tab"),
    ("fasta2tensor genome.fa --sites beyond.bed", "beyond.bed:2", "40,001"),
    ("fasta2tensor genome.fa --sites other.gff3 --feature TSS", "other.gff3:2", "chr1"),
    ("fasta2tensor genome.fa --circular chr2", "chr2", "planted"),
    ("train-annot plain.st", "", "--sites"),
    ("train-annot genome.fa", "", "--sites"),
    ("train-annot model.st", "model.st", "genome"),
    ("train-annot genome.st --preset paperr", "paperr", "default, wide, paper, cnn"),
    ("train-annot genome.st genome.st", "planted", "the same sequence"),
    ("train-annot genome.st --init genome.st", "genome.st", "give a headmotif model file"),
    ("train-annot genome.st --test planted:1-99", "", "--validation"),
    ("train-annot genome.st --validation planted:5-40001", "planted:5-40001", "1-40000"),
    ("train-annot genome.st --validation chr1:1-10", "chr1:1-10", "planted"),
    ("train-annot genome.st --validation planted:1-20000 --test planted:20000-30000", "", "overlap"),
    ("train-annot genome.st --resume", "", "--checkpoint"),
    ("train-annot genome.st --device tpu", "tpu", "auto"),
    ("train-annot genome.st --precision float8", "float8", "float32"),
    ("dump-attention cut.st genome.fa --sites sites.bed", "cut.st", "truncated"),
    ("dump-attention cnn.st genome.fa --sites sites.bed", "cnn.st", "no attention heads"),
    ("dump-attention genome.st genome.fa --sites sites.bed", "genome.st", "give a headmotif model file"),
    ("dump-attention model.st genome.fa", "", "--sites"),
    ("dump-attention model.st genome.st --called --random 5", "", "one of them"),
    ("dump-attention model.st genome.st --layers 1,x", "", "--layers 1,x"),
    ("dump-attention model.st genome.st --heads 9", "", "heads 1 to 8"),
    ("dump-attention model.st genome.st --top-k 500", "", "193 keys"),
    ("attn2bed top.st", "top.st", "without --top-k"),
    ("attn2bed attention.st --ism 2", "", "--model and --genome"),
    ("score-heads cnn.st genome.st", "cnn.st", "no attention heads"),
    ("score-heads model.st genome.st --replicate cnn.st", "cnn.st", "no attention heads"),
    ("score-heads model.st genome.fa", "", "--sites"),
    ("score-heads model.st genome.st --ablate 0 --strands x", "", "--ablate"),
    ("head-report", "", "score-heads"),
    ("head-report page.fa", "page.fa:1", "of no table that a report shows"),
    ("head-report empty", "empty:1", "of no table"),
    ("head-report --motifs page.fa", "page.fa", "HTML"),
    ("head-report --motifs protein.meme --locus planted:1-9", "", "--genome"),
    ("head-report --motifs protein.meme --bigwig-plus a.bw --genome genome.fa", "", "both strands"),
    ("attn2bed cut_attention.st", "cut_attention.st", "truncated"),
    ("attn2bed model.st", "model.st", "give a headmotif attention file"),
    ("attn2bed attention.st --model cnn.st", "attention.st", "another model"),
    ("attn2bed page.fa", "page.fa", "attention"),
    ("bed2pwm elsewhere.bed genome.fa", "elsewhere.bed:1", "chr9"),
    ("bed2pwm past.bed genome.fa", "past.bed:1", "40010"),
    ("bed2pwm spaces.bed genome.fa", "spaces.bed:1", "tab"),
    ("bed2pwm - -", "", "standard input"),
    ("bed2pwm regions.bed genome.st --controls elsewhere.bed", "elsewhere.bed:1", "chr9"),
    ("bed2pwm regions.bed genome.st --logo genome.st", "genome.st", "folder"),
    ("pwm-compare protein.meme", "protein.meme", "DNA"),
    ("pwm-compare page.fa", "page.fa", "HTML"),
    ("pwm-compare nowhere.meme", "nowhere.meme", ""),
    ("headmotif inspect nowhere", "nowhere", "no such file"),
    ("predict-annot genome.fa --model nowhere", "nowhere", "no such built-in model"),
    ("predict-annot genome.fa --model genome.st", "genome.st", "give a headmotif model file"),
    ("predict-annot page.fa --model model.st", "page.fa", "HTML"),
    ("predict-annot genome.fa --model model.st --label x", "", "has the labels sites"),
    ("annot-compare sites.bed other.gff3 --genome genome.fa", "other.gff3:2", "chr1"),
    ("annot-compare sites.bed --genome genome.fa", "", "one set of sites has none to be compared with"),
    ("score-annot sites.bed --truth nowhere.bed --genome genome.fa", "nowhere.bed", "no such file"),
]


@pytest.mark.parametrize(("line", "place", "word"), BAD, ids=[line for line, _place, _word in BAD])
def test_bad_data_is_one_line_and_exit_1_and_leaves_no_file(
    made_folder: Path, line: str, place: str, word: str
) -> None:
    name, *words = line.split()
    result = [] if name == "headmotif" else ["-o", "result"]
    before = sorted(p.name for p in made_folder.iterdir())
    done = run(made_folder, name, *words, *result)
    assert done.returncode == 1, done.stderr
    message = done.stderr.strip()
    assert "\n" not in message
    assert "Traceback" not in message
    assert place in message
    assert word in message
    assert done.stdout == ""
    assert sorted(p.name for p in made_folder.iterdir()) == before


@pytest.mark.parametrize("name", [*COMMANDS, "headmotif"])
def test_an_unknown_option_is_bad_usage(made_folder: Path, name: str) -> None:
    done = run(made_folder, name, "--no-such-option")
    assert done.returncode == 2
    assert "no-such-option" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_a_missing_argument_is_bad_usage(made_folder: Path, name: str) -> None:
    done = run(made_folder, name)
    assert done.returncode == 2
    assert "missing argument" in done.stderr


WRITING = [
    "fasta2tensor genome.fa",
    "dump-attention model.st genome.st --background 60 --threads 1",
    "attn2bed attention.st --max-q 1 --max-p 1 --model model.st",
    "pwm-compare TATAAT --max-q 1",
    "predict-annot genome.fa --model model.st --top 50 --threads 1",
    "annot-compare sites.bed more=sites.bed --genome genome.fa",
]


@pytest.mark.parametrize("line", WRITING)
def test_a_full_disk_is_one_line_and_leaves_no_file(made_folder: Path, tmp_path: Path, line: str) -> None:
    name, *words = line.split()
    done = process(
        made_folder,
        name,
        *words,
        "-o",
        str(tmp_path / "result"),
        "--quiet",
        preexec_fn=_leave_no_room,
        env={**os.environ, **NO_CACHE},
    )
    assert done.returncode == 1
    assert "make room" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def _leave_no_room() -> None:
    """No file may grow beyond 64 bytes; Python's own caches neither, or they would be cut off for every later run."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))


@pytest.mark.parametrize("line", WRITING)
def test_a_full_standard_output_is_one_line(made_folder: Path, line: str) -> None:
    name, *words = line.split()
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [BIN / name, *words, "--quiet"],
            cwd=made_folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "no space left" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_no_temporary_folder_is_one_line(made_folder: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [BIN / "dump-attention", "model.st", "genome.st", "--background", "60", "--quiet",
         "-o", str(tmp_path / "result")],
        cwd=made_folder, capture_output=True, text=True, check=False, preexec_fn=_leave_no_room,
        env={**os.environ, **NO_CACHE, "TMPDIR": "/nowhere"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "make room" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("line", WRITING)
def test_a_closed_pipe_is_silence_and_exit_141(made_folder: Path, line: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{BIN}/{line} --quiet | true; echo ${{PIPESTATUS[0]}}"],
        cwd=made_folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.strip() in ("141", "0")  # 0: all of it fitted into the pipe before its reader left
    big = subprocess.run(
        ["bash", "-c", f"{BIN}/{line} --quiet | sleep 0; echo ${{PIPESTATUS[0]}}"],
        cwd=made_folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert big.stderr == ""


def test_a_large_result_into_a_closed_pipe_is_141(made_folder: Path) -> None:
    words = (
        f"{BIN}/dump-attention model.st genome.st --background 60 --threads 1 --quiet | head -c 1 "
        f">/dev/null; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", words], cwd=made_folder, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("141\n")
    assert done.stderr == ""


def test_without_a_target_the_built_in_collection_is_used(made_folder: Path) -> None:
    done = run(made_folder, "pwm-compare", "TATAAT", "--best")
    assert done.returncode == 0
    assert builtin.MOTIFS.name in done.stderr
    assert done.stdout.splitlines()[1].split("\t")[1] == "sigma70_-10"


def test_a_dry_run_tells_the_cost_and_writes_nothing(made_folder: Path, tmp_path: Path) -> None:
    done = run(
        made_folder,
        "dump-attention",
        "model.st",
        "genome.st",
        "--background",
        "60",
        "--dry-run",
        "-o",
        str(tmp_path / "a"),
    )
    assert done.returncode == 0
    assert f"{(made_folder / 'attention.st').stat().st_size:,} bytes" in done.stderr
    done = run(made_folder, "train-annot", "genome.st", "--dry-run", "--threads", "1", "-o", str(tmp_path / "m"))
    assert "minute" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_regions_as_gff3_merged_and_for_each_head(made_folder: Path, tmp_path: Path) -> None:
    words = ["attention.st", "--max-q", "1", "--max-p", "0.2", "--max-per-site", "2"]
    more = [
        "--gff3",
        tmp_path / "r.gff3",
        "--merge-overlaps",
        tmp_path / "all.bed",
        "--per-head",
        tmp_path / "heads",
        "--controls-out",
        tmp_path / "c.bed",
    ]
    done = run(made_folder, "attn2bed", *words, *map(str, more), "-o", str(tmp_path / "r.bed"))
    assert done.returncode == 0, done.stderr
    assert "have p of at most 0.05" in done.stderr
    contigs = genomes.read(str(made_folder / "genome.st")).contigs
    regions = bed_regions.read(str(tmp_path / "r.bed"), contigs)
    twin = gff3.parse((tmp_path / "r.gff3").read_text(), "r.gff3").features
    assert sorted((*r.parts[0], r.attributes["Name"]) for r in twin) == sorted(
        zip(regions.start, regions.end, regions.head, strict=True)
    )
    each = {path.stem: bed_regions.read(str(path), contigs) for path in (tmp_path / "heads").iterdir()}
    assert {head: len(own) for head, own in each.items()} == dict(
        zip(*np.unique(regions.head, return_counts=True), strict=True)
    )
    merged = bed_regions.read(str(tmp_path / "all.bed"), contigs)
    assert len(merged) < len(regions)
    assert len(bed_regions.read(str(tmp_path / "c.bed"), contigs)) > 0
    words += ["--ism", "1", "--model", "model.st", "--genome", "genome.st", "--threads", "1"]
    done = run(made_folder, "attn2bed", *words, "-o", str(tmp_path / "ism.bed"))
    assert done.returncode == 0, done.stderr
    mutated = bed_regions.read(str(tmp_path / "ism.bed"), contigs)
    assert (mutated.start == regions.start).all()
    assert np.isfinite(mutated.drop).all()
    of_each = Counter(zip(regions.site, regions.strand, regions.head, strict=True))
    assert set(of_each.values()) == {1, 2}


def test_regions_are_indexed_by_tabix_and_found_again(made_folder: Path, tmp_path: Path) -> None:
    words = [
        "attention.st",
        "--max-q",
        "1",
        "--max-p",
        "0.2",
        "--gff3",
        str(tmp_path / "r.gff3"),
        "-o",
        str(tmp_path / "r.bed"),
        "--quiet",
    ]
    assert run(made_folder, "attn2bed", *words).returncode == 0
    regions = bed_regions.read(str(tmp_path / "r.bed"), genomes.read(str(made_folder / "genome.st")).contigs)
    low, high = int(np.quantile(regions.start, 0.3)), int(np.quantile(regions.start, 0.4))
    expected = int(((regions.end > low) & (regions.start < high)).sum())
    assert expected > 10
    for name, preset in (("r.bed", "bed"), ("r.gff3", "gff")):
        packed = str(tmp_path / f"{name}.gz")
        pysam.tabix_compress(str(tmp_path / name), packed)
        pysam.tabix_index(packed, preset=preset)  # refuses what is not sorted
        with pysam.TabixFile(packed) as indexed:
            assert sum(1 for _row in indexed.fetch("planted", low, high)) == expected, name


def test_motifs_in_every_format_with_their_places_and_logos(made_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "r.bed").write_text(
        "".join(line for line in (made_folder / "regions.bed").read_text().splitlines(True) if "\tL1H" in line)
    )
    few = [str(tmp_path / "r.bed"), "genome.st", "--max-evalue", "1000", "--minw", "6", "--maxw", "8", "--quiet"]
    beside = [
        "--table",
        str(tmp_path / "t.tsv"),
        "--sites-out",
        str(tmp_path / "s.bed"),
        "--logo",
        str(tmp_path / "logos"),
    ]
    done = run(made_folder, "bed2pwm", *few, *beside, "--threads", "1", "-o", str(tmp_path / "meme"))
    assert (done.returncode, done.stderr) == (0, "")
    first = motif_files.read(str(tmp_path / "meme")).motifs
    assert len(first) == 8
    for kind in list(motif_files.WRITERS)[1:]:
        assert (
            run(made_folder, "bed2pwm", *few, "--format", kind, "--threads", "2", "-o", str(tmp_path / kind)).returncode
            == 0
        )
        for one, other in zip(first, motif_files.read(str(tmp_path / kind)).motifs, strict=True):
            assert one.name == other.name
            np.testing.assert_allclose(one.matrix, other.matrix, atol=2e-6)
    table = tsv.read_table(str(tmp_path / "t.tsv"))
    assert table["group"] == [motif.name for motif in first]
    assert set(table["palindrome"]) <= {"yes", "no"}
    places = bed_regions.read(str(tmp_path / "s.bed"), genomes.read(str(made_folder / "genome.st")).contigs)
    assert Counter(places.head.tolist()) == {motif.name: int(motif.nsites) for motif in first}
    for motif in first:
        assert (tmp_path / "logos" / f"{motif.name}.svg").read_bytes().startswith(b"<?xml")
        assert (tmp_path / "logos" / f"{motif.name}.png").read_bytes().startswith(b"\x89PNG")
    drawn = {path.name: path.read_bytes() for path in (tmp_path / "logos").iterdir()}
    assert run(made_folder, "bed2pwm", *few, *beside, "--threads", "2", "-o", str(tmp_path / "again")).returncode == 0
    assert (tmp_path / "again").read_bytes() == (tmp_path / "meme").read_bytes()
    assert {path.name: path.read_bytes() for path in (tmp_path / "logos").iterdir()} == drawn


def test_motifs_by_place_are_named_by_head_and_distance(made_folder: Path, tmp_path: Path) -> None:
    sites = [line.split("\t") for line in (made_folder / "sites.bed").read_text().splitlines()]
    with (tmp_path / "r.bed").open("w") as file:
        for number, (contig, start, _end, _name, _score, strand, *_more) in enumerate(sites):
            distance = (-30, -31, -30, 12)[number % 4]
            middle = int(start) + (distance if strand == "+" else -distance)
            file.write(
                f"{contig}\t{middle - 5}\t{middle + 6}\tL1H1\t500\t{strand}\t0.5\t{distance}\t{start}\t0.01\t0.01\n"
            )
    words = ["genome.st", "--by-offset", "--max-evalue", "1000", "--min-sites", "8", "--minw", "6", "--maxw", "8"]
    beside = ["--controls", str(tmp_path / "r.bed"), "--logo", str(tmp_path / "l")]
    done = run(made_folder, "bed2pwm", str(tmp_path / "r.bed"), *words, *beside, "-o", str(tmp_path / "m"))
    assert done.returncode == 0, done.stderr
    assert [motif.name for motif in motif_files.read(str(tmp_path / "m")).motifs] == ["L1H1@-30", "L1H1@12"]
    assert {path.stem for path in (tmp_path / "l").iterdir()} == {"L1H1_-30", "L1H1_12"}
    (tmp_path / "plain.bed").write_text("planted\t100\t120\tL1H1\t0\t+\n")
    done = run(made_folder, "bed2pwm", str(tmp_path / "plain.bed"), *words)
    assert done.returncode == 1
    assert "plain.bed: the regions name no sites" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    done = run(
        made_folder,
        "bed2pwm",
        str(tmp_path / "r.bed"),
        *words,
        "--top-fractions",
        "--table",
        str(tmp_path / "t"),
        "-o",
        str(tmp_path / "m"),
    )
    assert done.returncode == 0, done.stderr
    groups = [line.split("\t")[0] for line in (tmp_path / "t").read_text().splitlines()[1:]]
    assert groups[0] == "L1H1@-30"
    assert {"L1H1@-30^4", "L1H1@12"} <= set(groups)
    done = run(made_folder, "bed2pwm", str(tmp_path / "plain.bed"), "genome.st", "--top-fractions")
    assert done.returncode == 1
    assert "plain.bed: the regions have no p" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_peaks_without_strands_are_one_group_on_both_strands(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    base, peaks = rng.choice(list("ACGT"), 8000), []
    for number, start in enumerate(range(200, 6200, 100)):
        planted = "TGTGATCTACCTTG" if number % 2 else "CAAGGTAGATCACA"
        base[start + 3 : start + 17] = list(planted)
        peaks.append(f"c\t{start}\t{start + 20}\tpeak_{number}\t9\t.\t4.5\t9\t3\t10\n")
    (tmp_path / "g.fa").write_text(">c\n" + "".join(base) + "\n")
    (tmp_path / "p.bed").write_text("".join(peaks))
    words = ["bed2pwm", "p.bed", "g.fa", "-o", "m", "--minw", "12", "--maxw", "12"]
    done = run(tmp_path, *words)
    assert done.returncode == 1
    (refused,) = [line for line in done.stderr.splitlines() if "both strands are searched" not in line]
    assert "60 of 60 groups have one region; give --one-group to search all 60 regions together" in refused
    done = run(tmp_path, *words, "--one-group", "--table", "t")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(
        "p.bed: the regions have no strands, so both strands are searched, as with --revcomp\n"
    )
    ((name, n, nsites, *_),) = [line.split("\t") for line in (tmp_path / "t").read_text().splitlines()[1:]]
    assert (name, n) == ("regions", "60")
    assert int(nsites) >= 55
    done = run(tmp_path, *words, "--one-group", "--spacer", "5-7")
    assert done.returncode == 1
    assert "bipartite motifs need; add column 6, or leave out --spacer" in done.stderr


@pytest.mark.parametrize(
    "words", ["--format fasta", "--spacer 19-15", "--spacer x", "--minw 2 --maxw 8", "--spacer 15-19 --revcomp"]
)
def test_a_search_that_makes_no_sense_is_bad_usage(made_folder: Path, words: str) -> None:
    done = run(made_folder, "bed2pwm", "regions.bed", "genome.st", *words.split())
    assert done.returncode == 2
    assert words.split()[0] in done.stderr or words.split()[-1] in done.stderr
    assert "Traceback" not in done.stderr


def test_heads_are_scored_and_again_with_the_same_bytes(made_folder: Path, tmp_path: Path) -> None:
    sizes = ["--max-sites", "40", "--background", "200", "--ablate", "10000", "--marginalize", "10", "--threads", "1"]
    tiny = str(TINY)  # one layer of two heads: silencing each of many would show no more
    words = [tiny, "genome.st", "--replicate", tiny, *sizes]
    for name in ("a", "b"):
        files = [
            "-o",
            tmp_path / name,
            "--strands",
            tmp_path / f"{name}.strands",
            "--profiles",
            tmp_path / f"{name}.profiles",
            "--pairs",
            tmp_path / f"{name}.pairs",
        ]
        done = run(made_folder, "score-heads", *words, *map(str, files))
        assert done.returncode == 0, done.stderr
    for end in ("", ".profiles", ".pairs", ".strands"):
        assert (tmp_path / f"a{end}").read_bytes() == (tmp_path / f"b{end}").read_bytes()
    table = tsv.read_table(str(tmp_path / "a"))
    assert table["head"] == ["L1H1", "L1H2"]
    assert set(table["replicates"]) == {"1"}
    for kind in ("ablated", "mean_ablated"):
        for name in ("ap", "logit"):
            values = np.array([[float(x) for x in table[f"delta_{name}_{kind}{end}"]] for end in ("_low", "", "_high")])
            assert (np.diff(values, axis=0) >= -1e-6).all()
    profile = tsv.read_table(str(tmp_path / "a.profiles"))
    assert len(profile["offset"]) == 2 * 65
    assert "heads: " in done.stderr


def test_the_cost_of_scoring_heads_is_told(made_folder: Path, tmp_path: Path) -> None:
    done = run(
        made_folder, "score-heads", "model.st", "genome.st", "--dry-run", "--threads", "1", "-o", str(tmp_path / "x")
    )
    assert done.returncode == 0
    assert re.search(r"scored 48 times, (less than a minute|about (a minute|\d+ minutes))\n", done.stderr), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_attention_of_some_heads_at_random_places_and_called_sites(made_folder: Path, tmp_path: Path) -> None:
    some = ["--layers", "1,3", "--heads", "2", "--background", "50", "--shuffled", "10", "--threads", "1"]
    done = run(
        made_folder, "dump-attention", "model.st", "genome.st", "--random", "30", *some, "-o", str(tmp_path / "a")
    )
    assert done.returncode == 0, done.stderr
    found = attention_tensor.read(str(tmp_path / "a"))
    assert found.weight.shape == (90, 2, 1, 193)
    assert [found.name(layer, 0) for layer in (0, 1)] == ["L1H2", "L3H2"]
    assert np.bincount(found.kind).tolist() == [50, 30, 10]
    done = run(
        made_folder,
        "dump-attention",
        "model.st",
        "genome.st",
        "--called",
        "--max-sites",
        "30",
        *some,
        "-o",
        str(tmp_path / "b"),
    )
    assert done.returncode == 0, done.stderr
    called = attention_tensor.read(str(tmp_path / "b"))
    threshold = model_tensor.read(str(made_folder / "model.st")).labels[0].threshold
    assert (called.probability[called.is_site] >= np.float32(threshold) * (1 - 1e-5)).all()


def test_every_position_with_its_strongest_keys(made_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "short.fa").write_text(">c\n" + "ACGTTGCAN" * 20 + "\n")
    words = ["--everywhere", "--top-k", "3", "--threads", "1", "-o", str(tmp_path / "a")]
    done = run(made_folder, "dump-attention", "model.st", str(tmp_path / "short.fa"), *words)
    assert done.returncode == 0, done.stderr
    _header, arrays = container.read(str(tmp_path / "a"), "attention", 2)
    assert arrays["key"].shape == (320, 3, 8, 3)
    assert (arrays["kind"] == 1).all()


def test_a_dump_that_is_killed_is_gone_on_with_to_the_same_bytes(made_folder: Path, tmp_path: Path) -> None:
    sizes = ["--random", "2200", "--shuffled", "20", "--background", "60", "--heads", "1"]
    words = [BIN / "dump-attention", "model.st", "genome.st", *sizes, "--threads", "1", "--quiet", "--resume", "-o"]
    assert run(made_folder, words[0].name, *map(str, words[1:]), str(tmp_path / "whole")).returncode == 0
    killed = subprocess.Popen([*words, tmp_path / "parts"], cwd=made_folder)
    unfinished, whole = tmp_path / "parts.unfinished", (tmp_path / "whole").read_bytes()
    while not (unfinished.exists() and unfinished.stat().st_size > len(whole)):  # the number of safe rows stands behind
        assert killed.poll() is None
        time.sleep(0.02)
    killed.kill()
    killed.wait()
    raw = unfinished.read_bytes()
    assert struct.unpack("<Q", raw[len(whole) :])[0] > 1000
    assert raw != whole
    loud = [str(word) for word in words[1:] if word != "--quiet"]
    done = run(made_folder, words[0].name, *loud, str(tmp_path / "parts"))
    assert done.returncode == 0
    assert re.search(r"; resumed at query 1,\d{3} of 2,275\n", done.stderr), done.stderr
    assert (tmp_path / "parts").read_bytes() == whole
    assert not unfinished.exists()
    assert (
        "--output" in run(made_folder, words[0].name, *map(str, words[1:-1])).stderr
    )  # into a pipe there is nothing to go on with


def test_quiet_is_quiet(made_folder: Path, tmp_path: Path) -> None:
    for line in WRITING:
        name, *words = line.split()
        done = run(made_folder, name, *words, "-o", str(tmp_path / "x"), "--quiet")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), line


def test_the_same_command_gives_the_same_bytes(made_folder: Path) -> None:
    for line in WRITING:
        name, *words = line.split()
        once, again = (call(name, *words, "--quiet", cwd=made_folder) for _ in range(2))
        assert once.returncode == 0, once.stderr
        assert once.stdout == again.stdout, line
        assert once.stdout


def test_no_output_holds_a_machine_path_or_a_date(made_folder: Path) -> None:
    for name in ("genome.st", "model.st", "attention.st"):
        head = (made_folder / name).read_bytes()[:4000]
        assert str(made_folder).encode() not in head
        assert b"/tmp" not in head


def test_control_regions_keep_each_heads_distances_and_claim_nothing(made_folder: Path, tmp_path: Path) -> None:
    words = [
        "attention.st",
        "--max-q",
        "1",
        "--max-p",
        "1",
        "-o",
        str(tmp_path / "r.bed"),
        "--controls-out",
        str(tmp_path / "c.bed"),
        "--quiet",
    ]
    assert run(made_folder, "attn2bed", *words).returncode == 0
    rows, controls = (
        [line.split("\t") for line in (tmp_path / name).read_text().splitlines() if not line.startswith("#")]
        for name in ("r.bed", "c.bed")
    )
    assert len(rows) > 100
    assert {row[9] for row in controls} == {row[10] for row in controls} == {"."}
    for head in {row[3] for row in rows}:
        distances, swapped = (sorted(row[7] for row in table if row[3] == head) for table in (rows, controls))
        assert set(swapped) <= set(distances)
        assert len(swapped) >= 0.9 * len(distances)  # those that the swap puts off the contig's end are left out
