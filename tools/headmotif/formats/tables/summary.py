"""Summaries for programs: one JSON object, keys sorted, indented by two spaces; NaN is null."""

import json
import math
from collections.abc import Mapping

from ..output_files import write_text


def write(path: str, summary: Mapping[str, object]) -> None:
    """Write a summary. NaN and infinities become null, which every JSON reader accepts.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    summary
        The object; its keys are sorted.
    """
    write_text(path, json.dumps(replace_non_finite(dict(summary)), sort_keys=True, indent=2, allow_nan=False) + "\n")


def replace_non_finite(value: object) -> object:
    """Replace NaN and infinities by None, and tuples by lists.

    Parameters
    ----------
    value
        A value of JSON types, nested to any depth.

    Returns
    -------
    object
        The same value without them.
    """
    if isinstance(value, dict):
        return {str(k): replace_non_finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [replace_non_finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
