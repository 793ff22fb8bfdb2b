"""Runs of the Nextflow pipeline in the tests, and the same work done by the shell to compare with."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import torch

from in_process import call

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PIPELINE = REPOSITORY / "nextflow"
DATA = PIPELINE / "tests" / "data"
MADE = REPOSITORY / ".engines" / "shell"
"""Where the shell's results are kept: Nextflow, Slurm and the containers are compared with the same ones."""
BIN = Path(sys.executable).parent
SITED = {"alpha": "", "beta": "bacteria-tss"}
"""The test profile's samples whose heads are read, and their models; "" is trained."""
READ = ["--background", "300"]
ONE = ["--threads", "1", "--quiet"]
KERNELS = ("OPENBLAS_", "ATEN_CPU_CAPABILITY", "ONEDNN_", "MKL_")
"""The variables by which a machine chooses among the kernels of its arithmetic, whose last digits differ."""


def environment(home: Path, **more: str) -> dict[str, str]:
    """Ours on PATH first; a Nextflow home of its own, so that runs do not meet."""
    path = f"{BIN}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "NXF_HOME": str(home), "NXF_ANSI_LOG": "false", "OMP_NUM_THREADS": "1", **more}


def command(*words: object, profile: str = "test") -> list[str]:
    return ["nextflow", "run", str(PIPELINE), "-profile", profile, *map(str, words)]


def run(folder: Path, *words: object, profile: str = "test", **more: str) -> subprocess.CompletedProcess:
    """The pipeline in a folder, to its end."""
    folder.mkdir(exist_ok=True)
    env = environment(folder / ".home", **more)
    return subprocess.run(command(*words, profile=profile), cwd=folder, capture_output=True, text=True, env=env)


def list_processes(done: subprocess.CompletedProcess, word: str) -> list[str]:
    """The processes of a run's log that were Submitted or Cached, such as 'TRAINANNOT (alpha)', in order of their
    names."""
    return sorted(
        re.findall(rf"{word} process > (?:\w+:)*(\w+ \(.+\))", done.stdout.replace("Re-submitted", "Resubmitted"))
    )


def results(folder: Path) -> dict[str, bytes]:
    """All that a run published but MultiQC's page, which bears its date."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder).parts[0] != "multiqc"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def run_by_shell() -> dict[str, bytes]:
    """The test profile's results, made by the commands themselves, under the names that the pipeline publishes.

    They are made once for each state of the program, of its samples and of what the arithmetic hangs on.
    """
    kept = MADE / _state()
    if not kept.exists():
        shutil.rmtree(MADE, ignore_errors=True)
        work = MADE / "work"
        for name, content in _make_results(work).items():
            path = MADE / "new" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        shutil.rmtree(work)
        (MADE / "new").rename(kept)
    return {str(path.relative_to(kept)): path.read_bytes() for path in sorted(kept.rglob("*")) if path.is_file()}


def _state() -> str:
    """A digest of all that decides the bytes."""
    digest = hashlib.sha256()
    for path in sorted(
        path for folder in (REPOSITORY / "tools", DATA, Path(__file__).parent) for path in folder.rglob("*")
    ):
        if path.is_file() and "__pycache__" not in path.parts and ".egg-info" not in str(path):
            digest.update(f"{path.relative_to(REPOSITORY)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    kernels = sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith(KERNELS))
    digest.update(repr((torch.__version__, torch.backends.cpu.get_cpu_capability(), kernels)).encode())
    return digest.hexdigest()[:16]


def _make_results(folder: Path) -> dict[str, bytes]:
    for sample in ("alpha", "beta", "gamma", "delta", "epsilon"):
        (folder / sample).mkdir(parents=True)
        for file in (DATA / sample).iterdir():
            shutil.copy(file, folder / sample)
    made: dict[str, bytes] = {}
    (folder / "sheet.tsv").write_text(
        "sample\tgenome\tcircular\nbeta\tbeta/genome.fa.gz\t\ndelta\tdelta/genome.fa.gz\t\ngamma\tgamma/genome.fa.gz\tall\n"
    )
    shell(folder, "predict-annot", "--samplesheet", "sheet.tsv", "--outdir", "calls", *ONE)
    shell(folder, *write_call_command("epsilon"), "--model", "bacteria-tss-split")
    for sample, model in SITED.items():
        read(folder, sample, model)
    for place in ("calls", "models", "regions", "motifs", "matches", "heads", "scores", "reports"):
        made |= {
            f"{place}/{path.relative_to(folder / place)}": path.read_bytes()
            for path in (folder / place).rglob("*")
            if path.is_file()
        }
    made["calls/status/bacteria-tss.status.tsv"] = made.pop("calls/status.tsv")
    return made


def write_call_command(sample: str) -> list[str]:
    stem = f"calls/{sample}"
    return [
        "predict-annot",
        f"{sample}/genome.fa.gz",
        "-o",
        f"{stem}.bed",
        "--table",
        f"{stem}.tsv",
        "--metrics",
        f"{stem}.json",
        *ONE,
    ]


def read(folder: Path, name: str, model: str) -> None:
    """A sample's chain from its sites to its report, options as in conf/test.config."""
    for place in ("models", "regions", "motifs", "matches", "heads", "scores", "reports"):
        (folder / place).mkdir(exist_ok=True)
    genome, fasta, sites = f"{name}.genome.safetensors", f"{name}/genome.fa.gz", f"{name}/sites.bed"
    circles = ["--circular", "all"] if name == "alpha" else []
    shell(folder, "fasta2tensor", fasta, "--sites", sites, *circles, "-o", genome, "--quiet")
    training = []
    if not model:
        model, history, metrics = (
            f"models/{name}.{what}" for what in ("model.safetensors", "history.tsv", "metrics.json")
        )
        few = ["--max-steps", "4", "--eval-steps", "2", "--batch-size", "8", "--sequence-length", "512"]
        few += ["--precision", "float32"]
        shell(folder, "train-annot", genome, *few, "-o", model, "--history", history, "--metrics", metrics, *ONE)
        shell(folder, *write_call_command(name), "--model", model, *circles)
        training = ["--metrics", metrics, history]
    shell(folder, "dump-attention", model, genome, "-o", f"{name}.st", *READ, "--shuffled", "50", *ONE)
    regions, controls, motifs = (
        f"regions/{name}.regions.bed",
        f"regions/{name}.controls.bed",
        f"motifs/{name}.motifs.meme",
    )
    more = [
        "--controls-out",
        controls,
        "--merge-overlaps",
        f"regions/{name}.merged.bed",
        "--gff3",
        f"regions/{name}.regions.gff3",
    ]
    shell(folder, "attn2bed", f"{name}.st", "--max-q", "1", "-o", regions, *more, *ONE)
    more = [
        "--table",
        f"motifs/{name}.motifs.tsv",
        "--sites-out",
        f"motifs/{name}.motif_sites.bed",
        "--logo",
        f"motifs/{name}.logos",
    ]
    few = ["--min-sites", "8", "--max-evalue", "1000", "--minw", "6", "--maxw", "6"]
    shell(folder, "bed2pwm", regions, genome, *few, "-o", motifs, *more, *ONE)
    matches = f"matches/{name}.matches.tsv"
    more = ["--cluster", f"matches/{name}.clusters.tsv", "--cluster-motifs", f"matches/{name}.merged.meme"]
    shell(folder, "pwm-compare", motifs, "-o", matches, *more, "--quiet")
    heads, profiles, pairs = (f"heads/{name}.{what}.tsv" for what in ("heads", "profiles", "pairs"))
    few = ["--ablate", "0", "--marginalize", "0", "--untrained", "0"]
    shell(
        folder, "score-heads", model, genome, *READ, *few, "-o", heads, "--profiles", profiles, "--pairs", pairs, *ONE
    )
    scores, curve = f"scores/{name}.scores.tsv", f"scores/{name}.curve.tsv"
    more = ["--truth", sites, "--curve", curve, "-o", scores, "--quiet"]
    shell(folder, "score-annot", f"calls/{name}.bed", "--genome", fasta, *more)
    tables = {what: f"scores/{name}.{what}.tsv" for what in ("matrix", "distances", "checks")}
    more = [word for what, file in tables.items() for word in (f"--{what}", file)]
    sets = [f"sites={sites}", f"calls=calls/{name}.bed"]
    more += ["-o", f"scores/{name}.agreement.tsv", "--quiet"]
    shell(folder, "annot-compare", *sets, "--genome", fasta, *more)
    files = {"motifs": motifs, "genome": genome, "calls": f"calls/{name}.bed"}
    words = [heads, profiles, pairs, matches, regions, curve, scores]
    words += [word for option, file in files.items() for word in (f"--{option}", file)]
    shell(folder, "head-report", "--title", name, *words, *training, "-o", f"reports/{name}.report.html", "--quiet")


def shell(folder: Path, *words: str) -> None:
    done = call(*words, cwd=folder)
    assert done.returncode == 0, f"{words}: {done.stderr.decode()}"
