"""The findings in words, out of the numbers: a sentence for each thing that was measured, none for what was not."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from ...data import Group, Match, Model
from ...data.model import PARTS
from ...data.verdict import Kind, Verdict
from .verdicts import READS, Row, at_place, named, of_place, surest

CALLED = 0.1
"""Nucleotides with a P from here on are those whose calibration is told in words."""
PLACES = 3
"""Places that are named of a known motif."""


def findings(
    rows: Sequence[Row],
    said: Mapping[str, Verdict],
    matches: Sequence[Match],
    model: Model | None,
    baselines: Mapping[str, Model],
    accuracy: Sequence[Row] = (),
    calibration: Sequence[Row] = (),
) -> list[str]:
    """Sentences, in order: how good, how many heads read what, and at which places; what failed its control, what the
    heads are worth.

    rows: of score-heads' table; said: the verdicts by head; matches: of motifs with known ones, those of single places
    too; model: what train-annot --metrics wrote (None where it was not given); baselines: other models by name;
    accuracy, calibration: what the curves say (see `curves`).
    """
    return [
        *_accuracy(model, baselines),
        *_called(accuracy, calibration),
        *_heads(rows, said),
        *_places(matches),
        *_controls(rows, said),
        *_worth(rows, said),
    ]


def _accuracy(model: Model | None, baselines: Mapping[str, Model]) -> list[str]:
    lines = []
    part = best_part(model)
    for label, score in (model.scores(part) if model else {}).items():
        ap, prevalence = score.average_precision, score.prevalence
        where = {
            "test": "the test part, which it never saw",
            "validation": "the validation part, by which it was chosen",
        }.get(part, part)
        line = f"For {label}, the model ranks nucleotides with an average precision of {_score(ap)} on {where}"
        if prevalence > 0:
            line += f", {_times(ap / prevalence)} times the prevalence of {prevalence:.2g} that guessing reaches"
        lines.append(line + (f" (ROC-AUC {score.roc_auc:.3f})." if score.roc_auc > 0 else "."))
        for name, other in baselines.items():
            if (theirs := other.scores(part).get(label)) and math.isfinite(theirs.average_precision):
                more = "above" if ap > theirs.average_precision else "below"
                lines.append(
                    f"That is {abs(ap - theirs.average_precision):.3f} {more} {name} on the same part "
                    f"({_score(theirs.average_precision)})."
                )
        if not baselines:
            lines.append("No baseline was given (--baseline), so it is not said here what a simpler model reaches.")
    return lines


def _called(accuracy: Sequence[Row], calibration: Sequence[Row]) -> list[str]:
    """At its threshold: how many calls are right, how many sites are found; and whether P means what it says."""
    lines = []
    known = [
        row
        for row in accuracy
        if math.isfinite(_number(row.get("threshold"))) and math.isfinite(_number(row.get("precision")))
    ]
    if known:
        shares = [
            f"{_where(row)} about {_percent(row['precision'])} of the calls are right and {_percent(row['recall'])} "
            "of the sites are found"
            for row in known
            if row["prediction"] == known[0]["prediction"]
        ]
        lines.append(f"Called at P of {float(known[0]['threshold']):.2g} or more, {'; '.join(shares)}.")
    sure = [
        row
        for row in calibration
        if row["prediction"] == calibration[0]["prediction"] and float(row["probability"]) >= CALLED
    ]
    if sure:
        n = sum(float(row["positions"]) for row in sure)
        told, true = (
            sum(float(row["positions"]) * float(row[key]) for row in sure) / n for key in ("probability", "share")
        )
        lines.append(
            f"Of the {n:,.0f} nucleotides with P of {CALLED:g} or more it says that {_percent(told)} are sites; "
            f"{_percent(true)} are."
        )
    return lines


def _percent(share: float | str) -> str:
    return f"{100 * float(share):.0f} %"


def _where(row: Row) -> str:
    return f"within {float(row['within']):.0f} nt" if row["within"] else "exactly"


def best_part(model: Model | None) -> str:
    """The part of the genome whose scores count: test, else validation; "" where there are none."""
    return next((part for part in reversed(PARTS) if model and model.scores(part)), "")


def _heads(rows: Sequence[Row], said: Mapping[str, Verdict]) -> list[str]:
    if not any(row.get("verdict") for row in rows):
        known = sum(verdict.match is not None for verdict in said.values())
        return [
            f"{len(said)} motifs were given without a table of heads: {known} resemble a known motif, none was held "
            "against a control."
        ]
    count = Counter(verdict.kind for verdict in said.values())
    reading = sum(count[kind] for kind in READS)
    lines = [f"Of {len(rows)} heads, {reading} read content that passes its control{_recurring(rows)}."]
    leading = [name for name, verdict in said.items() if verdict.kind in (Kind.KNOWN, Kind.CANDIDATE)]
    if count[Kind.REDUNDANT]:
        choose = "chooses" if count[Kind.REDUNDANT] == 1 else "choose"
        lines.append(
            f"{count[Kind.REDUNDANT]} of these {choose} the same bases as another head: that leaves "
            f"{_many(len(leading), 'different thing')}."
        )
    peak = {str(row["head"]): _number(row.get("distance")) for row in rows}
    for kind, words in (
        (Kind.KNOWN, "These resemble known motifs"),
        (Kind.CANDIDATE, "These match no known motif, or a small part of one, and are candidates"),
    ):
        those = [name for name in leading if said[name].kind == kind]
        shown = [f"{name} at {_signed(peak[name])}{_named(said[name])}" for name in those]
        if shown:
            lines.append(f"{words}: {', '.join(shown)}.")
    return lines


def _places(matches: Sequence[Match]) -> list[str]:
    """What single places of heads resemble by sure matches, a known motif each with its surest places."""
    by_target: dict[str, list[str]] = {}
    for match in sorted(surest(named(matches).values()), key=lambda match: (match.q, match.p)):
        if of_place(match):
            by_target.setdefault(match.target, []).append(
                f"{Group.parse(match.query).head}{at_place(match.query)} (q = {match.q:.2g})"
            )
    if not by_target:
        return []
    each = [
        f"{target} by {', '.join(where[:PLACES])}" + (f" and {len(where) - PLACES} more" if len(where) > PLACES else "")
        for target, where in by_target.items()
    ]
    return [f"Place by place, each motif beyond its own positional null, heads resemble: {'; '.join(each)}."]


def _recurring(rows: Sequence[Row]) -> str:
    models = max((_number(row.get("models")) for row in rows if "models" in row), default=0)
    return (
        f" and recur in models of other seeds ({models:.0f} were looked at)"
        if models > 0
        else "; whether they recur in other seeds was not tested"
    )


def _named(verdict: Verdict) -> str:
    return (
        f" ({verdict.label.partition(': ')[2] or verdict.match.target}, q = {verdict.match.q:.2g})"
        if verdict.match
        else ""
    )


def _controls(rows: Sequence[Row], said: Mapping[str, Verdict]) -> list[str]:
    lines = []
    for kind, words in (
        (Kind.POSITION, ("did not pass the positional null (the attended distances swapped among the sites)",) * 2),
        (
            Kind.UNSTABLE,
            [f"passed it, but {verb} not found again in enough models of other seeds" for verb in ("were", "was")],
        ),
        (
            Kind.NOTHING,
            [f"{verb} to nothing beyond what heads do by chance, or to too little" for verb in ("attend", "attends")],
        ),
    ):
        those = [name for name, verdict in said.items() if verdict.kind == kind]
        if those:
            names = f"All {len(rows)} heads" if len(those) == len(rows) > 1 else ", ".join(those)
            lines.append(f"{names} {words[len(those) == 1]}.")
    if passed := [row for row in rows if said[str(row["head"])].kind in READS]:
        largest = max((_number(row.get("motif_p")) for row in passed), default=math.nan)
        for_all = (
            f" For the {len(passed)} heads that read content it is stronger where they chose, with p of "
            f"{largest:.2g} or less."
        )
        lines.append(
            "What attention adds to k-mer enrichment at the same distances is what that null measures: the motif is "
            "found on one half of "
            "the sites, and scored on the other half at the chosen distances and at the same distances swapped among "
            "the sites." + (for_all if math.isfinite(largest) else "")
        )
    return lines


def _worth(rows: Sequence[Row], said: Mapping[str, Verdict]) -> list[str]:
    lines = []
    measured = [row for row in rows if math.isfinite(_number(row.get("ap_zero")))]
    if measured:
        lower = [row for row in measured if _number(row["ap_zero_high"]) < 0]
        worst = min(measured, key=lambda row: float(row["ap_zero"]))
        lines.append(f"Silencing one head lowers average precision for {len(lower)} of {len(measured)} (95 % interval "
                     "below 0)" + (
            f", most for {worst['head']}: by {-float(worst['ap_zero']):.3f} "
            f"({-float(worst['ap_zero_high']):.3f} to {-float(worst['ap_zero_low']):.3f})." if lower else "."
        ))  # fmt: skip
        if len(lower) < len(measured):
            lines.append(
                "A head without a loss may be replaced by others that read the same: that does not show that it reads "
                "nothing."
            )
    alone = [row for row in rows if _number(row.get("motif_low")) > 0 and said[str(row["head"])].kind in READS]
    if alone:
        most = max(alone, key=lambda row: float(row["motif_effect"]))
        lines.append(
            f"Set alone into shuffled promoters, the motifs of {len(alone)} of these heads raise the score, most that "
            f"of {most['head']}: by {float(most['motif_effect']):.2f} in logit ({float(most['motif_low']):.2f} to "
            f"{float(most['motif_high']):.2f}; control {float(most['motif_control']):.2f})."
        )
    return lines


def _score(value: float) -> str:
    return f"{value:.3f}" if value >= 0.1 else f"{value:.2g}"


def _times(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _signed(distance: float) -> str:
    return f"{distance:+.0f}".replace("-", "−")


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
