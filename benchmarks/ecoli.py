"""The real run: E. coli K-12 and its Cappable-seq sites through all commands, beside the `cnn` preset and a -35/-10
scan, to its report.

    python benchmarks/ecoli.py DATA --output ecoli [--models presets]

DATA holds ecoli/genome.fa.gz, ecoli/genes.gff3.gz, ecoli/tss.cappable.bed, ecoli/tss.smrtcappable.bed and motifs/. The
validation and test regions are those of Clauwaert et al. 2021. With --models it trains nothing, but takes the genome
tensor and the networks of the seed that `presets.py` left in a folder; the networks of its other seeds then tell
whether heads recur. Writes everything into the output folder, summary.tsv and resources.tsv with it, and report.html
with its PDF, which shows all of it.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from headmotif import builtin
from headmotif.data import NO_LABEL, Genome
from headmotif.formats.inputs import genomes, motif_files
from headmotif.formats.tables import tsv
from headmotif.formats.tensors import attention_tensor
from headmotif.steps.attention import profile
from headmotif.steps.promoters.frequencies import SPACER, TO_START
from headmotif.steps.promoters.pair_scan import promoter_scores
from headmotif.steps.statistics.metrics import score
from headmotif.steps.training.split import TEST, VALIDATION, parse_stretch, parts

SPLIT = {"validation": "NC_000913.3:3667116-4131280", "test": "NC_000913.3:2738786-3667115"}
SHORT = {"validation": "NC_000913.3:3667116-3687115", "test": "NC_000913.3:2738786-2758785"}
"""20 kb of each, on which `--short` scores the default network."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, default=Path("ecoli"))
    parser.add_argument("--models", type=Path, help="folder of presets.py")
    parser.add_argument("--steps", type=int, default=2500, help="training steps of the default preset, at most")
    parser.add_argument("--cnn-steps", type=int, default=2500)
    parser.add_argument("--limit", type=int, default=0, help="sites whose attention is read; 0: all")
    parser.add_argument(
        "--short", action="store_true", help="only see whether all of it runs: the default network is scored on 20 kb"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--report", action=argparse.BooleanOptionalAction, default=True, help="the heads' controls, and all on one page"
    )
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    data = asked.data.resolve()
    used = [time_command(words, asked.output) for words in chain(data, asked)]
    attention = attention_tensor.read(str(asked.output / "attention.safetensors"))
    tsv.write_table(str(asked.output / "profiles.tsv"), profile.table(attention))
    if asked.report:
        used += [time_command(words, asked.output) for words in (*judge(data / "ecoli", asked), report(data / "ecoli"))]
    tsv.write_table(
        str(asked.output / "resources.tsv"), {k: [u[k] for u in used] for k in ("command", "seconds", "peak_gb")}
    )
    rows = [*network_rows(asked.output), *scan_rows(asked.output)]
    tsv.write_table(str(asked.output / "summary.tsv"), {k: [r[k] for r in rows] for k in rows[0]})
    for name in ("summary.tsv", "resources.tsv"):
        print((asked.output / name).read_text(encoding="utf-8"))
    print(
        f"in all {sum(u['seconds'] for u in used) / 60:.1f} minutes"
        + (f"; open {asked.output / 'report.html'}" if asked.report else "")
    )


def chain(data: Path, asked: argparse.Namespace) -> list[list[str]]:
    """The commands, run in the output folder."""
    known = data / "motifs"
    targets = [str(known / name) for name in ("SwissRegulon_e_coli.meme", "dpinteract.meme", "prodoric_2015.transfac")]
    some = ["--max-sites", str(asked.limit), "--seed", str(asked.seed)]
    seen = ["--model", "model.safetensors", "--genome", "genome.safetensors", "--ism", "1"] if asked.report else []
    return [
        *(
            take_models(asked.models.resolve(), asked.output, asked.seed)
            if asked.models
            else list_training(data / "ecoli", asked)
        ),
        ["dump-attention", "model.safetensors", "genome.safetensors", "-o", "attention.safetensors", *some],
        ["attn2bed", "attention.safetensors", "-o", "regions.bed", *seen],
        ["bed2pwm", "regions.bed", "genome.safetensors", "-o", "motifs.meme", "--table", "motifs.tsv"],
        ["pwm-compare", "motifs.meme", *targets, "-o", "matches.tsv"],
        ["pwm-compare", "motifs.meme", "-o", "matches.builtin.tsv"],
    ]


def judge(ecoli: Path, asked: argparse.Namespace) -> list[list[str]]:
    """The heads' measures and controls, the tracks and calls, how good they are on the test region, and how far sets of
    sites agree."""
    mine = ["model.safetensors", "genome.safetensors"]
    others = sorted(asked.models.resolve().glob("default.*.safetensors")) if asked.models else []
    also = [
        word
        for path in others
        if path.name != f"default.{asked.seed}.safetensors"
        for word in ("--replicate", str(path))
    ]
    tables_of_heads = ["--pairs", "pairs.tsv", "--strands", "strands.tsv"]
    tracks = ["--bigwig-plus", "plus.bw", "--bigwig-minus", "minus.bw"]
    on = ["--genome", "genome.safetensors"]
    sets = ["cappable=label:cappable", f"smrt={ecoli / 'tss.smrtcappable.bed'}", "calls=calls.bed"]
    return [
        ["score-heads", *mine, "--max-sites", "4000", *also, *tables_of_heads, "-o", "heads.tsv"],
        ["predict-annot", "genome.safetensors", "--model", "model.safetensors", "-o", "calls.bed", *tracks],
        ["score-annot", "model=plus.bw,minus.bw", *on, "--truth", "label:cappable", "--region", SPLIT["test"],
         "--curve", "curve.tsv",
         "-o", "accuracy.tsv"],
        ["annot-compare", *sets, *on, "-o", "agreement.tsv"],
    ]  # fmt: skip


def report(ecoli: Path) -> list[str]:
    """All of it on one page."""
    files = {
        "motifs": "motifs.meme",
        "genome": "genome.safetensors",
        "metrics": "metrics.json",
    }
    files |= {
        "genes": str(ecoli / "genes.gff3.gz"),
        "calls": "calls.bed",
        "bigwig-plus": "plus.bw",
        "bigwig-minus": "minus.bw",
    }
    files |= {"baseline": "cnn=cnn.json"}
    given = [word for option, file in files.items() for word in (f"--{option}", file)]
    out = ["-o", "report.html", "--pdf", "report.pdf", "--figures", "figures"]
    tables = ["heads.tsv", "profiles.tsv", "pairs.tsv", "strands.tsv", "matches.builtin.tsv", "regions.bed"]
    tables += ["history.tsv", "curve.tsv", "agreement.tsv"]
    return ["head-report", *tables, *given, "--title", "E. coli K-12 MG1655: transcription start sites", *out]


def list_training(ecoli: Path, asked: argparse.Namespace) -> list[list[str]]:
    regions = (SPLIT, SHORT if asked.short else SPLIT)
    split, own = (["--validation", at["validation"], "--test", at["test"], "--seed", str(asked.seed)] for at in regions)
    sites = ["--sites", f"cappable={ecoli / 'tss.cappable.bed'}", "--annotation", str(ecoli / "genes.gff3.gz")]
    cnn = ["--preset", "cnn", "-o", "cnn.safetensors", "--metrics", "cnn.json", "--history", "cnn.history.tsv"]
    net = ["-o", "model.safetensors", "--metrics", "metrics.json", "--history", "history.tsv"]
    return [
        ["fasta2tensor", str(ecoli / "genome.fa.gz"), *sites, "-o", "genome.safetensors"],
        ["train-annot", "genome.safetensors", *net, "--max-steps", str(asked.steps), *own],
        ["train-annot", "genome.safetensors", *cnn, "--max-steps", str(asked.cnn_steps), *split],
    ]


def take_models(models: Path, output: Path, seed: int) -> list[list[str]]:
    """No command: what training would have left, from where it was trained before."""
    names = {"genome.safetensors": "genome.safetensors", f"default.{seed}.tsv": "history.tsv"}
    for preset, model, metrics in (("default", "model", "metrics"), ("cnn", "cnn", "cnn")):
        names |= {f"{preset}.{seed}.safetensors": f"{model}.safetensors", f"{preset}.{seed}.json": f"{metrics}.json"}
    for source, target in names.items():
        shutil.copyfile(models / source, output / target)
    return []


def time_command(words: list[str], folder: Path) -> dict:
    """One command in its own process: wall time and peak memory, from the operating system's own account of it."""
    print("$ " + " ".join(words), file=sys.stderr, flush=True)
    program = [str(Path(sys.executable).with_name(words[0])), *words[1:]]
    began = time.monotonic()
    process = subprocess.Popen(program, cwd=folder)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{words[0]} ended with status {process.returncode}")
    return {
        "command": words[0],
        "seconds": round(time.monotonic() - began, 1),
        "peak_gb": round(usage.ru_maxrss / 1e6, 3),
    }


def network_rows(folder: Path) -> list[dict]:
    """The scores that train-annot wrote: every position of both strands of the part."""
    rows = []
    for name, path in (("default", "metrics.json"), ("cnn", "cnn.json")):
        found = json.loads((folder / path).read_text(encoding="utf-8"))
        rows += [row(name, part, found["metrics"][part]["cappable"]) for part in ("validation", "test")]
    return rows


def scan_genome(genome: Genome) -> np.ndarray:
    """The -35/-10 scan with the built-in matrices, in bits, float32 (2, N)."""
    known = {m.name: m for m in motif_files.read(str(builtin.MOTIFS)).motifs}
    between = {
        last - 1: share for last, share in TO_START.items()
    }  # from the base before the +1 to the one after the -10
    return promoter_scores(genome, known["sigma70_-35"], known["sigma70_-10"], SPACER, between)


def scan_rows(folder: Path) -> list[dict]:
    """The same scores of the -35/-10 scan with the built-in matrices, the shares of spacers and distances those of the
    simulator."""
    genome = genomes.read(str(folder / "genome.safetensors"))
    scores = scan_genome(genome)
    part = parts(genome, [parse_stretch(genome, SPLIT["validation"])], [parse_stretch(genome, SPLIT["test"])])
    rows = []
    for name, number in (("validation", VALIDATION), ("test", TEST)):
        wanted = (part == number) & (genome.label[0] != NO_LABEL)
        found = score(genome.label[0][wanted], scores[wanted])
        rows.append(row("-35/-10 scan", name, vars(found)))
    return rows


def row(model: str, part: str, found: dict) -> dict:
    names = ("roc_auc", "average_precision", "prevalence", "sites", "positions")
    return {"model": model, "part": part, **{name: found[name] for name in names}}


if __name__ == "__main__":
    main()
