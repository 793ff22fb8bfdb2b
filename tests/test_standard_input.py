"""What may be `-` gives through standard input the bytes that it gives from a file, gzip too."""

import gzip
import hashlib
import shutil
from pathlib import Path

import pytest

from fixed_run import DATA
from in_process import call

FEW = "--max-evalue 1000 --min-sites 8 --minw 6 --maxw 8 --threads 1"
CPU = "--precision float32 --threads 1"
TINY = "--threads 1 --max-sites 20 --background 100"
ALL = {
    "fasta2tensor {genome.fa}",
    "fasta2tensor {genome.gbk}",
    "fasta2tensor {genome.safetensors}",
    "fasta2tensor genome.fa --sites x={sites.bed}",
    "fasta2tensor genome.fa --mask {mask.bed} --sites x=sites.bed",
    "fasta2tensor genome.fa --annotation {genes.gff3}",
    "train-annot {genome.safetensors} --init tiny.safetensors --max-steps 1 --batch-size 2 " + CPU,
    "train-annot genome.safetensors --init {tiny.safetensors} --max-steps 1 --batch-size 2 " + CPU,
    "train-annot genome.safetensors --preset cnn --teacher {cnn.safetensors} --max-steps 1 --batch-size 2 " + CPU,
    "train-annot genome.safetensors --refit {cnn.safetensors} --batch-size 2 " + CPU,
    "attn2bed own.safetensors --max-q 1 --max-p 1 --ism 1 --model {tiny.safetensors} --genome genome.fa --threads 1",
    "attn2bed own.safetensors --max-q 1 --max-p 1 --ism 1 --model tiny.safetensors --genome {genome.fa} --threads 1",
    "score-heads tiny.safetensors genome.safetensors --ablate 0 --marginalize 0 --untrained 0 "
    "--replicate {tiny.safetensors} " + TINY,
    "dump-attention {tiny.safetensors} genome.safetensors --shuffled 0 " + TINY,
    "dump-attention tiny.safetensors {genome.safetensors} --shuffled 0 " + TINY,
    "dump-attention tiny.safetensors genome.fa --sites {sites.bed} --shuffled 0 " + TINY,
    "attn2bed {attention.safetensors}",
    "bed2pwm {regions.bed} genome.fa " + FEW,
    "bed2pwm regions.bed {genome.fa} " + FEW,
    "bed2pwm regions.bed genome.fa --controls {controls.bed} " + FEW,
    "pwm-compare {motifs.meme} --max-q 1",
    "pwm-compare TATAAT {motifs.meme} --max-q 1",
    "pwm-compare motifs.meme motifs.meme --max-q 1 --group {groups.tsv}",
    "predict-annot {genome.fa} --model tiny.safetensors --top 20 --threads 1",
    "predict-annot genome.fa --model {tiny.safetensors} --top 20 --threads 1",
    "predict-annot genome.fa --model tiny.safetensors --top 20 --threads 1 --genes {genes.gff3} --table out.tsv",
    "predict-annot genome.fa --model tiny.safetensors --top 20 --threads 1 --genes {genome.gbk} --table out.tsv",
    "predict-annot {genome.gbk} --model tiny.safetensors --top 20 --threads 1 --table out.tsv --genbank out.gbk",
    "audit-annot {genome.fa} sites.bed --model tiny.safetensors --threads 1",
    "audit-annot genome.fa {sites.bed} --model tiny.safetensors --threads 1",
    "audit-annot genome.fa sites.bed --model {tiny.safetensors} --threads 1",
    "audit-annot genome.fa sites.bed --model tiny.safetensors --threads 1 --genes {genes.gff3}",
    "score-variants {genome.fa} variants.vcf --model tiny.safetensors --threads 1",
    "score-variants genome.fa {variants.vcf} --model tiny.safetensors --threads 1",
    "score-variants genome.fa variants.vcf --model {tiny.safetensors} --threads 1",
    "annot-compare sites={sites.bed} true=true.bed --genome genome.fa",
    "annot-compare sites=sites.bed true=true.bed --genome {genome.fa}",
    "score-annot sites=sites.bed --genome genome.fa --truth {true.bed} --bootstrap 5",
    "score-annot sites=sites.bed --genome genome.fa --truth true.bed --bootstrap 5 --genes {genes.gff3}",
    "score-heads {tiny.safetensors} genome.safetensors --ablate 0 --marginalize 0 --untrained 0 " + TINY,
    "score-heads tiny.safetensors {genome.safetensors} --ablate 0 --marginalize 0 --untrained 0 " + TINY,
    "score-heads tiny.safetensors genome.fa --sites {sites.bed} --ablate 0 --marginalize 0 --untrained 0 " + TINY,
    "score-annot p={plus.bw},minus.bw sites=sites.bed --genome genome.fa --truth true.bed --bootstrap 5",
    "score-annot p=plus.bw,{minus.bw} sites=sites.bed --genome genome.fa --truth true.bed --bootstrap 5",
    "headmotif inspect {motifs.meme}",
}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fixed files, the genome as FASTA and as GenBank with a gene, and a table of groups."""
    folder = tmp_path_factory.mktemp("inputs") / "in"
    shutil.copytree(DATA, folder)
    (folder / "genome.fa").write_bytes(gzip.decompress((folder / "genome.fa.gz").read_bytes()))
    words = "genome.fa --model tiny.safetensors --top 1 --threads 1 --genbank genome.gbk -o x.bed --quiet"
    tracks = "--bigwig-plus plus.bw --bigwig-minus minus.bw"
    assert call("predict-annot", *words.split(), *tracks.split(), cwd=folder).returncode == 0
    words = f"tiny.safetensors genome.safetensors {TINY} --quiet -o own.safetensors"
    assert call("dump-attention", *words.split(), cwd=folder).returncode == 0
    words = f"genome.safetensors --preset cnn --max-steps 2 --eval-steps 2 --batch-size 2 {CPU} --quiet"
    results = "-o cnn.safetensors --metrics cnn.json --history cnn.tsv"
    assert call("train-annot", *words.split(), *results.split(), cwd=folder).returncode == 0
    text = (folder / "genome.gbk").read_text(encoding="utf-8")
    head = next(line for line in text.splitlines(True) if line.startswith("FEATURES"))
    gene = '     gene            400..2900\n                     /gene="abc"\n'
    (folder / "genome.gbk").write_text(text.replace(head, head + gene, 1), encoding="utf-8")
    names = [
        line.split()[1]
        for line in (folder / "motifs.meme").read_text(encoding="utf-8").splitlines()
        if line[:6] == "MOTIF "
    ]
    (folder / "groups.tsv").write_text("motif\tgroup\n" + "".join(f"{name}\tone\n" for name in names), encoding="utf-8")
    return folder


@pytest.mark.parametrize("line", sorted(ALL))
def test_a_pipe_gives_the_bytes_of_a_file(inputs: Path, tmp_path: Path, line: str) -> None:
    name = line[line.index("{") + 1 : line.index("}")]
    content = (inputs / name).read_bytes()
    results = []
    for way, given in ((name, b""), ("-", content), ("-", gzip.compress(content))):
        folder = tmp_path / str(len(results))
        shutil.copytree(inputs, folder)
        command, *words = line.replace("{" + name + "}", way).split()
        done = call(command, *words, *([] if command == "headmotif" else ["--quiet"]), cwd=folder, input=given)
        assert done.returncode == 0, done.stderr.decode()
        others = {path.name: path.read_bytes() for path in folder.iterdir() if path.name.startswith("out.")}
        results.append((done.stdout.replace(b"standard input", name.encode()), others))
        shutil.rmtree(folder)
    assert results[0] == results[1] == results[2]
    assert results[0][0]


REPORT = {
    "heads": "heads.tsv",
    "profiles": "profiles.tsv",
    "pairs": "pairs.tsv",
    "strands": "strands.tsv",
    "motifs": "motifs.meme",
    "matches": "matches.tsv",
    "targets": "motifs.meme",
    "regions": "regions.bed",
    "genome": "genome.fa",
    "genes": "genes.gff3",
    "sites": "sites.bed",
    "calls": "calls.bed",
    "agreement": "agreement.tsv",
    "curve": "curve.tsv",
    "metrics": "cnn.json",
    "history": "cnn.tsv",
    "baseline": "cnn.json",
    "bigwig-plus": "plus.bw",
    "bigwig-minus": "minus.bw",
}


TABLES = {"heads", "profiles", "pairs", "strands", "matches", "regions", "agreement", "curve", "history"}
"""Those that stand alone on the command line, told by their headers."""


@pytest.mark.parametrize(("option", "zipped"), [*((one, False) for one in REPORT), ("heads", True), ("genome", True)])
def test_a_report_from_a_pipe_is_that_from_a_file(inputs: Path, tmp_path: Path, option: str, zipped: bool) -> None:
    """Its page tells the digest of each input as it came, so that one of gzip is compared with one of gzip."""
    shutil.copytree(inputs, tmp_path / "in")
    path = tmp_path / "in" / REPORT[option]
    content = gzip.compress(path.read_bytes()) if zipped else path.read_bytes()
    path.write_bytes(content)
    few = ("heads", "genome", *(["matches"] if option == "targets" else []))
    few += ("bigwig-plus", "bigwig-minus") if option.startswith("bigwig") else ()
    pages = []
    for given in (REPORT[option], "-"):
        files = {**{name: REPORT[name] for name in few}, option: given}
        words = [word for name, file in files.items() for word in ([file] if name in TABLES else [f"--{name}", file])]
        done = call("head-report", *words, "--quiet", cwd=tmp_path / "in", input=content if given == "-" else b"")
        assert done.returncode == 0, done.stderr.decode()
        pages.append(done.stdout)
    assert pages[0] == pages[1]
    assert hashlib.sha256(content).hexdigest().encode() in pages[0]


TWICE = {
    "fasta2tensor {genome.fa} --sites -",
    "fasta2tensor genome.fa --sites {sites.bed} --mask -",
    "train-annot {genome.safetensors} -",
    "dump-attention {tiny.safetensors} -",
    "bed2pwm - {genome.fa}",
    "pwm-compare {motifs.meme} -",
    "predict-annot {genome.fa} --model tiny.safetensors --genes -",
    "annot-compare a={sites.bed} b=- --genome genome.fa",
    "score-heads {tiny.safetensors} -",
}


@pytest.mark.parametrize("line", sorted(TWICE))
def test_standard_input_holds_one_input(inputs: Path, line: str) -> None:
    name = line[line.index("{") + 1 : line.index("}")]
    command, *words = line.replace("{" + name + "}", "-").split()
    done = call(command, *words, cwd=inputs, input=(inputs / name).read_bytes())
    assert done.returncode == 1
    assert done.stdout == b""
    said = "two inputs are -, but standard input holds only one; give the other as a file"
    assert done.stderr.decode().splitlines()[-1] == f"{command}: {said}"
