"""The genome that comes with the program: every GENOME argument takes its name."""

import hashlib
import runpy
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pytest

from headmotif import builtin
from headmotif.alphabet import decode
from headmotif.builtin import GENOMES
from headmotif.formats.inputs import gene_files, genomes, genomes_with_genes
from in_process import call

ROOT = Path(__file__).parent.parent
FROZEN = Path(__file__).parent / "frozen/run"


def test_it_is_phage_lambda():
    genome = genomes.read("lambda")
    (contig,) = genome.contigs
    assert (contig.name, contig.length, contig.circular) == ("NC_001416.1", 48_502, False)
    assert hashlib.md5(decode(genome.base).encode()).hexdigest() == "509bdb356475a21077713babc47a4a35"


def test_its_genes_need_no_second_file():
    found = genomes_with_genes.read("lambda", [])
    assert found.genes is not None
    assert len(found.genes) == 73
    assert {"cI", "cro", "N", "Q"} <= set(found.genes.name)
    assert found.genbank.startswith(b"LOCUS")


@pytest.mark.data
def test_it_is_the_record_it_was_made_from(data_folder):
    with_name = data_folder / "phage/lambda.gff3"
    genes = gene_files.read(str(with_name), genomes.read("lambda").contigs)
    ours = genomes_with_genes.read("lambda", []).genes
    np.testing.assert_array_equal(ours.spans, genes.spans)
    np.testing.assert_array_equal(genomes.read("lambda").base, genomes.read(str(data_folder / "phage/lambda.fa")).base)


def test_a_file_of_that_name_comes_first(tmp_path, monkeypatch):
    (tmp_path / "lambda").write_text(">mine\nACGTACGT\n")
    monkeypatch.chdir(tmp_path)
    assert genomes.read("lambda").contigs.names == ("mine",)
    assert genomes_with_genes.read("lambda", []).genes is None


def test_other_names_are_files():
    assert genomes.find_file("-") == "-"
    assert genomes.find_file("lambda.fa") == "lambda.fa"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("fasta2tensor", ["lambda", "--sites", "sites.bed", "-o", "out"]),
        ("annot-compare", ["sites.bed", "again=sites.bed", "--genome", "lambda", "-o", "out"]),
        ("predict-annot", ["lambda", "--dry-run"]),
        ("head-report", ["--motifs", str(FROZEN / "m.meme"), "--genome", "lambda", "-o", "out"]),
    ],
)
def test_commands_take_its_name(tmp_path, command, words):
    (tmp_path / "sites.bed").write_text("NC_001416.1\t38022\t38023\tpR\t0\t+\n")
    done = call(command, *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({"sites.bed", *(words[-1:] * ("out" in words))})


def test_each_file_has_a_card_and_goes_into_the_package(monkeypatch):
    given = {}
    monkeypatch.setattr("setuptools.setup", lambda **options: given.update(options))
    runpy.run_path(str(ROOT / "setup.py"))
    patterns = given["package_data"]["headmotif"]
    shipped = [path for path in builtin.HERE.iterdir() if path.is_file() and path.suffix not in (".py", ".pyc")]
    assert [path.name for path in shipped if not any(fnmatch(f"builtin/{path.name}", one) for one in patterns)] == []
    for name, path in GENOMES.items():
        card = (builtin.HERE / f"{name}.md").read_text(encoding="utf-8")
        assert path.name in card
        assert hashlib.md5(decode(genomes.read(name).base).encode()).hexdigest() in card


def test_it_is_written_without_a_time():
    """The same bytes whenever it is made: bytes 4 to 7 of a gzip are the time."""
    (path,) = GENOMES.values()
    assert path.read_bytes()[4:8] == bytes(4)
    assert path.stat().st_size < 30_000
