"""Summaries for programs: one JSON object, keys sorted, two spaces deep; not a number is null."""

import json
import math
from collections.abc import Mapping

from ..files import write_text


def write(path: str, summary: Mapping[str, object]) -> None:
    """Write a summary; NaN and infinities become null, which every JSON reader takes."""
    write_text(path, json.dumps(plain(dict(summary)), sort_keys=True, indent=2, allow_nan=False) + "\n")


def plain(value: object) -> object:
    """The same value with NaN and infinities as None, tuples as lists."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
