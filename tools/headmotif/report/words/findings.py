"""Write the findings in words: a sentence for each measurement, and none for what was not measured."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from ...data import Group, Match, Model
from ...data.model import PARTS
from ...data.verdict import Kind, Verdict
from .verdicts import READS, Row, choose_matches, describe_offset, drop_repeats, is_of_offset

CALLED = 0.1
"""Least P of the nucleotides whose calibration is described."""
PLACES = 3
"""Offsets that are named for a known motif, at most."""


def findings(
    rows: Sequence[Row],
    said: Mapping[str, Verdict],
    matches: Sequence[Match],
    model: Model | None,
    baselines: Mapping[str, Model],
    accuracy: Sequence[Row] = (),
    calibration: Sequence[Row] = (),
) -> list[str]:
    """Write the findings in sentences.

    The order is: accuracy of the model, number of heads and what they read, what they read at single offsets, which
    heads failed their control, and what the heads contribute.

    Parameters
    ----------
    rows
        Rows of score-heads' table.
    said
        Verdicts by head.
    matches
        Matches of motifs with known motifs, including those of motifs at single offsets.
    model
        What train-annot --metrics wrote; None if it was not given.
    baselines
        Other models by name.
    accuracy, calibration
        Summary and calibration of the curves, see `curves`.

    Returns
    -------
    list
        Sentences.
    """
    return [
        *_describe_accuracy(model, baselines),
        *_describe_calls(accuracy, calibration),
        *_describe_heads(rows, said),
        *_describe_offsets(matches),
        *_describe_controls(rows, said),
        *_describe_worth(rows, said),
    ]


def explain_nothing(rows: Sequence[Row], said: Mapping[str, Verdict]) -> str:
    """Explain a page without a head that reads content.

    Parameters
    ----------
    rows
        Rows of score-heads' table, or only the names of the motifs in `head`.
    said
        Verdicts by head.

    Returns
    -------
    str
        What is missing and what may give it, in one line; "" if there is content.
    """
    if not rows:
        return "the page is empty: there is no motif to show; bed2pwm --table says why"
    if not any(row.get("verdict") for row in rows) or any(verdict.kind in READS for verdict in said.values()):
        return ""
    return "no head reads content; a model that learned nothing has none, and --metrics shows what it learned"


def _describe_accuracy(model: Model | None, baselines: Mapping[str, Model]) -> list[str]:
    lines = []
    part = choose_part(model)
    for label, score in (model.scores(part) if model else {}).items():
        ap, prevalence = score.average_precision, score.prevalence
        where = {
            "test": "the test part, which it never saw",
            "validation": "the validation part, which was used to choose the model",
        }.get(part, part)
        line = f"For {label}, the model reaches an average precision of {_score(ap)} on {where}"
        lines.append(line + (f" (ROC-AUC {score.roc_auc:.3f})." if score.roc_auc > 0 else "."))
        if prevalence > 0:
            lines.append(
                f"That is {_format_times(ap / prevalence)} times the site density of {prevalence:.2g}, which a random "
                "ranking reaches."
            )
        if score.is_at_chance:
            lines.append(
                f"The model may have learned nothing of {label}: a random ranking may score as well on these "
                f"{score.sites:,} sites. What its heads read is then chance."
            )
        for name, other in baselines.items():
            if (theirs := other.scores(part).get(label)) and math.isfinite(theirs.average_precision):
                more = "less" if ap > theirs.average_precision else "more"
                lines.append(
                    f"On the same part, {name} reaches {_score(theirs.average_precision)}, which is "
                    f"{abs(ap - theirs.average_precision):.3f} {more}."
                )
        if not baselines:
            lines.append("No baseline was given (--baseline), so it is unknown what a simpler model reaches.")
    return lines


def _describe_calls(accuracy: Sequence[Row], calibration: Sequence[Row]) -> list[str]:
    """At the threshold: how many calls are right and how many sites are found; and whether P is calibrated."""
    lines = []
    known = [
        row
        for row in accuracy
        if math.isfinite(_number(row.get("threshold"))) and math.isfinite(_number(row.get("precision")))
    ]
    if known:
        lines.append(f"Calls are positions with P of {float(known[0]['threshold']):.2g} or more.")
        lines += [
            f"{_describe_distance(row)}, about {_percent(row['precision'])} of the calls are right and "
            f"{_percent(row['recall'])} of the sites are found."
            for row in known
            if row["prediction"] == known[0]["prediction"]
        ]
    sure = [
        row
        for row in calibration
        if row["prediction"] == calibration[0]["prediction"] and float(row["probability"]) >= CALLED
    ]
    if sure:
        n = sum(float(row["positions"]) for row in sure)
        stated, true = (
            sum(float(row["positions"]) * float(row[key]) for row in sure) / n for key in ("probability", "share")
        )
        lines.append(
            f"Of the {n:,.0f} nucleotides with P of {CALLED:g} or more, the model expects {_percent(stated)} to be "
            f"sites; {_percent(true)} are."
        )
    return lines


def _percent(share: float | str) -> str:
    return f"{100 * float(share):.0f} %"


def _describe_distance(row: Row) -> str:
    return f"Within {float(row['window_nt']):.0f} nt" if row["window_nt"] else "At the exact position"


def choose_part(model: Model | None) -> str:
    """Choose the part of the genome whose scores count: the test part, or else the validation part.

    Parameters
    ----------
    model
        The model; None if it is unknown.

    Returns
    -------
    str
        Name of the part; "" without scores.
    """
    return next((part for part in reversed(PARTS) if model and model.scores(part)), "")


def _describe_heads(rows: Sequence[Row], said: Mapping[str, Verdict]) -> list[str]:
    if not any(row.get("verdict") for row in rows):
        known = sum(verdict.match is not None for verdict in said.values())
        return [
            f"{_format_count(len(said), 'motif')} came without a table of heads, so no control is known. Of these, "
            f"{known} resemble{'s' if known == 1 else ''} a known motif."
        ]
    count = Counter(verdict.kind for verdict in said.values())
    reading = sum(count[kind] for kind in READS)
    lines = [
        f"Of {_format_count(len(rows), 'head')}, {reading} {'reads' if reading == 1 else 'read'} content: motifs that "
        f"pass the positional null{_describe_recurrence(rows)}"
    ]
    leading = [name for name, verdict in said.items() if verdict.kind in (Kind.KNOWN, Kind.CANDIDATE)]
    if count[Kind.REDUNDANT]:
        choose = "chooses" if count[Kind.REDUNDANT] == 1 else "choose"
        lines.append(
            f"Of the {reading} heads, {count[Kind.REDUNDANT]} {choose} the same bases as another head, which leaves "
            f"{_format_count(len(leading), 'distinct head')}."
        )
    peak = {str(row["head"]): _number(row.get("offset")) for row in rows}
    for kind, words in (
        (Kind.KNOWN, "The motifs of these heads resemble known motifs"),
        (Kind.CANDIDATE, "The motifs of these heads match no known motif, or only a small part of one"),
    ):
        those = [name for name in leading if said[name].kind == kind]
        shown = [f"{name} at {_format_distance(peak[name])}{_describe_name(said[name])}" for name in those]
        if shown:
            lines.append(f"{words}: {', '.join(shown)}.")
    return lines


def _describe_offsets(matches: Sequence[Match]) -> list[str]:
    """What motifs at single offsets resemble: for each known motif the offsets with the smallest q."""
    by_target: dict[str, list[str]] = {}
    for match in sorted(drop_repeats(choose_matches(matches).values()), key=lambda match: (match.q, match.p)):
        if is_of_offset(match):
            by_target.setdefault(match.target, []).append(
                f"{Group.parse(match.query).head}{describe_offset(match.query)} (q = {match.q:.2g})"
            )
    if not by_target:
        return []
    each = [
        f"{target} in {', '.join(where[:PLACES])}" + (f" and {len(where) - PLACES} more" if len(where) > PLACES else "")
        for target, where in by_target.items()
    ]
    return [f"Motifs at single offsets that pass their own control resemble: {'; '.join(each)}."]


def _describe_recurrence(rows: Sequence[Row]) -> str:
    models = max((_number(row.get("replicates")) for row in rows if "replicates" in row), default=0)
    return (
        f" and recur in replicates ({models:.0f} {'was' if models == 1 else 'were'} tested)."
        if models > 0
        else ". No replicates were given, so recurrence was not tested."
    )


def _describe_name(verdict: Verdict) -> str:
    return (
        f" ({verdict.label.partition(': ')[2] or verdict.match.target}, q = {verdict.match.q:.2g})"
        if verdict.match
        else ""
    )


def _describe_controls(rows: Sequence[Row], said: Mapping[str, Verdict]) -> list[str]:
    lines = []
    for kind, words in (
        (Kind.POSITION, ("did not pass the positional null",) * 2),
        (
            Kind.UNSTABLE,
            [f"passed the positional null but {verb} in too few replicates" for verb in ("recur", "recurs")],
        ),
        (
            Kind.NOTHING,
            ("have too few regions to say what they read", "has too few regions to say what it reads"),
        ),
    ):
        those = [name for name, verdict in said.items() if verdict.kind == kind]
        if those:
            names = f"All {len(rows)} heads" if len(those) == len(rows) > 1 else ", ".join(those)
            lines.append(f"{names} {words[len(those) == 1]}.")
    if passed := [row for row in rows if said[str(row["head"])].kind in READS]:
        largest = max((_number(row.get("motif_p")) for row in passed), default=math.nan)
        lines.append(
            "The positional null shows what attention adds to k-mer enrichment at the same offsets. The motif is found "
            "on one half of the sites. It is scored on the other half, at the chosen offsets and at the same offsets "
            "exchanged among the sites."
        )
        if math.isfinite(largest):
            heads = f"{_format_count(len(passed), 'head')} that {'reads' if len(passed) == 1 else 'read'} content"
            lines.append(
                f"For the {heads}, the score is higher at the chosen offsets, with p of {largest:.2g} or less."
            )
    return lines


def _describe_worth(rows: Sequence[Row], said: Mapping[str, Verdict]) -> list[str]:
    lines = []
    measured = [row for row in rows if math.isfinite(_number(row.get("delta_ap_ablated")))]
    if measured:
        lower = [row for row in measured if _number(row["delta_ap_ablated_high"]) < 0]
        worst = min(measured, key=lambda row: float(row["delta_ap_ablated"]))
        loss = [-float(worst[f"delta_ap_ablated{end}"]) for end in ("", "_low", "_high")]
        lines.append(
            f"Ablation of one head lowers average precision for {len(lower)} of {_format_count(len(measured), 'head')} "
            "(95 % interval below 0)."
        )
        if lower:
            lines.append(f"The loss is largest for {worst['head']}: {loss[0]:.3f} ({loss[2]:.3f} to {loss[1]:.3f}).")
        if len(lower) < len(measured):
            lines.append(
                "A head without a loss may still read something, because other heads that read the same can replace it."
            )
    alone = [
        row for row in rows if _number(row.get("marginal_delta_logit_low")) > 0 and said[str(row["head"])].kind in READS
    ]
    if alone:
        most = max(alone, key=lambda row: float(row["marginal_delta_logit"]))
        gain = [float(most[f"marginal_delta_logit{end}"]) for end in ("", "_low", "_high", "_control")]
        those = (
            "the motif of 1 head that reads content raises"
            if len(alone) == 1
            else f"the motifs of {len(alone)} heads that read content raise"
        )
        lines.append(f"Inserted alone into shuffled promoters, {those} the logit.")
        lines.append(
            f"The effect is largest for {most['head']}: {gain[0]:.2f} ({gain[1]:.2f} to {gain[2]:.2f}; control "
            f"{gain[3]:.2f})."
        )
    return lines


def _score(value: float) -> str:
    return f"{value:.3f}" if value >= 0.1 else f"{value:.2g}"


def _format_times(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _format_distance(distance: float) -> str:
    return f"{distance:+.0f}".replace("-", "−")


def _format_count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
