"""Whether a network adapts to a genome of which no site is known.

    python benchmarks/species_adapt.py DATA --folds folds --recipe drawn.4000000 [--species KEY ...]

A network that left out the genome's group, and beside it `ecoli-tss-split`, are trained on the genome's genes alone: in
the 300 nt upstream of most genes there is a site, and inside genes, on both strands, as few as in *E. coli*. Only the
output's bias, the norms, and the tables of distances may change. Half of each step is replay: the network's own
P before, on stretches of other groups. The first 500 kb of the genome are scored before and after. A row is kept for
each network and species.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import species_maps
import species_measure
import torch
from species import begin
from species_few import open_fold
from species_learn import RECIPE, Pool, Variant
from species_maps import Map
from torch import Tensor
from torch.nn import functional as F

from headmotif.steps.calling import gene_signs
from headmotif.steps.network import annotate, presets
from headmotif.steps.network.device import Compute, use_device
from headmotif.steps.network.kmer_attention import Reader
from headmotif.steps.sequence.windows import orient
from headmotif.steps.sites.genomic_class import REACH

SPECIES = ("bsubtilis", "cjejuni", "rcapsulatus", "zymomonas", "cglutamicum")
REPLAYED = ("ecoli", "bsubtilis", "spyogenes", "vcholerae", "zymomonas")
FREE = ("out.bias", "norm", "by_distance", "nothing")
"""Parts of the names of the weights that may change."""
STEPS, GENES, RATE = 150, 12, 1e-3
WITH_SITE = 0.7
"""Share of the genes with a site upstream."""
INSIDE = 0.0013
"""Sites per position inside genes, both strands: Cappable-seq in *E. coli*."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=Path, default=Path("folds"))
    parser.add_argument("--recipe", default="drawn.4000000")
    parser.add_argument("--species", nargs="*", default=list(SPECIES))
    asked = parser.parse_args()
    with use_device("cpu", "float32", 1) as where:
        for key in asked.species:
            one = species_maps.read_map(asked.data, key)
            variant, nucleotides = asked.recipe.split(".")
            fold = open_fold(asked.folds / f"{variant}.{one.group}.{nucleotides}.1.safetensors")
            for name, net in (
                (asked.recipe, presets.build_from_model(fold, one.genome)),
                ("start.0", begin(new=False)),
            ):
                row = asked.folds / f"adapt.{name}.{key}.json"
                if not row.exists():
                    row.write_text(json.dumps(compare(net, one, asked.data, where)))
                    print(row.name, row.read_text(), flush=True)


def compare(net: Reader, one: Map, data: Path, where: Compute) -> dict[str, dict[str, float]]:
    """The scores before and after."""
    wanted = species_measure.choose_part(one, 500_000)

    def score() -> dict[str, float]:
        p = annotate.annotate(net.eval(), one.genome, where, wanted)[0]
        return species_measure.measure(one, p, wanted)

    before = score()
    adapt(net, one, [species_maps.read_map(data, key) for key in REPLAYED])
    return {"before": before, "after": score()}


def adapt(net: Reader, one: Map, others: list[Map]) -> None:
    """Train the free weights in place."""
    others = [other for other in others if other.group != one.group]
    pool = Pool(others, Variant(), RECIPE, net.before)
    known = read_replay(net, pool)
    windows = gene_signs.choose_windows(one.genome, one.genes)
    end = one.genome.contigs[0].length - REACH
    windows = windows.take((windows.upstream <= end) & (windows.inside <= end))  # of the first contig
    free = [p for name, p in net.named_parameters() if any(part in name for part in FREE)]
    optimiser = torch.optim.Adam(free, lr=RATE)
    strands = [orient(one.genome, 0, strand, net.before, net.before) for strand in (1, -1)]
    rng = np.random.default_rng(1)
    for step in range(STEPS):
        genes = windows.take(rng.choice(len(windows), GENES, replace=False))
        upstream = net(read(strands, net.before, genes.upstream, genes.row))[..., 0]
        both = (genes.row, 1 - genes.row)
        inside = torch.cat([net(read(strands, net.before, genes.inside, row))[..., 0] for row in both])
        codes, said = known[step % len(known)]
        replay = F.binary_cross_entropy_with_logits(net(codes)[..., 0], said)
        none = F.logsigmoid(-upstream).sum(1)
        some = torch.log(-torch.expm1(none.clamp(max=-1e-6)))
        bags = -(WITH_SITE * some + (1 - WITH_SITE) * none).mean() / REACH
        few = F.binary_cross_entropy_with_logits(inside, torch.full_like(inside, INSIDE))
        loss = bags + few + replay
        optimiser.zero_grad()
        loss.backward()
        optimiser.param_groups[0]["lr"] = RATE * (1 - step / STEPS)
        optimiser.step()


@torch.no_grad()
def read_replay(net: Reader, pool: Pool) -> list[tuple[Tensor, Tensor]]:
    """Stretches of other groups with the network's P before."""
    batches = [pool.batch(step).codes for step in range(20)]
    return [(codes, torch.sigmoid(net(codes)[..., 0])) for codes in batches]


def read(strands: list[np.ndarray], halo: int, start: np.ndarray, row: np.ndarray) -> Tensor:
    """The codes of windows on their strands, 5' to 3', with what the network reads on either side."""
    length = len(strands[0]) - 2 * halo
    first = np.where(row == 0, start, length - start - REACH)
    return torch.from_numpy(
        np.stack([strands[r][at : at + REACH + 2 * halo] for r, at in zip(row.tolist(), first.tolist(), strict=True)])
    )


if __name__ == "__main__":
    main()
