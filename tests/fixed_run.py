"""All commands on the same small files, to see that a change of the code changes nothing that is computed.

    python tests/fixed_run.py FOLDER                 runs them, in FOLDER
    python tests/fixed_run.py FOLDER --keep          the same, and keeps what they write in tests/frozen/run
    python tests/fixed_run.py FOLDER --compare OTHER  says in which files the two folders differ, and how

The inputs, if no others are given by --data, are those of Galaxy's tool tests (galaxy/test-data): a planted genome of
40 kb, what a model sees in it, and a network too small to know anything. Words must be the same, and numbers to 1e-5
or 1 in 1,000; binary files are compared by their arrays. Digests of what a network computed are left out: they change
with the last bit.
"""

import argparse
import gzip
import json
import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from in_process import call

DATA = Path(__file__).resolve().parent.parent / "galaxy" / "test-data"
ONE = "--threads 1 --quiet"
FEW = "--max-evalue 1000 --min-sites 8 --minw 6 --maxw 8"
EXACT = {
    "simulate": "headmotif simulate -o p.fa --sites-out p.bed --elements-out p.truth.bed --true-sites-out p.true.bed "
    "--genes-out p.genes.gff3 --length 20000 --promoters 60 --seed 3",
    "tensor": "fasta2tensor p.fa --sites a=p.bed --sites b=p.true.bed --mask-repeats 20 --circular all -o p.st",
    "again": "fasta2tensor p.st --sites c=p.bed --mask mask.bed --annotation p.genes.gff3 -o p.again.st",
    "genome": "headmotif inspect p.st",
    "regions": "attn2bed attention.safetensors --max-q 1 -o r.bed --gff3 r.gff3 --merge-overlaps r.all.bed "
    "--controls-out r.controls.bed --max-per-site 2",
    "motifs": f"bed2pwm r.bed genome.fa {FEW} -o m.meme --table m.tsv --sites-out m.bed",
    "places": f"bed2pwm r.bed genome.fa {FEW} --by-offset --top-fractions -o places.meme --table places.tsv",
    "dyads": "bed2pwm r.bed genome.fa --max-evalue 1000 --spacer 3-5 --format transfac -o dyads.transfac",
    "matches": "pwm-compare m.meme -o t.tsv --max-q 1 --group name --cluster t.clusters.tsv --cluster-motifs "
    "t.merged.meme",
    "agreement": "annot-compare calls=calls.bed listed=sites.bed --genome genome.fa -o a.tsv --checks a.checks.tsv",
    "scores": "score-annot calls=calls.bed p=plus.bedgraph,minus.bedgraph --missing-value 0 --genome genome.fa "
    "--truth true.bed --bootstrap 20 --genes genes.gff3 -o s.tsv --curve s.curve.tsv",
    "report": "head-report heads.tsv profiles.tsv pairs.tsv strands.tsv matches.tsv regions.bed "
    "agreement.tsv curve.tsv --motifs motifs.meme --genome genome.safetensors --genes genes.gff3 --calls calls.bed "
    "--multiqc multiqc -o report.html",
}
"""What no network computes, by what it is."""
NEAR = {
    "cnn": f"train-annot genome.safetensors --preset cnn --max-steps 4 --eval-steps 2 --batch-size 4 "
    f"--precision float32 {ONE} -o cnn.st --metrics cnn.json --history cnn.tsv",
    "further": f"train-annot genome.safetensors --init tiny.safetensors --max-steps 2 --batch-size 4 "
    f"--precision float32 {ONE} -o further.st",
    "calls": f"predict-annot genome.fa --model tiny.safetensors --top 40 --genes genes.gff3 {ONE} -o c.bed --table "
    "c.tsv --gene-table c.genes.tsv --gff3 c.gff3 --tbl c.tbl --binding-sites binding_sites.bed "
    "--genbank c.gbk --bedgraph-plus c.plus.bedgraph --metrics c.json --browser browser",
    "variants": f"score-variants genome.fa variants.vcf --model tiny.safetensors {ONE} -o c.variants.tsv",
    "audit": f"audit-annot genome.fa sites.bed --model tiny.safetensors --genes genes.gff3 {ONE} -o c.audit.tsv "
    "--metrics c.audit.json",
    "attention": "dump-attention tiny.safetensors genome.fa --sites sites.bed --max-sites 20 --background 40 "
    f"--shuffled 5 {ONE} -o look.st",
    "heads": "score-heads tiny.safetensors genome.safetensors --max-sites 60 --background 100 --ablate 4000 "
    f"--marginalize 5 --untrained 1 {ONE} "
    "-o h.tsv --profiles h.profiles.tsv --pairs h.pairs.tsv --strands h.strands.tsv",
    "model": "headmotif inspect tiny.safetensors",
}
"""What a network computes."""
PIPED = {
    "tensor": "fasta2tensor - --sites a=p.bed --sites b=p.true.bed --mask-repeats 20 --circular all <p.fa",
    "regions": "attn2bed - --max-q 1 --max-per-site 2 <attention.safetensors",
    "motifs": f"bed2pwm - genome.fa {FEW} <r.bed",
    "matches": "pwm-compare - --max-q 1 --group name <m.meme",
    "calls": f"predict-annot - --model tiny.safetensors --top 40 --genes genes.gff3 {ONE} <genome.fa",
    "attention": f"dump-attention - genome.fa --sites sites.bed --max-sites 20 --background 40 --shuffled 5 {ONE} "
    "<tiny.safetensors",
}
"""The same results through a pipe: standard input for a file, standard output for -o."""
LARGE = 100_000
"""Bytes: a file beyond is compared between two runs, but not kept in the repository."""


def run(folder: Path, data: Path = DATA) -> None:
    """Run all commands in a new folder; what each says goes beside what it writes.

    Raises AssertionError where a command fails, or writes something else through a pipe.
    """
    shutil.copytree(data, folder)
    (folder / "genome.fa").write_bytes(gzip.decompress((folder / "genome.fa.gz").read_bytes()))
    before = {path.name for path in folder.iterdir()}
    for name, line in (EXACT | NEAR).items():
        command, *words = line.split()
        done = call(command, *words, cwd=folder)
        assert done.returncode == 0, f"{line}\n{done.stderr.decode()}"
        (folder / f"{name}.said").write_bytes(done.stdout + done.stderr)
    for name, line in PIPED.items():
        (command, *words), given = line.partition("<")[0].split(), line.partition("<")[2]
        done = call(command, *words, cwd=folder, input=(folder / given).read_bytes())
        words = (EXACT | NEAR)[name].split()
        assert done.stdout == (folder / words[words.index("-o") + 1]).read_bytes(), line
    for name in before:
        (folder / name).unlink()
    for path in (path for path in folder.rglob("*") if path.suffix == ".html"):
        path.write_text(" ".join(_Words(path.read_text(encoding="utf-8")).found) + "\n", encoding="utf-8")


class _Words(HTMLParser):
    """What a page says, without its drawings and downloads."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[str] = []
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.inside = tag if tag in ("style", "script") else self.inside

    def handle_endtag(self, tag: str) -> None:
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.found += data.split()


def differences(folder: Path, other: Path) -> list[str]:
    """A line for each file that is in one folder alone or differs."""
    names = sorted(
        {str(path.relative_to(place)) for place in (folder, other) for path in place.rglob("*") if path.is_file()}
    )
    found = []
    for name in names:
        if not ((folder / name).exists() and (other / name).exists()):
            found.append(f"{name}: in one folder alone")
        elif (folder / name).read_bytes() != (other / name).read_bytes() and (
            why := _differ(folder / name, other / name)
        ):
            found.append(f"{name}: {why}")
    return found


NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
LATE = re.compile(r"sha256 \w+|(?<![0-9a-f.])[0-9a-f]{16,64}(?![0-9a-f])|about \S+ \w+|\d+ s left")
"""What hangs on the last bit of a network, or on the machine's speed."""


def _differ(one: Path, other: Path) -> str:
    """How two files of the same name differ; "" where they do not."""
    if one.suffix == ".st":
        return _tensors_differ(one, other)
    if one.suffix == ".bw":
        return ""  # its numbers are those of the bedGraph (a test)
    if one.suffix in (".png", ".gz", ".2bit"):
        return "bytes"
    texts = [LATE.sub("", path.read_text(encoding="utf-8")) for path in (one, other)]
    words = [NUMBER.sub("0", text) for text in texts]
    if words[0] != words[1]:
        at = next((i for i, (a, b) in enumerate(zip(*words, strict=False)) if a != b), min(map(len, words)))
        return f"'{words[0][max(0, at - 30) : at + 30]}' and '{words[1][max(0, at - 30) : at + 30]}'"
    a, b = (np.array([float(x) for x in NUMBER.findall(text)]) for text in texts)
    near = np.isclose(a, b, rtol=1e-3, atol=1e-5)
    return "" if near.all() else f"{a[~near][0]:g} and {b[~near][0]:g}, and {int((~near).sum()) - 1} more numbers"


def _tensors_differ(one: Path, other: Path) -> str:
    from safetensors.numpy import load_file

    heads = []
    for path in (one, other):
        raw = path.read_bytes()
        found = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
        said = NUMBER.sub("0", LATE.sub("", found["__metadata__"]["headmotif"]))
        heads.append((said, found.keys()))
    if heads[0] != heads[1]:
        return "the header"
    a, b = (load_file(path) for path in (one, other))
    for name in a:
        if a[name].dtype != b[name].dtype or a[name].shape != b[name].shape:
            return f"{name}: {a[name].dtype} {a[name].shape} and {b[name].dtype} {b[name].shape}"
        limit = 1e-3 if a[name].dtype == np.float16 else 1e-5 if a[name].dtype.kind == "f" else 0
        if not np.allclose(a[name].astype(float), b[name].astype(float), rtol=10 * limit, atol=limit, equal_nan=True):
            return f"{name}: other values"
    return ""


def list_too_large(folder: Path) -> list[str]:
    """The files of a run that are not kept in the repository."""
    return [
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.stat().st_size > LARGE
    ]


def keep(folder: Path) -> None:
    """Put what a run wrote into the repository, in place of what is there."""
    kept = Path(__file__).parent / "frozen" / "run"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(folder, kept)
    for name in list_too_large(kept):
        (kept / name).unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--compare", type=Path)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--data", type=Path, default=DATA, help="other inputs, under the same names")
    asked = parser.parse_args()
    if not asked.compare:
        run(asked.folder, asked.data)
        if asked.keep:
            keep(asked.folder)
        return
    found = differences(asked.folder, asked.compare)
    print("\n".join(found) or "the same")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
