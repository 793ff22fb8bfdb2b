"""The README's picture: a promoter of phage lambda as a model trained on E. coli sees it: P, where its heads look, and
what they read.

    python benchmarks/picture.py DATA EXAMPLE --output benchmarks/promoter.png [--model ecoli-tss]

EXAMPLE is a folder with motifs.meme, the motifs of the model's heads on E. coli (the six commands, model and genome as
in DATA).
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from headmotif import builtin
from headmotif.alphabet import decode
from headmotif.formats.inputs import genomes, models
from headmotif.formats.motifs import logo, meme
from headmotif.formats.tensors import attention_tensor
from headmotif.steps.network import annotate, device, presets

PROMOTER, POSITION, GENE = "pR", 38_023, "cro"
"""1-based, on the + strand of NC_001416.1; needs no activator."""
BOXES = {"-35": (-35, "TTGACT"), "-10": (-12, "GATAAT")}
"""First base from the +1, and the letters there."""
BEFORE, AFTER, SHOWN = 60, 20, 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("example", type=Path)
    parser.add_argument("--output", type=Path, default=Path("benchmarks/promoter.png"))
    parser.add_argument("--model", default="ecoli-tss")
    asked = parser.parse_args()
    phage = asked.data / "phage" / "lambda.fa"
    genome = genomes.read(str(phage))
    net = presets.build_from_model(models.open_model(asked.model, builtin.MODELS))
    p = annotate.annotate(net, genome, device.choose("cpu", "float32", 1))[0]
    site = POSITION - 1
    letters = decode(genome.base[site - BEFORE : site + AFTER + 1])
    for name, (first, word) in BOXES.items():
        assert letters[BEFORE + first : BEFORE + first + 6] == word, f"the {name} is not where it should be"
    names, rows = measure_looks(asked.model, phage, genome.contigs[0].name)
    motifs = {m.name: m for m in meme.read((asked.example / "motifs.meme").read_text(), "motifs.meme")}
    draw(asked.output, p[0, site - BEFORE : site + AFTER + 1], letters, names, rows, motifs)


def measure_looks(model: str, phage: Path, contig: str) -> tuple[list[str], np.ndarray]:
    """The heads that look hardest at the promoter, and what each adds there beyond its background, float (heads,
    bases)."""
    with tempfile.TemporaryDirectory() as folder:
        sites, dump = Path(folder) / "site.bed", Path(folder) / "a.st"
        sites.write_text(f"{contig}\t{POSITION - 1}\t{POSITION}\tpR\t0\t+\n", encoding="utf-8")
        program = str(Path(sys.executable).with_name("dump-attention"))
        subprocess.run([program, model, str(phage), "--sites", str(sites), "--quiet", "-o", str(dump)], check=True)
        seen = attention_tensor.read(str(dump))
        added = np.nan_to_num(np.asarray(seen.norm[:], np.float32))  # (queries, layers, heads, keys)
        beyond = added[seen.is_site][0] - added[seen.is_background].mean(0)
        spread = added[seen.is_background].max(-1).std(0) + 1e-9  # of the strongest key, by head
        offset = np.array(seen.offset)
    keys = np.flatnonzero((offset >= -BEFORE) & (offset <= AFTER))
    keys = keys[np.argsort(offset[keys])]
    score = (beyond[:, :, keys] / spread[:, :, None]).max(-1)
    best = sorted(
        np.argsort(-score.ravel())[:SHOWN].tolist(),
        key=lambda i: offset[keys][beyond.reshape(-1, beyond.shape[-1])[i, keys].argmax()],
    )
    rows = np.clip(beyond.reshape(-1, beyond.shape[-1])[best][:, keys], 0, None)
    heads = beyond.shape[1]
    return [f"L{i // heads + 1}H{i % heads + 1}" for i in best], rows / rows.max(1, keepdims=True)


def draw(path: Path, p: np.ndarray, letters: str, names: list[str], rows: np.ndarray, motifs: dict) -> None:
    """P above, the heads below it, the sequence between them, and to the right what each head reads on E. coli."""
    import logomaker
    import pandas
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 5.2))
    FigureCanvasAgg(figure)
    n = len(names)
    grid = figure.add_gridspec(
        n + 4, 2, width_ratios=(5, 1), left=0.065, right=0.985, top=0.93, bottom=0.09, hspace=0.25, wspace=0.06
    )
    x = np.arange(-BEFORE, AFTER + 1)
    top = figure.add_subplot(grid[:3, 0])
    top.bar(x, p, width=1, color="#b2182b")
    top.set(xlim=(x[0] - 0.5, x[-1] + 0.5), ylim=(0, 1), xticks=[], ylabel="P(site)")
    top.set_title(f"phage lambda {PROMOTER}, before {GENE}: never seen in training", fontsize=11, loc="left")
    middle = figure.add_subplot(grid[3, 0])
    middle.axis("off")
    middle.set(xlim=(x[0] - 0.5, x[-1] + 0.5), ylim=(0, 1))
    for place, letter in zip(x, letters, strict=True):
        middle.text(
            place,
            0.1,
            letter,
            ha="center",
            fontsize=7.5,
            family="DejaVu Sans Mono",
            color=logo.COLOURS.get(letter, "black"),
        )
    for name, (first, word) in {**BOXES, "+1": (0, "A")}.items():
        middle.plot([first - 0.45, first + len(word) - 0.55], [0.62, 0.62], color="black", lw=1.5)
        middle.text(first + (len(word) - 1) / 2, 0.72, name, ha="center", fontsize=9)
    lower = figure.add_subplot(grid[4:, 0])
    lower.imshow(
        rows, aspect="auto", cmap="Blues", extent=(x[0] - 0.5, x[-1] + 0.5, n - 0.5, -0.5), interpolation="nearest"
    )
    lower.set_yticks(range(n), names, fontsize=8)
    lower.set_xlabel(
        "bases from the start; blue: the middle of the 11 bases that a head reads, by what it adds beyond its "
        "background",
        fontsize=9,
    )
    for number, name in enumerate(names):
        axes = figure.add_subplot(grid[4 + number, 1])
        axes.axis("off")
        if name in motifs:
            logomaker.Logo(
                pandas.DataFrame(logo.information(motifs[name]), columns=list("ACGT")),
                ax=axes,
                color_scheme=logo.COLOURS,
            )
            axes.set_ylim(0, 2)
    figure.text(0.84, 0.66, "what the head reads\non E. coli", fontsize=9, va="bottom")
    figure.savefig(path, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
