"""The alleles of a VCF row: which of its ALT name bases, which bases, and whether REF is the genome's.

A letter stands for a set of bases (IUPAC). REF is the genome's if the two sets meet at every base.
"""

import numpy as np

from ...alphabet import IUPAC, LETTERS, decode

DNA = "".join(IUPAC) + "U" + "".join(IUPAC).lower() + "u"
NOTHING = "no alternative allele (ALT is . or REF)"
SPANNING = "* (the bases are deleted by another variant)"
BREAKEND = "breakend"
SYMBOLIC = "symbolic, such as <DEL> or <NON_REF>"
UNKNOWN = "N in ALT, which may be any base"
AMBIGUOUS = "several ambiguity codes in ALT"


SETS = np.zeros(256, np.uint8)
"""The bases that each letter stands for, a bit a base."""
for _letter, _bases in IUPAC.items():
    SETS[ord(_letter)] = sum(1 << LETTERS.index(base) for base in _bases)
SETS_OF_CODES = SETS[np.frombuffer(LETTERS.encode(), np.uint8)]
"""The same by code."""


def is_dna(letters: str) -> bool:
    """Check that a text is one base or more, ambiguity codes among them.

    Parameters
    ----------
    letters
        The text.

    Returns
    -------
    bool
        Whether it is.
    """
    return bool(letters) and not letters.strip(DNA)


def normalize(letters: str) -> str:
    """Write an allele in upper case, with T for U.

    Parameters
    ----------
    letters
        An allele as the file has it; symbols too.

    Returns
    -------
    str
        The allele.

    Examples
    --------
    >>> normalize("acU"), normalize("<dup>")
    ('ACT', '<DUP>')
    """
    upper = letters.upper()
    return upper.replace("U", "T") if is_dna(upper) else upper


def explain_left_out(alternative: str, reference: str) -> str:
    """Explain why an alternative allele cannot be scored.

    Parameters
    ----------
    alternative, reference
        The alleles, as `normalize` writes them.

    Returns
    -------
    str
        The reason; "" if the allele should name bases.

    Examples
    --------
    >>> explain_left_out("G]P:3]", "G"), explain_left_out("ACC", "A")
    ('breakend', '')
    """
    if alternative in (".", reference):
        return NOTHING
    if alternative == "*":
        return SPANNING
    if set(alternative) & set("[]") or "." in (alternative[:1], alternative[-1:]):
        return BREAKEND
    if set(alternative) & set("<>"):
        return SYMBOLIC
    if not is_dna(alternative):
        return ""
    codes = [letter for letter in alternative if len(IUPAC[letter]) > 1]
    if "N" in codes:
        return UNKNOWN
    return AMBIGUOUS if len(codes) > 1 else ""


def expand(alternative: str, reference: str, ours: np.ndarray) -> list[str]:
    """List the alleles that an ALT with one ambiguity code stands for: all that differ from the reference.

    Parameters
    ----------
    alternative, reference
        The alleles, as `normalize` writes them. Without a code the alternative stands for itself.
    ours
        uint8 (length of the reference,), the genome's bases there. They decide where the reference has a code, too.

    Returns
    -------
    list of str
        The alleles, in alphabetical order.

    Examples
    --------
    >>> from headmotif.alphabet import encode
    >>> expand("Y", "C", encode("C")), expand("R", "C", encode("C")), expand("TT", "C", encode("C"))
    (['T'], ['A', 'G'], ['TT'])
    """
    code = next((letter for letter in alternative if len(IUPAC[letter]) > 1), "")
    if not code:
        return [alternative]
    known = "".join(one if len(IUPAC[one]) == 1 else base for one, base in zip(reference, decode(ours), strict=True))
    return [one for base in IUPAC[code] if (one := alternative.replace(code, base)) != known]


def is_reference(reference: str, ours: np.ndarray) -> bool:
    """Check that a reference allele may be what the genome has.

    Parameters
    ----------
    reference
        The allele, as `normalize` writes it.
    ours
        uint8 (bases,), the genome's bases there; N may be any base.

    Returns
    -------
    bool
        Whether all bases are there, and may be the same.

    Examples
    --------
    >>> from headmotif.alphabet import encode
    >>> is_reference("AY", encode("AC")), is_reference("AY", encode("AG")), is_reference("AG", encode("AN"))
    (True, False, True)
    """
    theirs = np.frombuffer(reference.encode(), np.uint8)
    return len(theirs) == len(ours) and bool((SETS[theirs] & SETS_OF_CODES[ours]).all())
