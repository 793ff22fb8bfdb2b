"""How far two networks of the same training agree on what a variant changes: the base of `--min-change`.

    python benchmarks/variant_changes.py [--variants 600] [--seed 1] [--threads 1]

Single substitutions of phage lambda, four at each call of `ecoli-tss` (in the -10 and the -35 element, between them,
and upstream) and 100 anywhere, scored by `ecoli-tss` and by `ecoli-tss-split`: the same recipe on fewer sites.
"""

import argparse
from itertools import pairwise

import numpy as np

from headmotif.alphabet import decode
from headmotif.builtin import MODELS
from headmotif.data import Genome, Variants
from headmotif.formats.inputs import genomes
from headmotif.formats.tensors import model_tensor
from headmotif.steps.calling import local_maxima, thresholds, variant_effects
from headmotif.steps.network import annotate, device, presets

OFFSETS = ((-13, -7), (-36, -30), (-29, -14), (-200, -100))
"""Where the substitutions near a call lie, nt from it, half-open."""
SIZES = (0, 0.25, 0.5, 1, 2, np.inf)
CROSSES = ("gained", "lost")


def draw(genome: Genome, calls: np.ndarray, strand: np.ndarray, number: int, seed: int) -> Variants:
    """Substitutions near the calls, at most `number`, and 100 elsewhere."""
    rng = np.random.default_rng(seed)
    near = np.concatenate([calls + strand.astype(np.int64) * rng.integers(*one, len(calls)) for one in OFFSETS])
    near = near[(near >= 0) & (near < len(genome.base))]
    near = rng.permutation(near)[: max(0, number - 100)]
    place = np.sort(np.concatenate([near, rng.integers(len(genome.base), size=100)]))
    other = (genome.base[place] + rng.integers(1, 4, len(place))) % 4
    letters = tuple(decode(genome.base[place])), tuple(decode(other))
    count = len(place)
    return Variants(np.zeros(count, np.int32), place, (".",) * count, *letters, np.arange(count))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variants", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    genome, found = genomes.read("lambda", []), []
    with device.use_device("cpu", "float32", asked.threads) as where:
        for name in ("ecoli-tss", "ecoli-tss-split"):
            model = model_tensor.open_model(name, MODELS)
            _, least = thresholds.choose_label(model, name, "", None)
            net = presets.build_from_model(model)
            if not found:
                calls = local_maxima.call_sites(annotate.annotate(net, genome, where)[0], genome.contigs, least)
                some = draw(genome, calls.position, calls.strand, asked.variants, asked.seed)
            rule = variant_effects.Rule(least, 0)
            found.append(variant_effects.effects(net, genome, some, where, rule=rule))
    one, two = found
    same = (one.site == two.site) & (one.site_strand == two.site_strand) & (one.site >= 0)
    far = np.abs(one.site_change - two.site_change)[same]
    print(f"{len(some)} variants; the same site changes most in {same.sum()}; |difference| of its two changes, logits:")
    print({q: round(float(np.nanquantile(far, q)), 2) for q in (0.5, 0.9, 0.95, 0.99)})
    size = np.abs(one.site_change)
    for low, high in pairwise(SIZES):
        mine = np.isin(one.kind, CROSSES) & (size >= low) & (size < high)
        again = (one.kind == two.kind)[mine]
        print(f"crosses the threshold by {low} to {high}: {mine.sum()}, by the other network too {again.mean():.2f}")


if __name__ == "__main__":
    main()
