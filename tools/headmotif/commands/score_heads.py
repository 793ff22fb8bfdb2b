"""score-heads: where each head looks, what it reads, and what it is worth."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import (
    Device,
    Feature,
    GenomeFile,
    ModelFile,
    Output,
    Precision,
    Progress,
    Quiet,
    Seed,
    SitesFile,
    Threads,
    command,
    say,
    usable_threads,
)
from ..errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from ..data import Attention, Genome, Sites
    from ..formats.model_tensor import Trained
    from ..steps.heads.marginalization import Marginal
    from ..steps.heads.score import Head
    from ..steps.network.device import Compute
    from ..steps.network.presets import Network


def score_heads(
    model: ModelFile,
    genome: GenomeFile,
    sites: SitesFile = "",
    feature: Feature = "",
    also: Annotated[
        list[str] | None,
        typer.Option(metavar="MODEL", help="A model of another seed, to look for the heads again; may be given again."),
    ] = None,
    untrained: Annotated[
        int, typer.Option(min=0, help="Networks with fresh weights that are read too: a head must have more regions than any of theirs.")
    ] = 1,
    null: Annotated[
        list[str] | None,
        typer.Option(metavar="MODEL", help="A model trained on sites at random places, to exceed as well; may be given again."),
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="At most so many sites, drawn at random; 0: all.")] = 5000,
    background: Annotated[int, typer.Option(min=100, help="Number of background positions.")] = 4000,
    max_q: Annotated[float, typer.Option(min=0, max=1, help="Largest q of a region, as in attn2bed.")] = 0.2,
    max_p: Annotated[float, typer.Option(min=0, max=1, help="Largest p of a choice, where heads are compared.")] = 0.05,
    ablate: Annotated[
        int, typer.Option(min=0, help="Nucleotides of the validation part, both strands, that are annotated without each head; 0: none.")
    ] = 200_000,
    promoters: Annotated[int, typer.Option(min=0, help="Shuffled promoters that each head's motif is set into; 0: none.")] = 200,
    output: Output = "-",
    profiles: Annotated[str, typer.Option(metavar="FILE", help="Each head's mean weight by distance, at sites and background, TSV.")] = "",
    pairs: Annotated[str, typer.Option(metavar="FILE", help="Spacings between the choices of every two heads, TSV.")] = "",
    strands: Annotated[
        str, typer.Option(metavar="FILE", help="How the two strands' predictions go together, by distance, on the part of --ablate, TSV.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would cost, and stop.")] = False,
    seed: Seed = 1,
    threads: Threads = 0,
    device: Device = "auto",
    precision: Precision = "float32",
    quiet: Quiet = False,
) -> None:
    """Score every head of MODEL on GENOME and its sites, a row a head, as TSV.

    Where it looks at sites and at background; its regions' motif, and whether it is beyond what the same distances show at other sites;
    what average precision and the sites' logits lose when the head is silenced; what its motif alone adds to shuffled promoters; which
    heads choose alike, here and in models of other seeds; and a verdict.
    """
    from dataclasses import asdict, fields

    import numpy as np

    from ..formats import genome as genome_file
    from ..formats import tables
    from ..steps.attention import profile
    from ..steps.attention import queries as drawn
    from ..steps.attention import similarity as agreement
    from ..steps.heads import score as scored
    from ..steps.heads import strand_correlation as correlated
    from ..steps.network import annotate
    from ..steps.network import device as compute
    from ..steps.network import presets as networks
    from . import model_files
    from . import reading_files as reading

    if model == genome == "-":
        raise InputError("MODEL and GENOME cannot both be standard input; give one of them as a file")
    if strands and not ablate:
        raise InputError("--strands needs --ablate: the part of the genome that is annotated")
    trained = model_files.opened(model)
    net = reading.network(model, trained)
    rivals, knowing_nothing = ([reading.network(path, model_files.opened(path)) for path in paths or []] for paths in (also, null))
    knowing_nothing += [networks.fresh(net.config, len(trained.header["labels"]), seed + 1000 + number) for number in range(untrained)]
    data = genome_file.read(genome)
    known = reading.sites(data, sites, feature)
    asked = reading.some(known, limit, seed)
    queries, kind = drawn.joined(asked, drawn.matched(data, asked, known, background, seed))
    where = compute.choose(device, precision, usable_threads(threads))
    wanted = _part(data, trained, ablate, seed)
    say(_forecast(net, data, where, len(queries), 1 + len(rivals) + len(knowing_nothing), wanted), quiet and not dry_run)
    if dry_run:
        return

    def look(network: "Network", what: str) -> "Attention":
        from ..steps.attention import record as attend

        return attend.gathered(network.to(where.device), data, queries, kind, where, Progress(what, len(queries), quiet))

    attention = look(net, "reading heads")
    others = [
        agreement.choices(look(rival, f"reading the heads of {path}"), max_p, seed) for path, rival in zip(also or [], rivals, strict=True)
    ]
    nothing = (scored.by_chance(look(one, "reading heads that know nothing"), max_q, seed) for one in knowing_nothing)
    chance = max(nothing, default=0)
    rows, chosen = scored.heads(attention, data, others, max_q, max_p, seed)
    columns = _columns(rows, chance)
    effects = _effects(net, data, asked, rows, promoters, where, seed)
    if promoters:
        names = ("effect", "low", "high", "control")
        columns |= {f"motif_{name}": [getattr(one, name) if one else float("nan") for one in effects] for name in names}
    if ablate:
        p = annotate.annotate(net, data, where, wanted)[0]
        columns |= _ablations(net, data, p, known, not sites, wanted, where, quiet)
        if strands:
            tables.write_table(strands, asdict(correlated.strands(np.where(wanted, p, np.nan), data)))
    columns["verdict"] = [scored.verdict(row, len(rows), effect, chance) for row, effect in zip(rows, effects, strict=True)]
    if profiles:
        tables.write_table(profiles, profile.table(attention))
    if pairs:
        found = scored.pair_rows(chosen, [row.name for row in rows])
        tables.write_table(pairs, {f.name: [row[f.name] for row in found] for f in fields(agreement.Pair)})
    tables.write_table(output, columns)
    say(_told(columns["verdict"]), quiet)


def _part(genome: "Genome", trained: "Trained", nucleotides: int, seed: int) -> "np.ndarray":
    """bool (N,): blocks of 10 kb of the model's validation part, or of all of a genome that it does not know, drawn at random.

    As many as hold no more than so many nucleotides, but one at least; none where none is asked for.
    """
    import numpy as np

    from ..steps.statistics import bootstrap
    from ..steps.training import split

    part = np.ones(len(genome.base), bool)
    header = trained.header
    if header.get("data", {}).get("contigs") == [c.digest for c in genome.contigs] and header.get("split", {}).get("validation"):
        regions = [split.parsed(genome, text) for text in header["split"]["validation"]]
        part = split.parts(genome, regions, []) == split.VALIDATION
    block = bootstrap.blocks(genome.contigs)
    order = np.random.default_rng([seed, 12]).permutation(np.unique(block[part]))
    size = np.cumsum(np.bincount(block[part])[order])
    blocks = max(1, int(np.searchsorted(size, nucleotides, side="right"))) if nucleotides else 0
    return part & np.isin(block, order[:blocks])


def _forecast(net: "Network", genome: "Genome", where: "Compute", queries: int, models: int, wanted: "np.ndarray") -> str:
    """What it will cost, from a small part of it."""
    import time

    import numpy as np

    from ..steps.network import annotate

    net.to(where.device)
    heads = net.config.layers * net.config.heads
    passes = 2 * heads + 2 if wanted.any() else 0
    trial = np.zeros(len(wanted), bool)
    trial[np.flatnonzero(wanted)[:20_000]] = True
    seconds = 0.0
    for _time in range(2):  # the first pays for what is set up once
        began = time.monotonic()
        annotate.annotate(net, genome, where, trial)
        seconds = time.monotonic() - began
    minutes = passes * seconds * wanted.sum() / max(trial.sum(), 1) / 60
    size = queries * heads * len(net.keys) * 4 * models
    return (
        f"{queries:,} queries x {heads} heads, {models} models, {size / 1e6:,.0f} MB at most; "
        f"{2 * int(wanted.sum()):,} nucleotides annotated {passes} times, about {minutes:.0f} minutes"
    )


def _columns(rows: list["Head"], chance: int) -> dict[str, list]:
    from dataclasses import asdict

    from ..data import consensus
    from ..steps.heads.score import RECURS

    motif = [row.found.motif if row.found else None for row in rows]
    shape = [asdict(row.shape) for row in rows]
    return {
        "head": [row.name for row in rows],
        "reach": [row.reach for row in rows],
        **{name: [values[name] for values in shape] for name in shape[0]},
        "regions": [row.regions for row in rows],
        "chance": [chance] * len(rows),
        "distance": [row.distance for row in rows],
        "motif": [consensus(one) if one else "" for one in motif],
        "motif_p": [row.found.p if row.found else float("nan") for row in rows],
        "group": [row.group for row in rows],
        "like": [row.like for row in rows],
        "agreement": [row.agreement for row in rows],
        "models": [len(row.recurs) for row in rows],
        "recurs": [sum(x >= RECURS for x in row.recurs) for row in rows],
        "recurrence": [",".join(f"{x:.2f}" for x in row.recurs) for row in rows],
    }


def _effects(
    net: "Network", genome: "Genome", sites: "Sites", rows: list["Head"], number: int, where: "Compute", seed: int
) -> list["Marginal | None"]:
    """What each head's motif adds to the logit in so many shuffled promoters, at the head's most frequent distance."""
    from ..steps.heads.marginalization import marginal
    from ..steps.sequence.shuffle import surroundings

    promoters, _row = surroundings(genome, sites, net.before, net.after, number, seed)
    found: list[Marginal | None] = []
    for row in rows:
        motif = row.found.motif if row.found else None
        found.append(marginal(net, promoters, motif.matrix, row.distance + row.found.start, 0, where, seed) if motif else None)
    return found


def _ablations(
    net: "Network",
    genome: "Genome",
    probability: "np.ndarray",
    sites: "Sites",
    own: bool,
    wanted: "np.ndarray",
    where: "Compute",
    quiet: bool,
) -> dict[str, list]:
    """What is lost without each head, in average precision and in the sites' logits, with intervals."""
    from ..data import Genome
    from ..steps.heads import ablation as influence
    from ..steps.training.labels import label

    labelled = genome if own else label(Genome(genome.contigs, genome.base), {"sites": sites})
    at = influence.yardstick(probability, labelled.label[0], wanted, genome, 1000)
    told: Callable[[int], None] = Progress("silencing heads", 2 * net.config.layers * net.config.heads, quiet)
    columns: dict[str, list] = {}
    for number, one in enumerate(influence.influence(net, genome, where, wanted), 1):
        for name, change in zip(("ap", "logit"), influence.changes(at, one.probability[0]), strict=True):
            for part, value in (("", change.estimate), ("_low", change.low), ("_high", change.high)):
                columns.setdefault(f"{name}_{one.kind}{part}", []).append(value)
        told(number)
    return columns


def _told(verdicts: list[str]) -> str:
    return "; ".join(f"{verdicts.count(one)} of {len(verdicts)} heads: {one}" for one in dict.fromkeys(sorted(verdicts)))


main = command(score_heads)
