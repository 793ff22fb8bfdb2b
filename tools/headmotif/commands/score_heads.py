"""score-heads: where each head looks, what it reads, and what it is worth."""

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
    enter,
    say,
    usable_threads,
)
from ..errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from ..data import Attention, Genome, Model, Sites
    from ..steps.network.device import Compute
    from ..steps.network.protocol import HeadedNetwork


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
        int,
        typer.Option(
            min=0,
            help="Networks with fresh weights that are read too: a head must have more regions than any of theirs.",
        ),
    ] = 1,
    null: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL", help="A model trained on sites at random places, to exceed as well; may be given again."
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="At most so many sites, drawn at random; 0: all.")] = 5000,
    background: Annotated[int, typer.Option(min=100, help="Number of background positions.")] = 4000,
    max_q: Annotated[float, typer.Option(min=0, max=1, help="Largest q of a region, as in attn2bed.")] = 0.2,
    max_p: Annotated[float, typer.Option(min=0, max=1, help="Largest p of a choice, where heads are compared.")] = 0.05,
    ablate: Annotated[
        int,
        typer.Option(
            min=0,
            help="Nucleotides of the validation part, both strands, that are annotated without each head; 0: none.",
        ),
    ] = 200_000,
    promoters: Annotated[
        int, typer.Option(min=0, help="Shuffled promoters that each head's motif is set into; 0: none.")
    ] = 200,
    output: Output = "-",
    profiles: Annotated[
        str, typer.Option(metavar="FILE", help="Each head's mean weight by distance, at sites and background, TSV.")
    ] = "",
    pairs: Annotated[
        str, typer.Option(metavar="FILE", help="Spacings between the choices of every two heads, TSV.")
    ] = "",
    strands: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="How the two strands' predictions go together, by distance, on the part of --ablate, TSV.",
        ),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would cost, and stop.")] = False,
    seed: Seed = 1,
    threads: Threads = 0,
    device: Device = "auto",
    precision: Precision = "float32",
    quiet: Quiet = False,
) -> None:
    """Score every head of MODEL on GENOME and its sites, a row a head, as TSV.

    Where it looks at sites and at background; its regions' motif, and whether it is beyond what the same distances show
    at other sites; what average precision and the sites' logits lose when the head is silenced; what its motif alone
    adds to shuffled promoters; which heads choose alike, here and in models of other seeds; and a verdict.
    """
    from functools import partial

    from ..formats.inputs import genomes, named_sites
    from ..formats.tables import tsv
    from ..steps.attention import profile, queries, similarity
    from ..steps.heads import measures, score
    from ..steps.network.device import using

    _refuse_what_does_not_go_together(strands, ablate)
    trained, net, rivals, knowing_nothing = _networks(model, also or [], null or [], untrained, seed)
    data = genomes.read(genome)
    known = named_sites.of_genome(data, sites, feature)
    asked = queries.sample(known, limit, seed)
    looked_at = queries.joined(asked, queries.matched(data, asked, known, background, seed))
    where = enter(using(device, precision, usable_threads(threads)))
    wanted = measures.part(data, trained, ablate, seed)
    models = 1 + len(rivals) + len(knowing_nothing)
    say(_forecast(net, data, where, len(looked_at[0]), models, wanted), quiet and not dry_run)
    if dry_run:
        return
    look = partial(_look, data, looked_at, where, quiet)
    attention = look("reading heads", net)
    others = [similarity.choices(look(f"reading the heads of {path}", one), max_p, seed) for path, one in rivals]
    ignorant = (look("reading heads that know nothing", one) for one in knowing_nothing)
    chance = max((score.by_chance(one, max_q, seed) for one in ignorant), default=0)
    rows, chosen = score.heads(attention, data, others, max_q, max_p, seed)
    effects = measures.effects(net, data, asked, rows, promoters, where, seed)
    columns = measures.columns(rows, chance) | (measures.effect_columns(effects) if promoters else {})
    if ablate:
        columns |= _lost(net, data, known if sites else None, where, wanted, strands, quiet)
    columns["verdict"] = [str(one) for one in score.verdicts(rows, effects, chance)]
    if profiles:
        tsv.write_table(profiles, profile.table(attention))
    _write_pairs(pairs, chosen, [row.name for row in rows])
    tsv.write_table(output, columns)
    say(_told(columns["verdict"]), quiet)


def _refuse_what_does_not_go_together(strands: str, ablate: int) -> None:
    if strands and not ablate:
        raise InputError("--strands needs --ablate: the part of the genome that is annotated")


def _networks(
    model: str, also: list[str], null: list[str], untrained: int, seed: int
) -> tuple["Model", "HeadedNetwork", list[tuple[str, "HeadedNetwork"]], list["HeadedNetwork"]]:
    """The model and its network, those of other seeds by their files, and those that know nothing of real sites."""
    from ..builtin import MODELS
    from ..formats.tensors import model_tensor
    from ..steps.network import presets

    def opened(path: str) -> "HeadedNetwork":
        return presets.with_heads(model_tensor.opened(path, MODELS), path)

    trained = model_tensor.opened(model, MODELS)
    net = presets.with_heads(trained, model)
    fresh = [presets.fresh(net.config, len(trained.labels), seed + 1000 + number) for number in range(untrained)]
    return trained, net, [(path, opened(path)) for path in also], [*map(opened, null), *fresh]


def _look(
    genome: "Genome",
    looked_at: "tuple[Sites, np.ndarray]",
    where: "Compute",
    quiet: bool,
    what: str,
    network: "HeadedNetwork",
) -> "Attention":
    """The attention of a network's heads. what: is done, as it is told."""
    from ..steps.attention import record

    told = Progress(what, len(looked_at[0]), quiet)
    return record.gathered(network.to(where.device), genome, *looked_at, where, told)


def _lost(
    net: "HeadedNetwork",
    genome: "Genome",
    sites: "Sites | None",
    where: "Compute",
    wanted: "np.ndarray",
    strands: str,
    quiet: bool,
) -> dict[str, list]:
    """Columns of what is lost without each head on a part of the genome, by its own sites or others."""
    from ..steps.heads import measures
    from ..steps.network import annotate
    from ..steps.training.labels import label

    p = annotate.annotate(net, genome, where, wanted)[0]
    _write_strands(strands, genome, p, wanted)
    told = Progress("silencing heads", 2 * net.config.layers * net.config.heads, quiet)
    labelled = label(genome.unlabelled, {"sites": sites}) if sites else genome
    return measures.lost_without(net, labelled, p, wanted, where, told)


def _write_strands(path: str, genome: "Genome", probability: "np.ndarray", wanted: "np.ndarray") -> None:
    """How the two strands' predictions go together, where that is asked for."""
    from dataclasses import asdict

    import numpy as np

    from ..formats.tables import tsv
    from ..steps.heads import strand_correlation

    if path:
        tsv.write_table(path, asdict(strand_correlation.strands(np.where(wanted, probability, np.nan), genome)))


def _write_pairs(path: str, chosen: "np.ndarray", names: list[str]) -> None:
    """Spacings between the choices of every two heads, where that is asked for."""
    from dataclasses import fields

    from ..formats.tables import tsv
    from ..steps.attention.similarity import Pair
    from ..steps.heads.score import pair_rows

    if path:
        rows = pair_rows(chosen, names)
        tsv.write_table(path, {field.name: [row[field.name] for row in rows] for field in fields(Pair)})


def _forecast(
    net: "HeadedNetwork", genome: "Genome", where: "Compute", queries: int, models: int, wanted: "np.ndarray"
) -> str:
    """What it will cost, from a small part of it."""
    import numpy as np

    from ..steps.network import annotate, timing

    net.to(where.device)
    heads = net.config.layers * net.config.heads
    passes = 2 * heads + 2 if wanted.any() else 0
    trial = np.zeros(len(wanted), bool)
    trial[np.flatnonzero(wanted)[:20_000]] = True
    seconds = timing.seconds(lambda: annotate.annotate(net, genome, where, trial))
    minutes = passes * seconds * wanted.sum() / max(trial.sum(), 1) / 60
    size = queries * heads * len(net.keys) * 4 * models
    return (
        f"{queries:,} queries x {heads} heads, {models} models, {size / 1e6:,.0f} MB at most; "
        f"{2 * int(wanted.sum()):,} nucleotides annotated {passes} times, about {minutes:.0f} minutes"
    )


def _told(verdicts: list[str]) -> str:
    return "; ".join(
        f"{verdicts.count(one)} of {len(verdicts)} heads: {one}" for one in dict.fromkeys(sorted(verdicts))
    )


main = command(score_heads)
