"""The supplementary spreadsheet of an annotation: calls, contigs, fit, what each column means, and methods in words."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from ... import __version__
from ...data import Predicted
from ...data.element import Element
from ..tables import xlsx
from .call_columns import BINDING_SITES, CALLS, CONTIGS, FIT, MEASURES, Column
from .call_table import make_table

TITLE = "Predicted sites of a genome"


def write(
    path: str,
    found: Predicted,
    fit: Mapping[str, object],
    run: Mapping[str, Any],
    binding_sites: Sequence[Element] = (),
) -> None:
    """Write the spreadsheet.

    Parameters
    ----------
    path
        The file; "-" is standard output.
    found
        The annotation of the genome.
    fit
        The numbers of how well the model fits the genome.
    run
        The record of the run.
    binding_sites
        Known binding sites.

    Raises
    ------
    InputError
        If a table has more rows than a sheet holds.
    """
    tables: dict[str, tuple[tuple[Column, ...], xlsx.Table]] = {"calls": (CALLS, _as_numbers(make_table(found)))}
    if binding_sites:
        tables["binding_sites"] = (BINDING_SITES, _list_binding_sites(found, binding_sites))
    tables |= {"contigs": (CONTIGS, _list_contigs(found)), "fit": (MEASURES, _list_measures(fit))}
    sheets = {name: table for name, (_, table) in tables.items()}
    sheets["columns"] = _explain_columns(tables)
    sheets["methods"] = {"methods": [" ".join(_methods(found, run, bool(binding_sites)))]}
    xlsx.write(path, sheets, TITLE)


def _as_numbers(table: Mapping[str, Sequence[object]]) -> dict[str, Sequence[object]]:
    """The table with numbers of six significant digits in place of text, as in the TSV; None where there is none."""
    numeric = {column.name for column in CALLS if column.is_number}
    return {
        name: [_number(value) for value in values] if name in numeric else list(values)
        for name, values in table.items()
    }


def _number(value: object) -> float | int | None:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    if not text:
        return None
    return int(text) if text.lstrip("-").isdigit() else float(text)


def _list_binding_sites(found: Predicted, sites: Sequence[Element]) -> xlsx.Table:
    names = found.genome.contigs.names
    rows = [(names[site.contig], site.start, site.end, site.name, ".+-"[site.strand]) for site in sites]
    return {column.name: values for column, values in zip(BINDING_SITES, zip(*rows, strict=True), strict=True)}


def _list_contigs(found: Predicted) -> xlsx.Table:
    contigs = found.genome.contigs
    circular = ["yes" if contig.circular else "no" for contig in contigs]
    columns = (contigs.names, contigs.lengths.tolist(), circular, contigs.digests)
    return {column.name: values for column, values in zip(CONTIGS, columns, strict=True)}


def _list_measures(fit: Mapping[str, object]) -> xlsx.Table:
    rows = [(one.name, _value(fit[one.name]), one.unit, one.meaning) for one in FIT if one.name in fit]
    columns = zip(*rows, strict=True) if rows else [()] * len(MEASURES)
    return {column.name: values for column, values in zip(MEASURES, columns, strict=True)}


def _value(value: object) -> object:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return _number(value) if isinstance(value, float) and value == value else value


def _explain_columns(tables: Mapping[str, tuple[tuple[Column, ...], xlsx.Table]]) -> xlsx.Table:
    rows = [
        (sheet, column.name, column.unit, column.range, column.meaning)
        for sheet, (columns, table) in tables.items()
        for column in columns
        if column.name in table
    ]
    names = ("sheet", "column", "unit", "range", "what it is")
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def _methods(found: Predicted, run: Mapping[str, Any], has_binding_sites: bool) -> Iterator[str]:
    """The sentences of the methods: versions and parameters, without dates and paths."""
    asked, contigs = found.asked, found.genome.contigs
    named = f"the built-in model {found.model}" if found.model else "a model"
    versions = {"PyTorch": version("torch").partition("+")[0], "NumPy": version("numpy")}  # torch's also has its build
    libraries = ", ".join(f"{name} {number}" for name, number in versions.items())
    yield f"Sites were predicted with predict-annot of headmotif {__version__} ({libraries})."
    yield f"They are those of the label {found.label} of {named} (digest {run['model']})."
    if found.limits:
        yield f"{found.limits[0].upper()}{found.limits[1:]}."
    parts = "1 contig" if len(contigs) == 1 else f"{len(contigs):,} contigs"
    yield f"The genome has {parts} and {contigs.total:,} nt; the sheet contigs has the refget digest of each."
    yield "The model gives each nucleotide of both strands a probability P."
    if run["prevalence"]:
        yield f"P is calibrated for a genome with {2000 * run['prevalence']:.2g} sites per kb on both strands together."
    yield f"A call is a local maximum of P, at least {asked.min_distance} nt from the next call on its strand."
    yield from _choice(found)
    if found.genes is not None:
        yield f"Site classes come from the genes that were given (digest {run['genes']})."
    yield "The elements of a call are the -35 and the -10 element of sigma70 that score highest as a pair."
    if has_binding_sites:
        yield "The binding sites are known ones that were given, not predictions."
    yield "Positions in this file are 0-based and half-open, as in BED."


def _choice(found: Predicted) -> Iterator[str]:
    """Which local maxima were called, and how many."""
    asked, count = found.asked, len(found.calls)
    if asked.top is not None:
        yield f"The {asked.top:,} maxima with the highest P were asked for."
    elif asked.fdr is not None:
        source = f"the shuffled genome (seed {asked.seed})" if asked.shuffled else "P itself"
        yield f"The false discovery rate was held at {asked.fdr:g}, estimated from {source}."
    else:
        yield f"Maxima with P of {asked.threshold:g} or more were called."
    yield (
        f"There are {count:,} calls; the lowest P among them is {found.calls.strength.min():.4g}."
        if count
        else ("There are no calls.")
    )
