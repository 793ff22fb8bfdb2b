"""audit-annot: the verdict on each site by hand, the list as a whole with faults that are known, and the command."""

import csv
import gzip
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fixed_run import DATA
from headmotif.data import Contig, Contigs, Genome, Sites
from headmotif.formats.inputs import genomes, site_files
from headmotif.steps.calling import list_audit, site_scores, site_verdicts
from headmotif.steps.calling.list_audit import ListAudit, StrandOffsets
from headmotif.steps.calling.site_scores import Around, Scorer, share_as_high
from headmotif.steps.calling.site_verdicts import Evidence
from headmotif.steps.network import annotate
from headmotif.steps.sites import start_signs
from headmotif.steps.sites.far_shift import FarShift
from headmotif.steps.sites.start_share import StartShare
from networks import CPU, READER, network, random_codes

FINE = StartShare(0.9, 0.8, 0.95, 0.0)


def make_around(rows: list[dict[int, float]], low: float = 0.001) -> Around:
    p = np.full((len(rows), 11), low, np.float32)
    for row, known in zip(p, rows, strict=True):
        for offset, value in known.items():
            row[offset + 5] = value
    return Around(p)


def make_sites(position: list[int], strand: list[int] | None = None) -> Sites:
    n = len(position)
    signs = np.array([1] * n if strand is None else strand, np.int8)
    return Sites(np.zeros(n, np.int32), np.array(position), signs, np.full(n, np.nan, np.float32))


# a site


def test_the_best_offset_is_the_nearest_of_equals() -> None:
    around = make_around([{}, {2: 0.5}, {-3: 0.5, 3: 0.5}, {0: np.nan, -5: 0.4}])
    assert around.best_offset.tolist() == [0, 2, -3, -5]
    assert around.best.tolist() == pytest.approx([0.001, 0.5, 0.5, 0.4])
    assert np.isnan(around.here[3])


def test_the_share_as_high_counts_the_site_itself() -> None:
    near = np.array([0.1, 0.2, 0.3, np.nan, 0.4], np.float32)
    assert share_as_high(np.array([0.4, 0.5, 0.0, np.nan], np.float32), near).tolist() == [0.4, 0.2, 1.0, 1.0]


CASES = {
    # P by offset, p, best p, first bases, p of the -10 element, the gene it lies in, the verdict and its reason
    "start": ({0: 0.5}, 0.001, 0.01, "CA", 0.5, "thrA", "P 0.5, which 0.1 % of the positions nearby reach"),
    "start beside a higher one": ({0: 0.5, 1: 0.6}, 0.01, 0.01, "CG", 0.5, "", "P 0.5, which 1 % of the"),
    "shifted": ({0: 0.02, -2: 0.5}, 0.04, 0.01, "CA", 0.5, "", "P 0.5 at -2 nt, 0.02 here"),
    "weak": ({}, 0.6, 0.7, "TG", 0.5, "thrA", "P as nearby, but TG at -1 and +1"),
    "weak by its element": ({}, 0.6, 0.7, "TT", 0.001, "", "P as nearby, but a -10 element (TATAAT)"),
    "processed end?": ({}, 0.6, 0.7, "TT", 0.5, "thrA", "P as nearby, no -10 element, TT at -1 and +1; inside thrA"),
    "no sign": ({}, 0.6, 0.7, "AA", 0.02, "", "P as nearby, no -10 element, AA at -1 and +1"),
    "not shifted where all is low": ({0: 0.001, 3: 0.01}, 0.6, 0.06, "TT", 0.5, "", "P as nearby, no -10"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_verdict_on_a_site(name: str) -> None:
    p_by, p, best_p, word, element, inside, reason = CASES[name]
    step = np.array([word[0] in "CT" and word[1] in "AG"])
    columns = np.array([p]), np.array([best_p]), [word], step, ["TATAAT"], np.array([element]), [inside]
    kinds, reasons = site_verdicts.judge(Evidence(make_around([p_by]), *columns), make_sites([500]), LINE)
    expected = {"start beside a higher one": "start", "weak by its element": "weak"}.get(name, name)
    assert kinds == [{"not shifted where all is low": "no sign"}.get(name, expected)]
    assert reasons[0].startswith(reason)
    assert kinds[0] in site_verdicts.VERDICTS


LINE = Contigs((Contig("c", 1000),))
CIRCLE = Contigs((Contig("c", 1000, True),))


def judge(sites: Sites, p_by: list[dict[int, float]], contigs: Contigs) -> list[tuple[str, str]]:
    n = len(sites)
    best = make_around(p_by)
    columns = (best.here < 0.1) * 0.9, (best.best < 0.1) * 0.9, ["TT"] * n, np.zeros(n, bool), [""] * n
    known = Evidence(best, *columns, np.full(n, np.nan), [""] * n)
    return list(zip(*site_verdicts.judge(known, sites, contigs), strict=True))


def test_a_site_beside_a_listed_start_is_not_shifted() -> None:
    pair = judge(make_sites([500, 503]), [{3: 0.6, 0: 0.15}, {0: 0.6}], LINE)
    assert [kind for kind, _ in pair] == ["start", "start"]
    assert judge(make_sites([500, 603]), [{3: 0.6, 0: 0.15}, {0: 0.6}], LINE)[0][0] == "shifted"
    around = judge(make_sites([998, 1], [1, 1]), [{3: 0.6, 0: 0.15}, {0: 0.6}], CIRCLE)
    assert around[0][0] == "start"
    other_strand = judge(make_sites([500, 503], [1, -1]), [{3: 0.6, 0: 0.15}, {0: 0.6}], LINE)
    assert other_strand[0][0] == "shifted"


@pytest.mark.parametrize(
    ("sites", "contigs", "said"),
    [
        (make_sites([100, 400]), LINE, "300 nt downstream of a start"),
        (make_sites([100, 401]), LINE, ""),
        (make_sites([400, 100]), LINE, ""),  # upstream of it
        (make_sites([400, 100], [-1, -1]), LINE, "300 nt downstream of a start"),
        (make_sites([400, 300], [-1, 1]), LINE, ""),
        (make_sites([900, 50]), CIRCLE, "150 nt downstream of a start"),
        (make_sites([900, 50]), LINE, ""),
        (make_sites([50, 900], [-1, -1]), CIRCLE, "150 nt downstream of a start"),
    ],
)
def test_an_end_in_the_transcript_of_a_listed_start(sites: Sites, contigs: Contigs, said: str) -> None:
    kind, reason = judge(sites, [{0: 0.5}, {}], contigs)[1]
    assert kind == ("processed end?" if said else "no sign")
    assert said in reason


# a list


def make_list(**changed: object) -> ListAudit:
    offsets = StrandOffsets(300, np.array([1, 0, 2, 3, 10, 200, 12, 3, 1, 0, 2]), 0)
    known = ListAudit(600, 2000, offsets, offsets, 0.8, 0.02, FINE, None, {"start": 600}, {"start": 0.05})
    return replace(known, **changed)


def move_offsets(shift: int | None) -> StrandOffsets:
    return StrandOffsets(300, np.ones(11, np.int64), shift)


@pytest.mark.parametrize(
    ("changed", "kind", "words"),
    [
        ({}, "ok", "90 % (80 to 95 %) of the sites behave like starts, by P and by their first bases: as it should be"),
        ({"sites": 49}, "not applicable", "49 sites are too few"),
        ({"above": 0.05, "above_other": 0.7}, "strands swapped", "P is higher on the other strand"),
        ({"plus": move_offsets(1), "minus": move_offsets(1)}, "shifted", "all sites seem to lie one base downstream"),
        ({"plus": move_offsets(1), "minus": move_offsets(-1)}, "shifted", "all positions seem one base too high"),
        ({"minus": move_offsets(-1)}, "strand shifted", "the - strand's sites seem to lie one base upstream"),
        ({"plus": move_offsets(None), "minus": move_offsets(None)}, "ok", "as it should be"),
        ({"starts": StartShare(0.1, 0.0, 0.3, 1.0)}, "absent", "only 10 % (0 to 30 %) of the sites behave"),
        ({"starts": StartShare(0.6, 0.55, 0.65, 0.99)}, "partly absent", "only 60 % (55 to 65 %) of the sites"),
        ({"far": FarShift(500, False, 0.1)}, "partly absent", "about 10 % of the sites seem to lie 500 nt downstream"),
    ],
)
def test_the_verdict_on_a_list(changed: dict[str, object], kind: str, words: str) -> None:
    found = make_list(**changed)
    assert found.conclusion[0] == kind
    assert words in found.conclusion[1]
    assert found.summarise()["verdict"] == kind
    assert [*found.describe()][-1] == f"audit: {found.conclusion[1]}"


def test_offsets_of_a_strand_are_counted_where_the_start_is_clear() -> None:
    around = make_around([{1: 0.5}] * 40 + [{0: 0.5}] * 10 + [{-4: 0.5}] * 30)
    best_p = np.r_[np.full(50, 0.01), np.full(30, 0.9)]
    found = list_audit.measure_offsets(around, best_p, np.ones(80, bool))
    assert found.counts.tolist() == [0, 0, 0, 0, 0, 10, 40, 0, 0, 0, 0]
    assert (found.sites, found.shift) == (80, -1)  # the starts lie downstream, so the sites lie upstream of them
    assert (found.at_peak, found.within_one) == (0.8, 1.0)
    few = list_audit.measure_offsets(around, best_p, np.arange(80) < 19)
    assert few.shift is None
    even = list_audit.measure_offsets(make_around([{1: 0.5}] * 25 + [{}] * 20), np.full(45, 0.01), np.ones(45, bool))
    assert even.shift == 0
    none = list_audit.measure_offsets(around, np.ones(80), np.ones(80, bool))
    assert none.at_peak != none.at_peak


def test_the_share_above_chance() -> None:
    assert list_audit.measure_above(np.linspace(0, 1, 1001)) == pytest.approx(0, abs=2e-3)
    assert list_audit.measure_above(np.zeros(10)) == 1
    assert np.isnan(list_audit.measure_above(np.zeros(0)))


# P


def test_p_around_sites_is_that_of_the_whole_annotation() -> None:
    base = random_codes(900, seed=2, gaps=1)
    genome = Genome((Contig("circle", 500, True), Contig("line", 400)), base)
    net = network(READER, labels=2, seed=3)
    full = annotate.annotate(net, genome, CPU)[1]
    sites = Sites(
        np.array([0, 0, 1, 1, 0], np.int32), np.array([2, 498, 1, 397, 250]), np.array([1, -1, 1, -1, -1], np.int8),
        np.full(5, np.nan, np.float32),
    )  # fmt: skip
    scorer = Scorer(net, 1, genome, CPU)
    for other in (False, True):
        found = scorer.read_around(sites, other).p
        for row in range(5):
            contig, sign = genome.contigs[sites.contig[row]], int(sites.strand[row])
            for column, offset in enumerate(range(-5, 6)):
                place = int(sites.position[row]) + offset * sign
                place = place % contig.length if contig.circular else place
                off = not 0 <= place < contig.length
                strand = int((sign < 0) != other)
                right = np.nan if off else full[strand, genome.start[sites.contig[row]] + place]
                assert found[row, column] == pytest.approx(right, abs=1e-4, nan_ok=True)


def test_the_upstream_sign_does_not_see_the_first_bases() -> None:
    base = random_codes(2000, seed=5)
    genome, changed = (Genome((Contig("c", 2000),), one) for one in (base, base.copy()))
    changed.base[[999, 1000]] = (base[[999, 1000]] + 1) % 4
    net = network(READER, labels=1, seed=3)
    site = make_sites([1000])
    scores = [Scorer(net, 0, one, CPU)._score_without_first_bases(site) for one in (genome, changed)]
    assert scores[0] == scores[1]
    assert Scorer(net, 0, genome, CPU).read_around(site).here != Scorer(net, 0, changed, CPU).read_around(site).here


def test_rows_are_spread_evenly() -> None:
    assert site_scores.spread(5, 9).tolist() == [0, 1, 2, 3, 4]
    assert site_scores.spread(9, 3).tolist() == [0, 4, 8]
    assert site_scores.spread(0, 3).tolist() == []


# the command


@pytest.fixture(autouse=True)
def few_nearby(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Fewer positions to compare with show the same."""
    if not request.node.get_closest_marker("data"):
        monkeypatch.setattr(start_signs, "FEWEST_NEARBY", 500)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def audit(run, folder: Path, sites: Path, *words: object) -> tuple[list[dict[str, str]], dict, str]:
    table, metrics = folder / f"{sites.stem}.tsv", folder / f"{sites.stem}.json"
    done = run("audit-annot", DATA / "genome.fa.gz", sites, "-o", table, "--metrics", metrics, "--threads", "1", *words)
    assert done.returncode == 0, done.stderr.decode()
    return read(table), json.loads(metrics.read_text()), done.stderr.decode()


def test_planted_sites_are_starts_and_faults_are_named(tmp_path: Path, run) -> None:
    rows, whole, said = audit(run, tmp_path, DATA / "true.bed", "--genes", DATA / "genes.gff3")
    assert len(rows) == whole["sites"] == 160
    kinds = [row["verdict"] for row in rows]
    assert kinds.count("start") > 100
    assert {kind: kinds.count(kind) for kind in site_verdicts.VERDICTS} == whole["verdicts"]
    assert whole["verdict"] == "ok"
    assert whole["above_nearby"] > 0.7
    assert whole["verdicts_nearby"]["start"] < 0.1
    assert "audit: " in said
    assert "as it should be" in said
    for row in rows:
        assert float(row["best_probability"]) >= float(row["probability"])
        assert (row["pyrimidine_purine"] == "yes") == (row["first_bases"] in ("CA", "CG", "TA", "TG"))
        assert row["reason"]
        assert row["site_class"]
    lines = (DATA / "true.bed").read_text().splitlines()
    moved = tmp_path / "moved.bed"
    moved.write_text("".join("\t".join(_move(line.split("\t"), 1)) + "\n" for line in lines))
    rows, whole, said = audit(run, tmp_path, moved)
    assert whole["verdict"] == "shifted"
    assert "all positions seem one base too high" in said
    shifted = [row for row in rows if row["verdict"] == "shifted"]
    assert len(shifted) > 60
    ahead = [row["best_offset_nt"] for row in shifted if row["strand"] == "+"]
    assert ahead.count("-1") > len(ahead) / 2
    assert "site_class" not in rows[0]
    swapped = tmp_path / "swapped.bed"
    swapped.write_text("".join(line[:-1] + "+-"[line[-1] == "+"] + "\n" for line in lines))
    assert audit(run, tmp_path, swapped)[1]["verdict"] == "strands swapped"


def _move(cells: list[str], by: int) -> list[str]:
    return [cells[0], str(int(cells[1]) + by), str(int(cells[2]) + by), *cells[3:]]


def test_the_same_bytes_again_and_a_label_of_the_tensor(tmp_path: Path, run) -> None:
    model = ["--model", DATA / "tiny.safetensors", "--threads", "1"]
    outs = [run("audit-annot", DATA / "genome.safetensors", "label:tss", *model) for _ in range(2)]
    assert outs[0].returncode == 0, outs[0].stderr
    assert outs[0].stdout == outs[1].stdout
    assert outs[0].stdout.count(b"\n") == 161
    raw = (DATA / "sites.bed").read_bytes()
    piped = run("audit-annot", DATA / "genome.safetensors", "-", *model, input=raw)
    assert sorted(piped.stdout.split(b"\n")) == sorted(outs[0].stdout.split(b"\n"))


def test_bad_input_is_one_line(tmp_path: Path, run) -> None:
    bad = tmp_path / "bad.bed"
    bad.write_text("planted\t10\t11\ta\t0\t+\nplanted\t99999999\t100000000\tb\t0\t+\n")
    done = run("audit-annot", DATA / "genome.fa.gz", bad)
    assert done.returncode == 1
    assert done.stderr.decode().startswith(f"audit-annot: {bad}:2: position ")
    assert done.stderr.count(b"\n") == 1
    wrong = run("audit-annot", DATA / "genome.fa.gz", DATA / "sites.bed", "--label", "nothing")
    assert wrong.returncode == 1
    assert b"--label nothing" in wrong.stderr


def test_few_sites_get_rows_but_no_verdict_on_the_list(tmp_path: Path, run) -> None:
    few = tmp_path / "few.bed"
    few.write_text("\n".join((DATA / "true.bed").read_text().splitlines()[:3]) + "\n")
    rows, whole, said = audit(run, tmp_path, few, "--model", DATA / "tiny.safetensors")
    assert len(rows) == 3
    assert whole["verdict"] == "not applicable"
    assert "3 sites are too few to judge (50 are needed)" in said


@pytest.mark.data
@pytest.mark.skipif(not os.environ.get("HEADMOTIF_FULL"), reason="two audits take a minute: set HEADMOTIF_FULL=1")
def test_displaced_sites_of_a_gc_rich_genome_are_named(data_folder: Path, tmp_path: Path, run) -> None:
    folder = data_folder / "species/rcapsulatus"
    genome = genomes.read(str(folder / "genome.fa.gz"))
    sites = site_files.read(str(folder / "tss.bed"), genome.contigs).sites
    some = sites.take(np.random.default_rng(1).permutation(len(sites))[:500])
    kinds = {}
    for name, by in (("real", 0), ("moved", 500)):
        place = (some.position + by * some.strand.astype(np.int64)) % len(genome.base)
        rows = zip(place.tolist(), some.strand.tolist(), strict=True)
        lines = [f"{genome.contigs[0].name}\t{at}\t{at + 1}\t.\t0\t{'+' if sign > 0 else '-'}\n" for at, sign in rows]
        path = tmp_path / f"{name}.bed.gz"
        path.write_bytes(gzip.compress("".join(lines).encode()))
        metrics = tmp_path / f"{name}.json"
        words = ["-o", tmp_path / "t.tsv", "--metrics", metrics, "--quiet"]
        done = run("audit-annot", folder / "genome.fa.gz", path, *words)
        assert done.returncode == 0, done.stderr
        kinds[name] = json.loads(metrics.read_text())
    assert kinds["real"]["verdict"] == "ok"
    assert kinds["moved"]["verdict"] == "absent"
    assert kinds["moved"]["far_shift"]["shift"] == 500
