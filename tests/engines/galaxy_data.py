"""Make galaxy/test-data, the one set of small files that Galaxy's tool tests read: `make galaxy-data`.

A planted genome of 40 kb, what the built-in model sees in it, and a network too small to know anything, for tests that
need some model. The same bytes on the same class of CPU; run it again when a format or the built-in model changes.
"""

import gzip
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).resolve().parents[2] / "galaxy" / "test-data"


def run(*words: object) -> None:
    script = Path(sys.executable).with_name(str(words[0]))
    subprocess.run([script, *map(str, words[1:]), "--quiet"], cwd=HERE, check=True)


def tiny() -> None:
    """A network of 16 units after one step of training: the sizes of a preset are no option of train-annot."""
    from headmotif.commands.train_annot import train_annot
    from headmotif.steps.network import presets

    small = replace(presets.PRESETS["default"], width=16, layers=1, heads=2, d_head=8, window=32)
    presets.PRESETS = {**presets.PRESETS, "default": small}
    train_annot([str(HERE / "genome.safetensors")], output=str(HERE / "tiny.safetensors"), steps=1, batch=2, threads=1,
                device="cpu", precision="float32", quiet=True)  # fmt: skip


def tracks() -> None:
    """P of the calls alone, a bedGraph for each strand: all of P would be ten times as large."""
    calls = [
        line.split("\t") for line in (HERE / "calls.bed").read_text(encoding="utf-8").splitlines() if line[0] != "#"
    ]
    for name, strand in (("plus", "+"), ("minus", "-")):
        lines = [f"{c[0]}\t{c[1]}\t{c[2]}\t{int(c[4]) / 1000:g}\n" for c in calls if c[5].strip() == strand]
        (HERE / f"{name}.bedgraph").write_text("".join(lines), encoding="utf-8")


def variant() -> None:
    """One base of the -10 box of the first promoter on the + strand."""
    first = next(
        line.split("\t")
        for line in (HERE / "true.bed").read_text(encoding="utf-8").splitlines()
        if line.endswith("\t+")
    )
    place = int(first[1]) - 12
    letters = "".join((HERE / "genome.fa").read_text(encoding="utf-8").splitlines()[1:])
    row = ("planted", place + 1, "box", letters[place], "G" if letters[place] != "G" else "C", ".", ".", ".")
    head = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    (HERE / "variants.vcf").write_text(head + "\t".join(map(str, row)) + "\n", encoding="utf-8")


def main() -> None:
    HERE.mkdir(parents=True, exist_ok=True)
    run("headmotif", "plant", "-o", "genome.fa", "--sites", "sites.bed", "--true-sites", "true.bed", "--genes",
        "genes.gff3",
        "--length", 40_000, "--promoters", 160, "--sharpness", 2, "--seed", 3)  # fmt: skip
    (HERE / "genome.fa.gz").write_bytes(gzip.compress((HERE / "genome.fa").read_bytes(), mtime=0))
    (HERE / "mask.bed").write_text("planted\t1000\t2000\tleft\t0\t+\n", encoding="utf-8")
    run("fasta2tensor", "genome.fa", "--sites", "tss=sites.bed", "-o", "genome.safetensors")
    looks = ("--sites", "sites.bed", "--limit", 100, "--background", 100, "--shuffled", 0, "--threads", 1)
    run(
        "dump-attention",
        "ecoli-tss",
        "genome.fa",
        *looks,
        "--layers",
        1,
        "--heads",
        "1,4",
        "-o",
        "attention.safetensors",
    )
    run("attn2bed", "attention.safetensors", "-o", "regions.bed", "--controls", "controls.bed")
    run("bed2pwm", "regions.bed", "genome.fa", "-o", "motifs.meme")
    run("pwm-compare", "motifs.meme", "-o", "matches.tsv")
    some = ("--background", 200, "--untrained", 0, "--ablate", 4000, "--promoters", 0, "--threads", 1)
    run("score-heads", "ecoli-tss", "genome.safetensors", *some, "-o", "heads.tsv", "--pairs", "pairs.tsv",
        "--strands", "strands.tsv",
        "--profiles", "profiles.tsv")  # fmt: skip
    run("predict-annot", "genome.fa", "-o", "calls.bed", "--top", 150, "--threads", 1)
    tracks()
    variant()
    run("annot-compare", "calls=calls.bed", "--genome", "genome.fa", "--truth", "true.bed", "--draws", 0, "-o",
        "agreement.tsv",
        "--curve", "curve.tsv")  # fmt: skip
    tiny()
    (HERE / "genome.fa").unlink()
    print(sum(path.stat().st_size for path in HERE.iterdir()), "bytes")


if __name__ == "__main__":
    main()
