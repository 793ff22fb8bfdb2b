"""The truth benchmark's rows as tables: counts of all seeds together, one row a genome and element."""

from recovery import ALONE, HEXAMERS

ALL, SOME, MOTIF = "head", "head at its distances", "motif of its place"
"""A head with all its regions at the commands' limit of q; one at the distances and the limit that were chosen too;
where one of the motifs of its places lies."""
NAMED_SO, EVERY, LOST, PLACES_NAMED = (
    "motifs named so",
    "all heads",
    "logit lost without it",
    "places named with q of at most",
)
MEASURES = {"half covered": ("found", "finding"), "within one base": ("placed", "placing")}


def summary(rows: list[dict]) -> str:
    """Markdown: counts of all seeds together."""
    together: dict[tuple[str, str, str], list[dict]] = {}
    for one in rows:
        together.setdefault((one["kind"], one["element"], one["way"]), []).append(one)
    every = list(dict.fromkeys((kind, element) for kind, element, _way in together))
    alone = [element.name for element in ALONE]
    lines = []
    for measure in MEASURES:
        ways = [way for base in (ALL, SOME, MOTIF) for way in (base, f"{base}: window", f"{base}: true matrix")] + [
            "window at every site"
        ]
        lines += [
            f"{measure}: recall, precision",
            "",
            f"| genome | element | {' | '.join(ways)} |",
            "|---" * (len(ways) + 2) + "|",
        ]
        for kind, element in every:
            if element in alone:
                cells = [_cell(together.get((kind, element, way), []), measure) for way in ways]
                lines.append(f"| {kind} | {element} | {' | '.join(cells)} |")
        lines.append("")
    ways = [SOME, MOTIF, NAMED_SO, EVERY]
    lines += [f"| genome | element | {' | '.join(ways)} | {LOST} (sites) |", "|---" * (len(ways) + 3) + "|"]
    for kind, element in every:
        if lost := together.get((kind, element, LOST)):
            cells = [_cell(together.get((kind, element, way), []), "half covered") for way in ways]
            n = sum(one["elements"] for one in lost)
            mean = sum(one["lost"] * one["elements"] for one in lost) / max(n, 1)
            lines.append(f"| {kind} | {element} | {' | '.join(cells)} | {mean:.2f} ({n}) |")
    lines.append("")
    for (kind, _element, way), mine in together.items():
        if way.startswith(PLACES_NAMED):
            right, said = (sum(one[name] for one in mine) for name in ("finding", "regions"))
            lines.append(f"{kind}, {way}: {right} of {said} by a factor that was planted")
    rivals = dict.fromkeys(
        (kind, way) for kind, element, way in together if way.endswith(("both heads", "network", "default", "cnn"))
    )
    for kind, way in rivals:
        cells = [_cell(together[kind, element.name, way], "half covered") for element in HEXAMERS]
        lines.append(f"{kind}, {way}: {'; '.join(cells)}")
    return "\n".join(lines)


def _cell(mine: list[dict], measure: str) -> str:
    what, hits = MEASURES[measure]
    if not mine or mine[0][what] < 0 or not any(one["regions"] for one in mine):
        return ""
    found, elements, right, regions = (sum(one[name] for one in mine) for name in (what, "elements", hits, "regions"))
    limit = sum(max(one[f"bound_{what}"], 0) for one in mine)
    some = sum(one["regions"] > 0 for one in mine)  # a network without regions has no precision, so no bound
    share = (
        f"; {found / limit:.2f} of the bound" + (f" of {some} of {len(mine)} networks" if some < len(mine) else "")
        if limit
        else ""
    )
    return f"{found / max(elements, 1):.2f}, {right / max(regions, 1):.2f}{share}"
