"""Make galaxy/test-data, the one set of small files that Galaxy's tool tests read: `make galaxy-data`.

A simulated genome of 40 kb, what the built-in model sees in it, and a network too small to know anything, for tests
that need some model. The same bytes on the same class of CPU; run it again when a format or the built-in model changes.
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


def write_tiny_model() -> None:
    """A network of 16 units after one step of training: the sizes of a preset are no option of train-annot."""
    from headmotif.commands.train_annot import train_annot
    from headmotif.steps.network import presets

    small = replace(presets.PRESETS["default"], width=16, layers=1, heads=2, d_head=8, window=32)
    presets.PRESETS = {**presets.PRESETS, "default": small}
    train_annot([str(HERE / "genome.safetensors")], output=str(HERE / "tiny.safetensors"), max_steps=1, batch_size=2,
                threads=1, device="cpu", precision="float32", quiet=True)  # fmt: skip


def write_tracks() -> None:
    """P of the calls alone, a bedGraph for each strand: all of P would be ten times as large."""
    calls = [
        line.split("\t") for line in (HERE / "calls.bed").read_text(encoding="utf-8").splitlines() if line[0] != "#"
    ]
    for name, strand in (("plus", "+"), ("minus", "-")):
        lines = [f"{c[0]}\t{c[1]}\t{c[2]}\t{int(c[4]) / 1000:g}\n" for c in calls if c[5].strip() == strand]
        (HERE / f"{name}.bedgraph").write_text("".join(lines), encoding="utf-8")


def variants() -> None:
    """Two variants, one in the -10 element of the strongest call on the + strand with a TATAAT, one 100 nt upstream of
    that call; and one of another genome, whose REF is not that of this one."""
    letters = "".join((HERE / "genome.fa").read_text(encoding="utf-8").splitlines()[1:])
    calls = [
        line.split("\t") for line in (HERE / "calls.bed").read_text(encoding="utf-8").splitlines() if line[0] != "#"
    ]
    starts = [int(call[1]) for call in sorted(calls, key=lambda call: -int(call[4])) if call[5] == "+"]
    start, element = next((s, e) for s in starts if (e := letters.find("TATAAT", s - 14, s - 4)) >= 0)
    rows = [_row(element + 1, "element", letters), _row(start - 100, "upstream", letters)]
    wrong = rows[0].replace("\tA\tG\t", "\tC\tG\t")
    head = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    (HERE / "variants.vcf").write_text(head + "".join(rows), encoding="utf-8")
    (HERE / "other.vcf").write_text(head + wrong, encoding="utf-8")


def _row(place: int, name: str, letters: str) -> str:
    """A row of the VCF: the base at a place, 0-based, becomes G, or C where it is G."""
    other = "C" if letters[place] == "G" else "G"
    return f"planted\t{place + 1}\t{name}\t{letters[place]}\t{other}\t.\t.\t.\n"


def main() -> None:
    HERE.mkdir(parents=True, exist_ok=True)
    run("headmotif", "simulate", "-o", "genome.fa", "--sites-out", "sites.bed", "--true-sites-out", "true.bed",
        "--genes-out", "genes.gff3", "--length", 40_000, "--promoters", 160, "--sharpness", 2, "--seed", 3)  # fmt: skip
    (HERE / "genome.fa.gz").write_bytes(gzip.compress((HERE / "genome.fa").read_bytes(), mtime=0))
    (HERE / "mask.bed").write_text("planted\t1000\t2000\tleft\t0\t+\n", encoding="utf-8")
    run("fasta2tensor", "genome.fa", "--sites", "tss=sites.bed", "-o", "genome.safetensors")
    looks = ("--sites", "sites.bed", "--max-sites", 100, "--background", 100, "--shuffled", 0, "--threads", 1)
    heads = ("--layers", 1, "--heads", "1,4")
    run("dump-attention", "ecoli-tss", "genome.fa", *looks, *heads, "-o", "attention.safetensors")
    run("attn2bed", "attention.safetensors", "-o", "regions.bed", "--controls-out", "controls.bed")
    run("bed2pwm", "regions.bed", "genome.fa", "-o", "motifs.meme")
    run("pwm-compare", "motifs.meme", "-o", "matches.tsv")
    some = ("--background", 200, "--untrained", 0, "--ablate", 4000, "--marginalize", 0, "--threads", 1)
    run("score-heads", "ecoli-tss", "genome.safetensors", *some, "-o", "heads.tsv", "--pairs", "pairs.tsv",
        "--strands", "strands.tsv", "--profiles", "profiles.tsv")  # fmt: skip
    run("predict-annot", "genome.fa", "-o", "calls.bed", "--top", 150, "--threads", 1)
    write_tracks()
    variants()
    of_genome = ("--genome", "genome.fa", "-o")
    run("annot-compare", "listed=sites.bed", "called=calls.bed", *of_genome, "agreement.tsv")
    scored = ("score-annot", "calls=calls.bed", "--truth", "true.bed", "--bootstrap", 0)
    run(*scored, "--curve", "curve.tsv", *of_genome, "scores.tsv")
    (HERE / "scores.tsv").unlink()  # no tool reads it
    write_tiny_model()
    (HERE / "genome.fa").unlink()
    print(sum(path.stat().st_size for path in HERE.iterdir()), "bytes")


if __name__ == "__main__":
    main()
