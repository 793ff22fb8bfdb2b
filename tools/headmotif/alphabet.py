"""The letters of DNA and their codes: A 0, C 1, G 2, T 3, anything ambiguous 4.

Every array of bases in the program holds these codes as uint8. U is read as T, and the IUPAC ambiguity letters become N
(4). Readers refuse letters outside IUPAC (`INVALID`).
"""

import numpy as np

LETTERS = "ACGTN"
A, C, G, T, N = range(5)
INVALID = 255
IUPAC = {
    "A": "A", "C": "C", "G": "G", "T": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip

COMPLEMENT = np.array([T, G, C, A, N], dtype=np.uint8)

ENCODE = np.full(256, INVALID, dtype=np.uint8)
for _letter, _bases in IUPAC.items():
    _code = LETTERS.index(_letter) if len(_bases) == 1 else N
    ENCODE[ord(_letter)] = ENCODE[ord(_letter.lower())] = _code
ENCODE[ord("U")] = ENCODE[ord("u")] = T

DECODE = np.frombuffer(LETTERS.encode(), dtype=np.uint8)


def encode(sequence: str | bytes) -> np.ndarray:
    """Turn a sequence into codes.

    Parameters
    ----------
    sequence
        Letters in upper or lower case.

    Returns
    -------
    numpy.ndarray
        uint8 (length,), codes 0-4; `INVALID` for letters outside IUPAC.

    Examples
    --------
    >>> encode("ACgtR").tolist()
    [0, 1, 2, 3, 4]
    """
    raw = sequence.encode("latin-1", "replace") if isinstance(sequence, str) else sequence
    return ENCODE[np.frombuffer(raw, dtype=np.uint8)]


def decode(codes: np.ndarray) -> str:
    """Turn codes into a sequence.

    Parameters
    ----------
    codes
        uint8 (length,), codes 0-4.

    Returns
    -------
    str
        Upper-case letters A, C, G, T and N.

    Examples
    --------
    >>> decode(np.array([0, 1, 2, 3, 4]))
    'ACGTN'
    """
    letters: np.ndarray = DECODE[np.asarray(codes)]
    return letters.tobytes().decode()


def reverse_complement(codes: np.ndarray) -> np.ndarray:
    """Read the other strand, 5' to 3'.

    Parameters
    ----------
    codes
        uint8 (..., length), codes 0-4.

    Returns
    -------
    numpy.ndarray
        uint8 (..., length), a new array.

    Examples
    --------
    >>> decode(reverse_complement(encode("AACGN")))
    'NCGTT'
    """
    other: np.ndarray = COMPLEMENT[codes]
    return other[..., ::-1]
