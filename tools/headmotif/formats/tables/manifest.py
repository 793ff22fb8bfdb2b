"""The manifest of a run: one JSON object that lists the files of a run by kind.

`{"files": {"heads": "heads.tsv", ...}, "format": "headmotif manifest", "version": 1}`, keys sorted, indented by two
spaces. Paths are relative to the folder of the manifest, so that the folder can be moved. Commands add files to it, and
`head-report` reads it.
"""

import json
import os
from collections.abc import Mapping

from ...errors import FormatError
from .. import files
from . import summary

FORMAT, VERSION = "headmotif manifest", 1
KINDS = (
    "genome", "sites", "genes", "metrics", "history", "regions", "motifs", "matches", "targets", "heads", "profiles",
    "pairs", "strands", "calls", "bigwig-plus", "bigwig-minus", "curve", "agreement",
)  # fmt: skip
"""The kinds of files of a run, named like the options of head-report."""


def recognize(head: bytes) -> bool:
    """Test whether a file is a manifest.

    Parameters
    ----------
    head
        The beginning of the file.

    Returns
    -------
    bool
        Whether it begins as a JSON object that names this format.
    """
    return head.lstrip()[:1] == b"{" and f'"{FORMAT}"'.encode() in head


def read(path: str) -> dict[str, str]:
    """Read the files that a manifest lists.

    Parameters
    ----------
    path
        The manifest; "-" is standard input, and its files lie in the working folder.

    Returns
    -------
    dict of str to str
        Paths by kind, one of `KINDS`, to be opened from the working folder.

    Raises
    ------
    FormatError
        If it is not a manifest, has another version, or lists an unknown kind.
    """
    try:
        found = json.loads(files.read_text(path))
    except ValueError as error:
        raise FormatError(path, None, f"this is not JSON ({error}); make the manifest again") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("files"), dict):
        raise FormatError(path, None, "this is not a manifest; give one that commands wrote with --manifest")
    if found.get("version") != VERSION:
        raise FormatError(
            path, None, f"this headmotif does not know version {found.get('version')} of the manifest; update it"
        )
    if wrong := sorted(set(found["files"]) - set(KINDS)):
        raise FormatError(path, None, f"'{wrong[0]}' is not a kind of file; use one of {', '.join(KINDS)}")
    folder = "" if path == "-" else os.path.dirname(path)
    return {kind: os.path.join(folder, str(name)) for kind, name in found["files"].items()}


def add(path: str, results: Mapping[str, str]) -> None:
    """Add files to a manifest, which is made if it does not exist.

    Parameters
    ----------
    path
        The manifest; "" for none, and nothing is done.
    results
        Paths by kind, one of `KINDS`; "" and "-" (standard output) are skipped. A kind that is already listed is
        replaced.

    Raises
    ------
    FormatError
        If the file exists and is not a manifest.
    """
    named = {kind: name for kind, name in results.items() if name not in ("", "-")}
    if not path or not named:
        return
    folder = os.path.dirname(os.path.abspath(path))
    known = read(path) if os.path.exists(path) else {}
    whole = {kind: os.path.relpath(os.path.abspath(name), folder) for kind, name in {**known, **named}.items()}
    whole = {kind: name.replace(os.sep, "/") for kind, name in whole.items()}
    summary.write(path, {"format": FORMAT, "version": VERSION, "files": whole})
