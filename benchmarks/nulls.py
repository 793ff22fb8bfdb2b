"""What heads that know nothing seem to read, and whether each p that the program tells is as rare as it says.

    python benchmarks/nulls.py --genome G.st [--model trained.st ...] [--shuffled-model M.st ...] [--untrained 5]
    [--preset wide]

Three kinds of networks, each read as `score-heads` reads one: the trained ones at the genome's sites, untrained ones
(fresh weights, a seed each) at the same sites, and those trained on sites at random places (`--shuffled-model`, with
their genomes by `--shuffled-genome`) at those places. Then the p-values where the null is true by construction: regions
of background positions that take the sites' part, motifs of regions whose distances are swapped among the sites, or of
the strongest where p and weight are, spacings of heads whose choices are. P(p <= a) / a is to be 1 or less.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from headmotif.data import BACKGROUND, SITE, Attention, Genome, Group
from headmotif.formats.inputs import genomes
from headmotif.formats.tables import tsv
from headmotif.formats.tensors import model_tensor
from headmotif.steps.attention import positions, record, segment, similarity
from headmotif.steps.attention import queries as background
from headmotif.steps.heads import score
from headmotif.steps.motifs import discovery
from headmotif.steps.network import device, presets

LEVELS = (0.05, 0.01, 0.001)
LIMITS = {"max_q": 0.2, "max_p": 0.05}
PLACE_WIDTHS = (6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 24)
"""Of motifs place by place, as for factors."""


def look(net: presets.Network, genome: Genome, limit: int, seed: int, threads: int) -> Attention:
    """Its heads at so many of the genome's sites, and at as many background positions as score-heads takes."""
    known = genome.sites(0)
    chosen = np.sort(np.random.default_rng([seed, 7]).permutation(len(known))[: limit or None])
    asked = known.take(chosen)
    queries, kind = background.concatenate(asked, background.draw_matched(genome, asked, known, 4000, seed))
    return record.gather(net, genome, queries, kind, device.choose("cpu", "float32", threads))


def read(kind: str, name: str, attention: Attention, genome: Genome, seed: int) -> dict:
    """A row of what the heads seem to read."""
    rows, _chosen = score.heads(attention, genome, [], LIMITS["max_q"], LIMITS["max_p"], seed)
    regions = np.array([row.regions for row in rows])
    found = [row for row in rows if row.found is not None and row.found.motif is not None]
    content = [row for row in found if row.found is not None and row.found.p * len(rows) <= score.CONTENT]
    return {
        "networks": kind,
        "name": name,
        "heads": len(rows),
        "sites": int(attention.is_site.sum()),
        "heads_with_regions": int((regions > 0).sum()),
        "most_regions": int(regions.max()),
        "motifs": len(found),
        "motifs_p_0.05": sum(row.found.p <= 0.05 for row in found if row.found is not None),
        "content": len(content),
    }


def measure_calibration(what: str, p: np.ndarray) -> dict:
    return {"p of": what, "tests": p.size} | {
        f"P(p <= {a:g}) / {a:g}": round(float((p <= a).mean()) / a, 3) for a in LEVELS
    }


def check_background(attention: Attention, seed: int) -> np.ndarray:
    """p of every head where half of the background stands for sites, and the sites are left out."""
    rows = np.flatnonzero(attention.is_background)
    kind = np.where(np.random.default_rng([seed, 21]).permutation(len(rows)) % 2 == 0, SITE, BACKGROUND)
    columns = {
        n: np.asarray(getattr(attention, n))[rows]
        for n in ("contig", "position", "strand", "weight", "norm", "none", "probability")
    }
    alone = replace(attention, kind=kind.astype(np.uint8), **columns)
    query = np.flatnonzero(alone.is_site)
    where = np.ndindex(attention.weight.shape[1:3])
    return np.stack([segment.peaks(alone, layer, head, query, seed)[0].p for layer, head in where])


def check_motifs(attention: Attention, genome: Genome, seed: int) -> tuple[np.ndarray, ...]:
    """p of the heads' motifs, and of their places', the distances swapped among the sites of each head; and of the
    motifs of the places' strongest regions, p and weight swapped among the regions of each place."""
    regions = segment.segment(attention, LIMITS["max_q"], 1.0, seed).regions
    if not len(regions):
        return (np.zeros(0),) * 3
    swapped = segment.permute_offsets(regions, seed)
    by_place = discovery.Search(flank=8, widths=PLACE_WIDTHS)
    whole = discovery.find_motifs(genome, swapped, discovery.Search(min_sites=20), seed)
    split = discovery.find_motifs(genome, positions.group_by_offset(swapped), by_place, seed)
    mine = positions.group_by_offset(regions)
    order, rng = np.arange(len(mine)), np.random.default_rng([seed, 23])
    for group in np.unique(mine.head):
        its = np.flatnonzero(mine.head == group)
        order[its] = rng.permutation(its)
    weaker = replace(
        mine, p=mine.p[order], weight=mine.weight[order]
    )  # both: of equal p the larger weight is the stronger
    strong = discovery.find_motifs(genome, weaker, replace(by_place, top_fractions=True), seed)
    strong = (one for one in strong if Group.parse(one.group).fraction > 1)
    return tuple(np.array([one.p for one in found if one.motif is not None]) for found in (whole, split, strong))


def check_pairs(attention: Attention, seed: int) -> np.ndarray:
    """p of the spacings of every two heads, each head's choices swapped among the sites where it chose."""
    chosen = similarity.choices(attention, LIMITS["max_p"], seed)
    rng = np.random.default_rng([seed, 22])
    for row in chosen:
        its = np.flatnonzero(row != similarity.NONE)
        row[its] = row[rng.permutation(its)]
    return np.array([pair.p for pair in similarity.pairs(chosen)])


def build_untrained(preset: str, number: int) -> Iterator[tuple[str, presets.Network]]:
    for seed in range(1, number + 1):
        yield f"seed {seed}", presets.build_fresh(presets.PRESETS[preset], 1, 1000 + seed)


def open_trained(path: Path) -> presets.Network:
    return presets.build_with_heads(model_tensor.read(str(path)), str(path))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--genome", type=Path, required=True)
    parser.add_argument("--model", type=Path, nargs="*", default=[])
    parser.add_argument("--shuffled-model", type=Path, nargs="*", default=[])
    parser.add_argument("--shuffled-genome", type=Path, nargs="*", default=[])
    parser.add_argument("--untrained", type=int, default=5)
    parser.add_argument("--preset", choices=("default", "wide"), default="default", help="of the untrained")
    parser.add_argument("--limit", type=int, default=5000, help="sites at most")
    parser.add_argument("--swaps", type=int, default=3, help="times that distances are swapped")
    parser.add_argument("--output", type=Path, default=Path("nulls.tsv"))
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    genome = genomes.read(str(asked.genome))
    cases = [("trained", str(path), open_trained(path), genome) for path in asked.model]
    cases += [("untrained", name, net, genome) for name, net in build_untrained(asked.preset, asked.untrained)]
    for path, its in zip(asked.shuffled_model, asked.shuffled_genome, strict=True):
        cases.append(("shuffled sites", str(path), open_trained(path), genomes.read(str(its))))
    of_each = ("motifs", "motifs by place", "motifs of the strongest")
    rows, p = [], {"regions": [], **{what: [] for what in of_each}, "spacings": []}
    for kind, name, net, its in cases:
        attention = look(net, its, asked.limit, 1, asked.threads)
        rows.append(read(kind, name, attention, its, 1))
        print("\t".join(str(value) for value in rows[-1].values()), flush=True)
        p["regions"].append(check_background(attention, 1).ravel())
        if kind == "trained":
            for seed in range(1, asked.swaps + 1):
                for what, found in zip(of_each, check_motifs(attention, its, seed), strict=True):
                    p[what].append(found)
            p["spacings"] += [check_pairs(attention, seed) for seed in range(1, asked.swaps + 1)]
    tsv.write_table(str(asked.output), {name: [row[name] for row in rows] for name in rows[0]})
    told = [measure_calibration(what, np.concatenate(parts)) for what, parts in p.items() if parts]
    tsv.write_table(str(asked.output.with_suffix(".p.tsv")), {name: [row[name] for row in told] for name in told[0]})
    print(asked.output.with_suffix(".p.tsv").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
