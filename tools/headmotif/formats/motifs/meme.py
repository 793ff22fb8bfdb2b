"""Motif files of MEME (minimal format and the text output of MEME), DNA only.

    MEME version 4
    ALPHABET= ACGT                              or a block ALPHABET "name" ... END ALPHABET
    strands: + -                                not read
    Background letter frequencies
    A 0.25 C 0.25 G 0.25 T 0.25                 uniform if absent
    MOTIF identifier [alternative name]
    letter-probability matrix: alength= 4 w= 2 nsites= 20 E= 1e-5      every key optional
    0.9 0.1 0.0 0.0                             one row for each position, A C G T

Read: versions 3 to 5, any case, tabs, comments (#), no blank lines. A log-odds matrix (bits or hundredths of a bit, see
`log_odds`) is used if there are no probabilities. A row must sum to 1 within 0.05. A motif has one matrix of each kind,
both of one width; w= must be the number of rows. Not checked: strands, URL, and other parts of MEME's text output.
"""

import itertools
import math
import re
from collections.abc import Iterator, Sequence

import numpy as np

from ...alphabet import LETTERS
from ...data import Motif
from ...errors import FormatError
from ..files import lines
from ..output_files import write_text
from . import log_odds
from .counts import is_number

NEWEST = 5
_KEY = re.compile(r"(?<!\w)(\w+)\s*=\s*([^\s=]+)")  # a search from each letter of a word would be slow
_MOTIF = re.compile(r"(MOTIF|motif)(\s|$)")  # not "Motif", with which MEME's text output begins other lines
_NUMBER = re.compile(r"[-+]?(\.?\d|(nan|inf)\b)", re.IGNORECASE)
LARGEST = 1e15
_PAIR = re.compile(r"([A-Za-z])\s+([-+.\deE]+)")

Row = tuple[int, str]
Numbers = tuple[int, list[float]]


def read(text: str, path: str) -> list[Motif]:
    """Read the motifs of a MEME file; see `parse` for those that are skipped.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    list of Motif
        The motifs, in order.

    Raises
    ------
    FormatError
        As `parse`.
    """
    return parse(text, path)[0]


def parse(text: str, path: str) -> tuple[list[Motif], list[tuple[str, str]]]:
    """Read the motifs of a MEME file. A header without motifs is a valid file.

    Parameters
    ----------
    text
        The content of the file.
    path
        The name of the file, for messages alone.

    Returns
    -------
    motifs
        The motifs, in order.
    skipped
        Name and reason of each motif without a matrix.

    Raises
    ------
    FormatError
        With the line, for an alphabet other than DNA, a newer version, or numbers that are no matrix.
    """
    rows = [(number, line.strip()) for number, line in lines(text)]
    rows = [(number, line) for number, line in rows if line and not line.startswith("#")]
    starts = [i for i, (_, line) in enumerate(rows) if _MOTIF.match(line)]
    head = rows[: starts[0]] if starts else rows
    if not starts and not any(re.match(r"MEME\s+version", line, re.IGNORECASE) for _, line in head):
        raise FormatError(
            path, None, "this is not a MEME file: it has neither a line 'MEME version' nor a line 'MOTIF'"
        )
    background = _header(head, path)
    motifs, skipped = [], []
    for start, end in itertools.pairwise([*starts, len(rows)]):
        name, alt = _names(rows[start], path)
        matrix, keys, why = _matrix(rows[start + 1 : end], path, name, background)
        if matrix is None:
            skipped.append((name, why))
        else:
            motifs.append(Motif(name, matrix, keys.get("nsites", math.nan), background, keys.get("e", math.nan), alt))
    return motifs, skipped


def _header(rows: list[Row], path: str) -> np.ndarray:
    """The background, after checks of version and alphabet."""
    background = np.full(4, 0.25)
    stream = iter(rows)
    for number, line in stream:
        lower = line.lower()
        if version := re.match(r"meme\s+version\s+(\d{1,9})", lower):
            if int(version[1]) > NEWEST:
                raise FormatError(
                    path,
                    number,
                    f"MEME version {version[1]} is newer than {NEWEST}; save the motifs as version {NEWEST} or older",
                )
        elif alphabet := re.match(r"alphabet\s*=(.*)", line, re.IGNORECASE):
            _check_alphabet("".join(alphabet[1].split()), number, path)
        elif re.match(r"alphabet(\s|$)", lower):
            _check_alphabet(_core_letters(stream), number, path)
        elif re.match(r"background\s+letter\s+frequencies", lower):
            background = _background(stream, number, path)
    return background


def _core_letters(stream: Iterator[Row]) -> str:
    """The core letters of an ALPHABET block, one on a line or on both sides of ~; a line with = is an ambiguity."""
    letters = []
    for _, line in stream:
        if re.match(r"END(\s+ALPHABET|$)", line, re.IGNORECASE):
            break
        bare = re.sub(r'"[^"]*"', "", line)
        if "=" not in bare:
            letters += [part.split()[0][0] for part in bare.split("~") if part.split()]
    return "".join(sorted(letters))


def _check_alphabet(letters: str, number: int, path: str) -> None:
    if letters.upper() not in ("ACGT", "ACGU"):
        kind = "a protein alphabet" if len(letters) >= 20 else f"the alphabet {letters[:30] or '(none)'}"
        raise FormatError(path, number, f"these motifs have {kind}; give motifs of DNA (ALPHABET= ACGT)")


def _background(stream: Iterator[Row], number: int, path: str) -> np.ndarray:
    found: dict[str, float] = {}
    for at, line in stream:
        pairs = _PAIR.findall(line)
        if not pairs:
            break
        for letter, value in pairs:
            found[letter.upper().replace("U", "T")] = _number(value, at, path)
        number = at
        if len(found) >= 4 and set(found) == set("ACGT"):
            break
    if set(found) != set("ACGT"):
        _check_alphabet("".join(sorted(found)), number, path)
    frequencies = np.array([found[letter] for letter in LETTERS[:4]])
    if (frequencies < 0).any() or abs(frequencies.sum() - 1) > 0.05:
        raise FormatError(
            path, number, f"the background sums to {frequencies.sum():.6g}; give four frequencies that sum to 1"
        )
    return np.asarray(frequencies / frequencies.sum())


def _names(row: Row, path: str) -> tuple[str, str]:
    # MEME's own text output goes on with the width and the number of sites.
    words = re.split(r"\s(?:width|sites)\s*=", row[1])[0].split()[1:]
    if not words:
        raise FormatError(path, row[0], "this MOTIF has no name; write MOTIF and a name")
    return words[0], " ".join(words[1:])


def _matrix(
    rows: list[Row], path: str, name: str, background: np.ndarray
) -> tuple[np.ndarray | None, dict[str, float], str]:
    """The matrix of one motif and the numbers of its header line; without a matrix None and the reason."""
    found: dict[str, tuple[list[Numbers], dict[str, float], int]] = {}
    for at, (number, line) in enumerate(rows):
        header = re.match(r"(letter-probability|log-odds)\s+matrix\s*:", line, re.IGNORECASE)
        if not header:
            continue
        kind = header[1].lower()
        if kind in found:
            raise FormatError(
                path, number, f"this is a second {kind} matrix of motif {name}; begin each motif with MOTIF and a name"
            )
        keys = _keys(line, number, path)
        found[kind] = _values(rows[at + 1 :], keys, number, path, name), keys, number
    if not found:
        return None, {}, "no matrix"
    values, keys, number = found.get("letter-probability") or found["log-odds"]
    if (other := found.get("log-odds")) and len(other[0]) != len(values):
        raise FormatError(
            path, number, f"this matrix of motif {name} has {len(values)} rows, but its log-odds have {len(other[0])}"
        )
    if not values:
        return None, keys, "width 0"
    if "letter-probability" in found:
        return _probabilities(values, path, name), keys, ""
    matrix = log_odds.probabilities(np.array([row for _, row in values]), background)
    if matrix is None:
        raise FormatError(
            path,
            number,
            f"motif {name} has log-odds alone, neither in bits nor in their hundredths against the file's background; "
            "give its letter-probability matrix or its background",
        )
    return matrix, keys, ""


def _keys(line: str, number: int, path: str) -> dict[str, float]:
    keys = {}
    for key, value in _KEY.findall(line):
        key = key.lower()
        if key in ("alength", "w", "nsites", "e"):
            keys[key] = _number(value, number, path, allow_infinite=key == "e")
    if keys.get("alength", 4) != 4:
        raise FormatError(
            path, number, f"this matrix has {keys['alength']:.6g} letters; give motifs of DNA (alength= 4)"
        )
    if (width := keys.get("w", 1)) < 0 or width != int(width):
        raise FormatError(path, number, f"w= {width:.6g} is not a width; write a whole number")
    if keys.get("nsites", 1) <= 0:
        del keys["nsites"]
    return keys


def _values(rows: list[Row], keys: dict[str, float], number: int, path: str, name: str) -> list[Numbers]:
    """The rows of numbers that follow a header line, with their lines."""
    values: list[Numbers] = []
    at = number
    for at, line in rows:
        words = line.split()
        if len(values) == keys.get("w") or not _is_row(words):
            break
        if len(words) != 4:
            raise FormatError(path, at, f"this row of motif {name} has {len(words)} numbers instead of 4 (A C G T)")
        values.append((at, [_number(word, at, path) for word in words]))
    at = values[-1][0] if values else number
    surplus = list(itertools.takewhile(lambda row: all(map(is_number, row[1].split())), rows[len(values) :]))
    if "w" in keys and surplus:
        raise FormatError(
            path,
            number,
            f"w= says {keys['w']:.0f}, but motif {name} has {len(values) + len(surplus)} rows; correct w= or the rows",
        )
    if len(values) < keys.get("w", 1):
        expected = f" of {keys['w']:.0f}" if "w" in keys else ""
        raise FormatError(
            path,
            at,
            f"the matrix of motif {name} ends after {len(values)}{expected} rows; the file may be truncated",
        )
    return values


def _is_row(words: list[str]) -> bool:
    """Whether a line begins as a number, or is a row of four with a damaged first number."""
    return _NUMBER.match(words[0]) is not None or (len(words) == 4 and sum(map(is_number, words)) >= 2)


def _probabilities(values: list[Numbers], path: str, name: str) -> np.ndarray:
    for at, row in values:
        if min(row) < 0:
            raise FormatError(path, at, f"this row of motif {name} has a negative probability")
        if abs(sum(row) - 1) > 0.05:
            raise FormatError(path, at, f"this row of motif {name} sums to {sum(row):.6g}; probabilities sum to 1")
    matrix = np.array([row for _, row in values])
    return np.asarray(matrix / matrix.sum(axis=1, keepdims=True))


def _number(word: str, number: int, path: str, allow_infinite: bool = False) -> float:
    try:
        value = float(word)
    except ValueError:
        raise FormatError(path, number, f"'{word[:30]}' is not a number") from None
    if not abs(value) < LARGEST and not allow_infinite:
        raise FormatError(path, number, f"'{word[:30]}' is not a finite number below 1e15; correct it")
    return value


def write(path: str, motifs: Sequence[Motif]) -> None:
    """Write motifs in MEME's minimal format, see `text`.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    motifs
        The motifs, in order.
    """
    write_text(path, text(motifs))


def text(motifs: Sequence[Motif]) -> str:
    """Format motifs as MEME's minimal format. Each row has six decimals and sums to exactly 1.

    The format has one background: the mean of those of the motifs. White space in a name becomes _. nsites and E stand
    only if known.

    Parameters
    ----------
    motifs
        The motifs, in order.

    Returns
    -------
    str
        The content of the file.
    """
    background = np.mean([motif.background for motif in motifs], axis=0) if motifs else np.full(4, 0.25)
    shares = " ".join(
        f"{letter} {share}" for letter, share in zip("ACGT", _round_to_six_decimals(background), strict=True)
    )
    out = ["MEME version 4", "", "ALPHABET= ACGT", "", "strands: + -", "", "Background letter frequencies", shares, ""]
    for motif in motifs:
        out.append(
            " ".join(["MOTIF", re.sub(r"[\s=]+", "_", motif.name.strip()) or "_", *motif.alt.replace("=", "_").split()])
        )
        nsites = "" if math.isnan(motif.nsites) else f" nsites= {motif.nsites:.10g}"
        evalue = "" if math.isnan(motif.evalue) else f" E= {motif.evalue:.6g}"
        out.append(f"letter-probability matrix: alength= 4 w= {len(motif)}{nsites}{evalue}")
        out += [" ".join(_round_to_six_decimals(row)) for row in motif.matrix]
        out.append("")
    return "\n".join(out)


def _round_to_six_decimals(shares: np.ndarray) -> list[str]:
    """Shares as decimals that sum to exactly 1: those that rounding cut most are rounded up instead."""
    exact = shares / shares.sum() * 1_000_000
    units = np.floor(exact + 1e-6).astype(int)
    lost = np.argsort(units - exact, kind="stable")
    units[lost[: 1_000_000 - int(units.sum())]] += 1
    return [f"{unit // 1_000_000}.{unit % 1_000_000:06d}" for unit in units.tolist()]
