"""Can a network tell from SNPs alone which promoter is lost? Four strains of *Campylobacter jejuni* as an experiment.

    python benchmarks/jejuni.py DATA --folds folds --output jejuni [--recipe both.8000000]

Of each TSS of a strain whose promoter has one to four SNPs in another strain, the other strain's map tells whether the
TSS is there too. The networks have not seen the genus; one of them is tuned with 200 TSS of one strain in one half of
its genome, and all are asked about the loci of the other half. A score is the change of the logit of P when the other
strain's bases from -45 to +2 take the place of the strain's own. The area under the ROC curve says how well it tells
lost TSS from kept ones; its interval comes from blocks of 10 kb of the reference.

Controls: the number of SNPs; the change of the -35/-10 scan; and, for the tuned network, SNPs of other pairs of as many
SNPs, put at the same distances from the TSS.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import species_maps
import torch
from ecoli import scan_genome
from jejuni_pairs import PROMOTER, SHARED, STRAINS, Pair, cut, find_pairs
from species_few import open_fold
from species_maps import Map

from headmotif import builtin
from headmotif.data import Contig, Contigs, Genome, Model
from headmotif.formats.inputs import models
from headmotif.formats.tables import tsv
from headmotif.steps.calling import tuned_model
from headmotif.steps.network import presets
from headmotif.steps.network.device import Compute, use_device
from headmotif.steps.statistics.metrics import score

KNOWN = 200
MOST = 4
"""Most SNPs of a promoter."""
BLOCK, DRAWS = 10_000, 1000
LEAD = 120
"""Bases on either side of a TSS that are cut out: more than a network reads, and the 2 nt about it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=Path, default=Path("folds"))
    parser.add_argument("--recipe", default="both.8000000")
    parser.add_argument("--output", type=Path, default=Path("jejuni"))
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    maps = [species_maps.read_map(asked.data, key) for key in STRAINS]
    pairs, place = choose(maps, list(find_pairs(maps)))
    variant, nucleotides = asked.recipe.split(".")
    left_out = open_fold(asked.folds / f"{variant}.Campylobacter.{nucleotides}.1.safetensors")
    with use_device("cpu", "float32", 2) as where:
        known = {
            "ecoli-tss": models.open_model("ecoli-tss", builtin.MODELS),
            "left out": left_out,
            f"tuned with {KNOWN} TSS": tune(left_out, asked.data, maps[0], where),
        }
        scores = compare(maps, pairs, known, where)
    lost = np.array([not pair.kept for pair in pairs])
    snps = np.array([pair.snps for pair in pairs])
    rows = []
    for name, chosen in (("1 to 4", snps > 0), ("1", snps == 1), ("2 to 4", snps > 1)):
        for what, change in scores.items():
            area, low, high = measure(lost[chosen], change[chosen], place[chosen] // BLOCK)
            rows.append((name, int(chosen.sum()), int(lost[chosen].sum()), what, area, low, high))
            print(*rows[-1], sep="\t", flush=True)
    names = ("snps", "pairs", "lost", "score", "auc", "low", "high")
    tsv.write_table(str(asked.output / "jejuni.tsv"), dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def choose(maps: list[Map], pairs: list[Pair]) -> tuple[list[Pair], np.ndarray]:
    """The pairs with one to four SNPs whose locus is in the second half of the reference, and its place there."""
    locus = {(pair.strain, pair.row, pair.place): pair.other_place for pair in pairs if pair.other == 0}
    half, found = len(maps[0].genome.base) // 2, []
    for pair in pairs:
        at = pair.place if pair.strain == 0 else locus.get((pair.strain, pair.row, pair.place), -1)
        whole = all(
            cut(maps[i], row, there, LEAD, LEAD) is not None
            for i, row, there in ((pair.strain, pair.row, pair.place), (pair.other, pair.other_row, pair.other_place))
        )
        if at >= half and 1 <= pair.snps <= MOST and whole:
            found.append((pair, at))
    return [pair for pair, _at in found], np.array([at for _pair, at in found])


def tune(model: Model, data: Path, one: Map, where: Compute) -> Model:
    """The model tuned with some TSS of the first half of the reference."""
    sites = species_maps.read_sites(data, one.key, one.genome.contigs)
    first = np.flatnonzero(one.genome.contigs.place(sites.contig, sites.position) < len(one.genome.base) // 2 - LEAD)
    chosen = np.sort(np.random.default_rng(1).choice(first, KNOWN, replace=False))
    net, chunks = tuned_model.begin(model, one.genome, sites.take(chosen), 0, 1)
    return tuned_model.tune(model, net, chunks, 0, where).model


def compare(maps: list[Map], pairs: list[Pair], known: dict[str, Model], where: Compute) -> dict[str, np.ndarray]:
    """The scores of each pair: high where the TSS should be lost."""
    own = np.stack([cut(maps[pair.strain], pair.row, pair.place, LEAD, LEAD) for pair in pairs])
    theirs = np.stack([cut(maps[pair.other], pair.other_row, pair.other_place, LEAD, LEAD) for pair in pairs])
    span = slice(LEAD + PROMOTER[0], LEAD + PROMOTER[1] + 1)
    changed, permuted = own.copy(), own.copy()
    changed[:, span] = theirs[:, span]
    snps = np.array([pair.snps for pair in pairs])
    rng = np.random.default_rng(1)
    for number in np.unique(snps):
        rows = np.flatnonzero(snps == number)
        for row, other in zip(rows, rng.permutation(rows), strict=True):
            at = np.flatnonzero(own[other] != changed[other])
            new = changed[other, at]
            permuted[row, at] = np.where(new != own[row, at], new, (new + 1 + rng.integers(0, 3, len(at))) % 4)
    found = {"number of SNPs": snps.astype(float)}
    found["-35/-10 scan"] = scan(own) - scan(changed)
    for name, model in known.items():
        net = presets.build_from_model(model, maps[0].genome).to(where.device)
        read = make_reader(net)
        before = read(own)
        found[name] = before - read(changed)
    found["tuned, SNPs of other pairs"] = before - read(permuted)
    found["tuned, whole sequence of the other strain"] = before - read(theirs)
    return found


def make_reader(net: presets.Network) -> Callable[[np.ndarray], np.ndarray]:
    """A function from windows to the highest logit within 2 nt of their middle."""

    def read(windows: np.ndarray) -> np.ndarray:
        inner = windows[:, LEAD - SHARED - net.before : LEAD + SHARED + 1 + net.after]
        with torch.inference_mode():
            parts = [net(torch.from_numpy(part.copy()))[..., 0] for part in np.array_split(inner, 1 + len(inner) // 64)]
        return torch.cat(parts).max(1).values.numpy()

    return read


def scan(windows: np.ndarray) -> np.ndarray:
    """The best pair of elements within 2 nt of the middle of windows, in bits."""
    length = windows.shape[1]
    contigs = Contigs([Contig(f"w{i}", length) for i in range(len(windows))])
    bits = scan_genome(Genome(contigs, windows.ravel()))[0].reshape(len(windows), length)
    return bits[:, LEAD - SHARED : LEAD + SHARED + 1].max(1)


def measure(lost: np.ndarray, change: np.ndarray, block: np.ndarray) -> tuple[float, float, float]:
    """The area under the ROC curve with its 95 % interval, blocks drawn anew."""
    area = score(lost, change).roc_auc
    names, block = np.unique(block, return_inverse=True)
    rows = [np.flatnonzero(block == i) for i in range(len(names))]
    rng = np.random.default_rng(1)
    drawn = []
    for _draw in range(DRAWS):
        some = np.concatenate([rows[i] for i in rng.integers(len(names), size=len(names))])
        drawn.append(score(lost[some], change[some]).roc_auc)
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return round(float(area), 4), round(float(low), 4), round(float(high), 4)


if __name__ == "__main__":
    main()
