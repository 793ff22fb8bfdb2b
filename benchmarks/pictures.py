"""The documentation's pictures, drawn by the report's own code from the files of the E. coli run: small PNGs, the same
bytes every time.

    python benchmarks/pictures.py ecoli --output docs

ecoli: the folder that benchmarks/ecoli.py wrote. A picture whose files are not there is left out, and said so.
"""

import argparse
import io
import sys
from pathlib import Path

from PIL import Image

from headmotif import builtin
from headmotif.report.contents import inputs
from headmotif.report.contents.run import Run
from headmotif.report.figures import canvas, drawings
from headmotif.report.pages import cards

DPI = 110
COLOURS = 128
SHOWN = {"map": "map", "accuracy": "curve", "calibration": "calibration", "locus": "locus 2"}
"""Files, and which figure each is; beside them the card of the head whose silencing costs most."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, default=Path("docs"))
    parser.add_argument("--genes", default="", help="the genome's genes, GFF3, to be drawn at the locus")
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    for name, content in pictures(read(asked.folder, asked.genes)).items():
        (asked.output / f"{name}.png").write_bytes(content)
        print(f"{asked.output / name}.png: {len(content) / 1000:.0f} kB")


def read(folder: Path, genes: str) -> Run:
    """The run, of the files that the folder has."""
    files = {
        "heads": "heads.tsv",
        "profiles": "profiles.tsv",
        "pairs": "pairs.tsv",
        "motifs": "motifs.meme",
        "matches": "matches.builtin.tsv",
    }
    files |= {"regions": "regions.bed", "genome": "genome.safetensors", "calls": "calls.bed", "bigwig-plus": "plus.bw"}
    files |= {"bigwig-minus": "minus.bw", "metrics": "metrics.json", "curve": "curve.tsv", "agreement": "agreement.tsv"}
    paths = dict.fromkeys(inputs.SHOWS, "") | {"heads": "", "targets": "", "sites": "", "genes": genes}
    for kind, name in files.items():
        if (folder / name).exists():
            paths[kind] = str(folder / name)
        else:
            print(f"{folder / name}: not there", file=sys.stderr)
    paths.pop("baseline")
    return inputs.read(paths, [], [], "", "documentation", 5, str(builtin.MOTIFS))


def pictures(run: Run) -> dict[str, bytes]:
    """Each picture's bytes, by its file's name."""
    with canvas.use_style():
        made = {name: make for name, _words, make in drawings.list_figures(run)}
        found = {
            name: reduce_colours(canvas.render_file(canvas.draw(made[figure]()), "png", DPI))
            for name, figure in SHOWN.items()
            if figure in made
        }
        row = min(run.rows, key=lambda row: float(row.get("ap_zero", 0.0)))
        found["card"] = reduce_colours(canvas.render_file(cards.draw_picture(run, row), "png", DPI))
    return found


def reduce_colours(png: bytes) -> bytes:
    """The same picture in few colours: a third of the bytes, and the eye sees no difference."""
    buffer = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        buffer, "PNG", optimize=True
    )
    return buffer.getvalue()


if __name__ == "__main__":
    main()
