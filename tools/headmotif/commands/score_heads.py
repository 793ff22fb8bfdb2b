"""score-heads: where each head attends, what it reads, and what it is worth."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli import (
    Device,
    DryRun,
    Feature,
    GenomeFile,
    Manifest,
    MaxRegionQ,
    MaxSites,
    ModelFile,
    Output,
    Precision,
    Quiet,
    Seed,
    SitesFile,
    Threads,
    command,
    conclude,
    count_usable_threads,
    enter,
    parse_limit,
    say,
    write_word,
)
from ..errors import InputError
from ..progress import Progress

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
    replicate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL",
            help="Replicate, a model trained with another seed, in which the heads are searched; may be given several "
            "times.",
        ),
    ] = None,
    untrained: Annotated[
        int,
        typer.Option(
            min=0,
            help="Number of control networks with fresh weights; a head must have more regions than any of their "
            "heads.",
        ),
    ] = 1,
    null_model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL",
            help="Null model, trained on sites at random positions; a head must have more regions than any of its "
            "heads; may be given several times.",
        ),
    ] = None,
    max_sites: MaxSites = "5000",
    background: Annotated[int, typer.Option(min=100, help="Number of background positions.")] = 4000,
    max_q: MaxRegionQ = 0.2,
    max_p: Annotated[
        float, typer.Option(min=0, max=1, help="Largest p of a region, where heads are compared with each other.")
    ] = 0.05,
    ablate: Annotated[
        int,
        typer.Option(
            min=0,
            help="Number of nucleotides of the validation part, on both strands, that are scored again with each head "
            "ablated; 0 leaves ablation out.",
        ),
    ] = 200_000,
    marginalize: Annotated[
        int,
        typer.Option(
            min=0,
            help="Number of shuffled promoters into which the motif of each head is inserted; 0 leaves "
            "marginalisation out.",
        ),
    ] = 200,
    output: Output = "-",
    profiles: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="Profiles of the heads: mean weight by offset, at sites and background positions, TSV."
        ),
    ] = "",
    pairs: Annotated[
        str, typer.Option(metavar="FILE", help="Pairs of heads, with the spacing between them, TSV.")
    ] = "",
    strands: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Correlation of P between the two strands by distance, on the part that --ablate scores, TSV.",
        ),
    ] = "",
    manifest: Manifest = "",
    dry_run: DryRun = False,
    seed: Seed = 1,
    threads: Threads = None,
    device: Device = "auto",
    precision: Precision = "float32",
    quiet: Quiet = False,
) -> None:
    """Score every head of MODEL at the sites of GENOME.

    The table (TSV) has a row for each head. It has the offsets where the head attends to sites more than to
    background positions, the motif of its regions, and whether that motif passes the positional null.

    It also has the loss of average precision and of logit when the head is ablated, the effect of the motif alone in
    shuffled promoters, and the most similar head. Replicates show whether the head recurs, and control networks how
    many regions chance gives. The verdict sums all of this up.
    """
    from functools import partial

    from ..formats.inputs import genomes, named_sites
    from ..formats.tables import tsv
    from ..steps.attention import profile, queries, similarity
    from ..steps.heads import measures, score
    from ..steps.network.device import use_device

    _refuse_what_does_not_go_together(strands, ablate)
    opened = _open_models([model, *(replicate or [])], null_model or [])
    data = genomes.read(genome)
    trained, net, rivals, knowing_nothing = _build_networks(data, *opened, untrained, seed)
    data, known = named_sites.read_for_genome(data, sites, feature)
    asked = queries.sample(known, parse_limit(max_sites), seed)
    looked_at = queries.concatenate(asked, queries.draw_matched(data, asked, known, background, seed))
    where = enter(use_device(device, precision, count_usable_threads(threads)))
    wanted = measures.part(data, trained, ablate, seed)
    models = 1 + len(rivals) + len(knowing_nothing)
    say(_forecast(net, data, where, len(looked_at[0]), models, wanted), quiet and not dry_run)
    if dry_run:
        return
    look = partial(_look, data, looked_at, where, quiet)
    attention = look("reading heads", net)
    others = [similarity.choices(look(f"reading the heads of {path}", one), max_p, seed) for path, one in rivals]
    ignorant = (look("reading heads of control networks", one) for one in knowing_nothing)
    chance = max((score.count_by_chance(one, max_q, seed) for one in ignorant), default=0)
    rows, chosen, why_none = score.heads(attention, data, others, max_q, max_p, seed)
    effects = measures.effects(net, data, asked, rows, marginalize, where, seed)
    columns = measures.columns(rows, chance) | (measures.effect_columns(effects) if marginalize else {})
    if ablate:
        columns |= _measure_losses(net, data, known if sites else None, where, wanted, strands, quiet)
    columns["verdict"] = [str(one) for one in score.verdicts(rows, effects, chance)]
    if profiles:
        tsv.write_table(profiles, profile.table(attention))
    _write_pairs(pairs, chosen, [row.name for row in rows])
    tsv.write_table(output, columns)
    for line in _describe_verdicts(columns["verdict"], why_none, trained):
        say(line, quiet)
    beside = {"profiles": profiles, "pairs": pairs, "strands": strands}
    _conclude(output, beside, len(rows), manifest, quiet)


def _conclude(output: str, beside: dict[str, str], heads: int, manifest: str, quiet: bool) -> None:
    from ..formats.tables import manifest as manifests

    manifests.add(manifest, {"heads": output, **beside})
    holds = {
        "profiles": "mean weights by offset",
        "pairs": "spacings of every two heads",
        "strands": "strand correlation",
    }
    results = {output: f"{heads} rows, one for each head", **{path: holds[kind] for kind, path in beside.items()}}
    conclude(results, f"head-report {write_word(output)} -o report.html", quiet)


def _refuse_what_does_not_go_together(strands: str, ablate: int) -> None:
    if strands and not ablate:
        raise InputError("--strands needs the part of the genome that --ablate scores; give --ablate a number above 0")


def _open_models(paths: list[str], null: list[str]) -> tuple[list[tuple[str, "Model"]], list[tuple[str, "Model"]]]:
    """The model with its replicates, and the null models, each with its file."""
    from ..builtin import MODELS
    from ..formats.inputs import models

    own, others = ([(path, models.open_model(path, MODELS)) for path in some] for some in (paths, null))
    return own, others


def _build_networks(
    genome: "Genome", own: list[tuple[str, "Model"]], null: list[tuple[str, "Model"]], untrained: int, seed: int
) -> tuple["Model", "HeadedNetwork", list[tuple[str, "HeadedNetwork"]], list["HeadedNetwork"]]:
    """The model and its network for a genome, the replicates by their files, and the control networks."""
    from ..steps.network import presets

    nets, controls = (
        [(path, presets.build_with_heads(one, path, genome)) for path, one in some] for some in (own, null)
    )
    (_path, net), *rivals = nets
    trained = own[0][1]
    fresh = [presets.build_fresh(net.config, len(trained.labels), seed + 1000 + number) for number in range(untrained)]
    return trained, net, rivals, [*(control for _path, control in controls), *fresh]


def _look(
    genome: "Genome",
    looked_at: "tuple[Sites, np.ndarray]",
    where: "Compute",
    quiet: bool,
    what: str,
    network: "HeadedNetwork",
) -> "Attention":
    """The attention of a network's heads; `what` names the step in the progress line."""
    from ..steps.attention import record

    progress = Progress(what, len(looked_at[0]), quiet)
    return record.gather(network.to(where.device), genome, *looked_at, where, progress)


def _measure_losses(
    net: "HeadedNetwork",
    genome: "Genome",
    sites: "Sites | None",
    where: "Compute",
    wanted: "np.ndarray",
    strands: str,
    quiet: bool,
) -> dict[str, list]:
    """Columns of what is lost without each head on a part of the genome, by its own sites or others."""
    from ..steps.heads import ablation, measures
    from ..steps.training.labels import label

    whole = ablation.listen(net, genome, where, wanted)
    _write_strands(strands, genome, whole[0][0], wanted)
    heads = net.config.layers * net.config.heads
    bar = Progress("ablating heads", heads, quiet)
    labelled = label(genome.bare_sequence, {"sites": sites}) if sites else genome
    return measures.measure_losses(net, labelled, whole, wanted, where, lambda share: bar(int(share * heads)))


def _write_strands(path: str, genome: "Genome", probability: "np.ndarray", wanted: "np.ndarray") -> None:
    """Write the correlation of the two strands' predictions, if it is asked for."""
    from dataclasses import asdict

    import numpy as np

    from ..formats.tables import tsv
    from ..steps.heads import strand_correlation

    if path:
        tsv.write_table(path, asdict(strand_correlation.strands(np.where(wanted, probability, np.nan), genome)))


def _write_pairs(path: str, chosen: "np.ndarray", names: list[str]) -> None:
    """Write the pairs of heads, if they are asked for."""
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
    """Size and run time, measured on a small part."""
    import numpy as np

    from ..steps.heads import ablation
    from ..steps.network import annotate, timing

    net.to(where.device)
    heads = net.config.layers * net.config.heads
    size = queries * heads * len(net.keys) * 4 * models
    read = f"{queries:,} positions x {heads} heads of {models} models, at most {size / 1e6:,.0f} MB"
    if not wanted.any():
        return read
    trial = np.zeros(len(wanted), bool)
    trial[np.flatnonzero(wanted)[:10_000]] = True
    seconds = timing.seconds(lambda: annotate.annotate(net, genome, where, trial))
    seconds *= ablation.count_passes(net) * wanted.sum() / trial.sum()
    times = heads * len(ablation.KINDS)
    scored = f"{2 * int(wanted.sum()):,} nucleotides scored {times} times, {timing.format_duration(seconds)}"
    return f"{read}; {scored}"


def _describe_verdicts(verdicts: list[str], why_none: str, trained: "Model") -> list[str]:
    """How many heads have each verdict, why there are no regions, and whether the model learned anything."""
    from ..steps.training.description import describe_doubts

    kinds = dict.fromkeys(sorted(verdicts))
    counts = "; ".join(f"{verdicts.count(one)} of {len(verdicts)} heads: {one}" for one in kinds)
    return [counts, *([why_none] if why_none else []), *describe_doubts(trained.labels)]


main = command(score_heads)
