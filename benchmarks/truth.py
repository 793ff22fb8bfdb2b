"""What heads recover of what was planted, beside a fixed window, the true matrix, and other ways to read the same
networks.

    python benchmarks/truth.py --output truth [--preset wide] [--seeds 11 12 13] [--kinds published hard large threefold
    ...] [--threads 0]

Each genome is planted, learned by the preset (`default`) and by `cnn`, and its heads are read with the commands as
anyone would. For each element a head is chosen on the sites of the validation part, the largest F1 (`recovery`): once
with the commands' default limit of q and all its regions, once with the limit and the distances chosen there too. What
is told is of the test part, over all seeds together.

Everything is at equal output: the fixed window and the true matrix, at the places where promoters have the element,
give as many regions as the head; in-silico mutagenesis, gradient times input and the log-odds of words as many as the
heads for -10 and -35 together. The bound is how many the true matrix has at the precision of the head.

A head may also be read by its motif: of the motifs of all heads' places and of their strongest regions (`bed2pwm
--by-offset --top-fractions`) the one that finds the element best where it lies is chosen on the validation part.

Beside single heads, the whole chain without a choice: those motifs that `pwm-compare` gives a sure name, q of at most
0.001; the name's calls are where those motifs lie, one a site. And what there is to be read: how much the network's
logit loses at the sites of the test part with an element when its bases, those of other pieces left out, are drawn
anew.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from recovery import (
    ALONE,
    FACTORS_WHOLE,
    HEXAMERS,
    JITTER,
    LIMITS,
    PLACES,
    Counts,
    Element,
    Reading,
    choose_one_per_site,
    choose_reading,
    counts,
    displacement,
    find_bound,
    find_covered,
    find_pointed,
    select_listed,
    select_sites,
)
from rivals import gradient, mutagenesis, redraw_pieces, regions, true_matrix, windows_of, word_track
from truth_table import ALL, EVERY, LOST, MOTIF, NAMED_SO, PLACES_NAMED, SOME, summary
from worlds import DEFAULT_Q, KINDS, MATRICES, World, make_world, matrix_of

from headmotif.data import Regions, Sites, make_sort_key
from headmotif.formats.tables import tsv
from headmotif.formats.tensors import model_tensor
from headmotif.report.words.verdicts import PLACE_Q
from headmotif.steps.attention import queries
from headmotif.steps.network import device, presets
from headmotif.steps.training import split


def measure(world: World, kind: str, rivals: bool, threads: int) -> Iterator[dict]:
    """A row for each element and way to find it: counts on the test part. rivals: with those that take minutes."""
    choosing, scored = world.sites_in(split.VALIDATION), world.sites_in(split.TEST)
    before, now = select_sites(world.regions, choosing), select_sites(world.regions, scored)
    lay, lie = select_motifs(world.lie, choosing), select_motifs(world.lie, scored)
    ways = (
        (ALL, before, now, (DEFAULT_Q,), False),
        (SOME, before, now, LIMITS, True),
        (MOTIF, lay, lie, (DEFAULT_Q,), False),
    )
    best: dict[str, dict[Element, Reading]] = {way: {} for way, *_how in ways}
    for element in ALONE:
        known, true = (select_listed(element.select(world.elements), sites) for sites in (choosing, scored))
        for way, there, here, limits, at_distances in ways:
            reading = choose_reading(there, known, limits, at_distances)
            if reading is None:
                yield row(element, way, Counts(len(true), 0, 0, 0, 0, 0))
                continue
            best[way][element] = reading
            mine = reading.select(here)
            yield {
                **add_bound(world, kind, element, way, mine, true, displacement(reading.select(there), known)),
                "head": format_reading(reading),
            }
            width, number = find_typical_width(mine), len(mine)
            by_matrix, _bits = true_matrix(world.genome, scored, *matrix_of(kind, element), width)
            yield row(
                element, f"{way}: true matrix", counts(by_matrix.take(np.arange(min(number, len(by_matrix)))), true, 0)
            )
            window = cut_fixed_windows(world, choosing, scored, known, width)
            some = np.sort(np.random.default_rng(1).permutation(len(window))[:number])
            yield row(element, f"{way}: window", counts(window.take(some), true, 0))
            if way == SOME:
                yield row(element, "window at every site", counts(window, true, 0))
    for whole in FACTORS_WHOLE:
        true = select_listed(whole.select(world.elements), scored)
        for way, here in ((SOME, now), (MOTIF, lie)):
            mine = [
                best[way][place].select(here) for place in PLACES if place.piece == whole.piece and place in best[way]
            ]
            yield add_bound(world, kind, whole, way, merge_readings(mine, here), true, None)
    for whole in (*HEXAMERS, *FACTORS_WHOLE):
        calls = choose_one_per_site(select_motifs(world.named.take(world.named.head == whole.name), scored))
        yield add_bound(world, kind, whole, NAMED_SO, calls, select_listed(whole.select(world.elements), scored), None)
    yield from names(world)
    yield from measure_all_together(world, now.take(now.q <= DEFAULT_Q), scored)
    yield from measure_use(world, scored, threads)
    if rivals and all(element in best[ALL] for element in HEXAMERS):
        yield from read_by_rivals(world, [best[ALL][element] for element in HEXAMERS], now, scored, threads)


def names(world: World) -> Iterator[dict]:
    """Of the places whose motif has a factor's name (no sigma factor's), how many have that of one that was planted."""
    planted = {element.name for element in FACTORS_WHOLE}
    for limit in (0.05, PLACE_Q):
        said = [match.target for match in world.names if match.q <= limit and not match.target.startswith("sigma")]
        right = sum(name in planted for name in said)
        yield row(Element("factors", ""), f"{PLACES_NAMED} {limit:g}", Counts(0, -1, -1, len(said), right, -1))


def measure_all_together(world: World, now: Regions, scored: Sites) -> Iterator[dict]:
    """What the regions of all heads find of each element; `finding` counts regions on any planted piece."""
    pieces = select_listed(world.elements, scored)
    found, on_any = np.zeros(len(pieces), bool), 0
    for head in np.unique(now.head):
        covers = find_covered(now.take(now.head == head), pieces)
        found |= covers.any(0)
        on_any += int(covers.any(1).sum())
    for element in (*HEXAMERS, *FACTORS_WHOLE):
        mine = pieces.head == element.piece
        yield row(element, EVERY, Counts(int(mine.sum()), int(found[mine].sum()), -1, len(now), on_any, -1))


def measure_each_head(world: World) -> Iterator[dict]:
    """A row for each head: its regions at the sites of the test part, the commonest distance, and the share of them on
    each planted piece (a region may lie on several) and on none."""
    scored = world.sites_in(split.TEST)
    now = select_sites(world.regions, scored)
    pieces = select_listed(world.elements, scored)
    names = [*MATRICES, "ext-10", "TSS", *(element.name for element in FACTORS_WHOLE)]
    for head in sorted(set(world.regions.head.tolist()), key=make_sort_key):
        mine = now.take((now.head == head) & (now.q <= DEFAULT_Q))
        covers = find_covered(mine, pieces)
        shares = {
            name: round(float(covers[:, pieces.head == name].any(1).mean()), 3) if len(mine) else 0.0 for name in names
        }
        distance, count = np.unique(mine.offset, return_counts=True)
        usual = int(distance[count.argmax()]) if len(mine) else 0
        nothing = round(float((~covers.any(1)).mean()), 3) if len(mine) else 0.0
        yield {"head": head, "regions": len(mine), "distance": usual, **shares, "nothing": nothing}


def format_reading(reading: Reading) -> str:
    return f"{reading.head} q {reading.limit:g}"


def find_typical_width(mine: Regions) -> int:
    return max(1, round(float(np.median(mine.end - mine.start)))) if len(mine) else 11


def add_bound(
    world: World, kind: str, element: Element, way: str, mine: Regions, true: Regions, off: int | None
) -> dict:
    """A row, with what the true matrix has at its precision. off: None where several displacements go together and none
    is taken off."""
    one = counts(mine, true, off or 0)
    if off is None:
        one = replace(one, placed=-1, placing=-1)
    if not len(mine):
        return row(element, way, one)
    scored = world.sites_in(split.TEST)
    by_matrix, _bits = true_matrix(world.genome, scored, *matrix_of(kind, element), find_typical_width(mine))
    hits = {"found": one.finding, "placed": one.placing}
    limits = {f"bound_{what}": find_bound(by_matrix, true, n / len(mine), what) for what, n in hits.items() if n >= 0}
    return {**row(element, way, one), **limits}


def merge_readings(several: list[Regions], like: Regions) -> Regions:
    """Regions of several readings, each region once."""
    if not several:
        return like.take(np.zeros(0, int))
    joined = Regions(like.contigs, *(np.concatenate([getattr(one, c) for one in several]) for c in Regions.COLUMNS))
    key = np.stack([joined.site, joined.strand, joined.start, joined.end])
    return joined.take(np.sort(np.unique(key, axis=1, return_index=True)[1]))


def select_motifs(mine: Regions, sites: Sites) -> Regions:
    """Where motifs lie at these sites, on the sites' strand: whichever it is that the motif is read on."""
    of_site = {int(p): int(s) for p, s in zip(sites.position, sites.strand, strict=True)}
    mine = mine.take(np.array([int(p) in of_site for p in mine.site], bool))
    return replace(mine, strand=np.array([of_site[int(p)] for p in mine.site], np.int8))


def measure_use(world: World, scored: Sites, threads: int) -> Iterator[dict]:
    """What the network's logit loses without each element, mean over the sites of the test part that have it."""
    trained = model_tensor.read(str(world.folder / "model.st"))
    net = presets.build_from_model(trained)
    where = device.choose("cpu", "float32", threads)
    for element in (*HEXAMERS, *FACTORS_WHOLE):
        pieces = select_listed(element.select(world.elements), scored)
        lost = redraw_pieces(net, world.genome, scored, pieces, world.elements, JITTER, where)
        mean = float(lost.mean()) if len(lost) else 0.0
        yield {**row(element, LOST, Counts(len(lost), -1, -1, -1, -1, -1)), "lost": mean}


def cut_fixed_windows(world: World, choosing: Sites, scored: Sites, known: Regions, width: int) -> Regions:
    """A window at every site, at the distance where most elements of the validation part have their middle."""
    names = world.genome.contigs.names
    own, delta = find_pointed(regions(choosing, names, np.zeros(len(choosing), np.int64), 1), known)
    return regions(scored, names, np.full(len(scored), round(float(np.median(delta[own])))), width)


def read_by_rivals(world: World, heads: list[Reading], now: Regions, scored: Sites, threads: int) -> Iterator[dict]:
    """The two heads together against other ways to read networks, at as many regions."""
    where = device.choose("cpu", "float32", threads)
    names = world.genome.contigs.names
    both = merge_readings([reading.select(now) for reading in heads], now)
    width = max(1, round(float(np.median(both.end - both.start))))
    learned = world.sites_in(split.TRAIN)
    chance = queries.draw_matched(world.genome, learned, world.sites, 4000, 1)
    words = word_track(world.genome, learned, chance, scored)
    ways = {"both heads": both, "frequent words, no network": windows_of(words, scored, names, width, len(both))}
    for file in ("model.st", "cnn.st"):
        trained = model_tensor.read(str(world.folder / file))
        preset = trained.preset
        net = presets.build_from_model(trained)
        tracks = {"in-silico mutagenesis": mutagenesis} | ({"gradient x input": gradient} if file == "model.st" else {})
        for name, track in tracks.items():
            ways[f"{name}, {preset}"] = windows_of(
                track(net, world.genome, scored, where), scored, names, width, len(both)
            )
    every = select_listed(world.elements.take(np.isin(world.elements.head, list(MATRICES))), scored)
    for way, found in ways.items():
        hits = counts(found, every, 0).finding  # a region on either element is right
        for element in HEXAMERS:
            one = counts(found, element.select(every), 0)
            yield {**row(element, way, one), "finding": hits, "placed": -1, "placing": -1}


def row(element: Element, way: str, one: Counts) -> dict:
    return {
        "element": element.name,
        "way": way,
        **vars(one),
        "bound_found": -1,
        "bound_placed": -1,
        "head": "",
        "lost": float("nan"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("truth"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=["easy", "published", "hard", "gc35", "gc65"])
    parser.add_argument(
        "--rivals", nargs="*", choices=KINDS, default=["published"], help="kinds that other ways to read are asked of"
    )
    parser.add_argument("--preset", choices=("default", "wide"), default="default")
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    rows: list[dict] = []
    heads: list[dict] = []
    for kind in asked.kinds:
        for seed in asked.seeds:
            world = make_world(
                asked.output / f"{kind}.{seed}", kind, asked.preset, seed, asked.threads, kind in asked.rivals
            )
            rows += [
                {"kind": kind, "seed": seed, **one} for one in measure(world, kind, kind in asked.rivals, asked.threads)
            ]
            tsv.write_table(str(asked.output / "truth.tsv"), {name: [r[name] for r in rows] for name in rows[0]})
            heads += [{"kind": kind, "seed": seed, **one} for one in measure_each_head(world)]
            tsv.write_table(
                str(asked.output / "truth.heads.tsv"), {name: [r[name] for r in heads] for name in heads[0]}
            )
            print(f"{kind}, seed {seed}", file=sys.stderr, flush=True)
    print(summary(rows))


if __name__ == "__main__":
    main()
