"""--fast: P where the screen lets it be computed is that of the whole annotation, and there is no further call."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from headmotif import builtin
from headmotif.alphabet import N
from headmotif.data import Asked, Contig, Genome, Label, Model, Screen
from headmotif.errors import FormatError, InputError
from headmotif.formats.inputs import motif_files
from headmotif.formats.sequences import fasta
from headmotif.formats.tensors import container, model_tensor
from headmotif.steps.calling import cost, prediction, screening, thresholds
from headmotif.steps.network import annotate, presets, screened, sparse
from headmotif.steps.network.screen import ScreenConfig, ScreenNet, build_screen
from networks import CPU, HALF, READER, WIDE, genome_of, network, random_codes

pytestmark = pytest.mark.usefixtures("one_thread")

SIZES = ScreenConfig(width=8, dilations=(1, 2))
LEAST = 0.8
"""The P of a call in these tests."""
ONE = ("--threads", "1")


def screen_net(seed=0):
    torch.manual_seed(seed)
    return ScreenNet(SIZES, 1).eval()


def model_with_screen(net, cut):
    small = screen_net()
    weights = {name: p.detach().numpy() for name, p in small.named_parameters()}
    screen = Screen(asdict(SIZES), (0.3, LEAST), {"tss": (cut / 2, cut)}, weights)
    own = {name: p.detach().numpy() for name, p in net.named_parameters()}
    return Model(presets.config_header(net.config), (Label("tss", LEAST),), weights=own, screen=screen)


def find_calls(p, genome, radius=2):
    found = thresholds.call_above(p[0], genome.contigs, LEAST, radius + 1)
    return set(zip(found.contig.tolist(), found.position.tolist(), found.strand.tolist(), strict=True))


def genome_with_gaps(circular):
    return genome_of(random_codes(900, 1, gaps=3), random_codes(5, 2), random_codes(301, 3), circular=circular)


@pytest.mark.parametrize("config", [READER, WIDE], ids=["default", "wide"])
def test_p_of_blocks_is_p_of_the_whole_strand(config, monkeypatch):
    monkeypatch.setattr(sparse, "KEYS", 150)  # several groups
    net, length = network(config, labels=2), 700
    codes = random_codes(net.before + length + net.after, seed=4, gaps=4)
    starts = np.array([0, 3, 11, 40, 48, 300, 309, 640, length - 3])
    there = np.minimum(starts[:, None] + np.arange(sparse.BLOCK), length - 1)
    whole = annotate.probability(net, codes[None], CPU)[0][there]
    inside = (starts[:, None] + np.arange(sparse.BLOCK) < length)[..., None]
    found, found_half = (inside * np.abs(sparse.score_blocks(net, codes, starts, c) - whole) for c in (CPU, HALF))
    assert found.max() < 1e-5
    assert found_half.max() < 1e-5


def test_blocks_cover_what_is_wanted_and_do_not_overlap():
    wanted = np.random.default_rng(5).random(500) < 0.1
    starts = sparse.cover(wanted)
    covered = (starts[:, None] + np.arange(sparse.BLOCK)).ravel()
    assert set(np.flatnonzero(wanted)) <= set(covered.tolist())
    assert len(set(covered.tolist())) == len(covered)
    assert wanted[starts].all()
    assert len(sparse.cover(np.zeros(9, bool))) == 0


@pytest.mark.parametrize("circular", [False, True])
def test_no_call_is_made_that_the_whole_annotation_has_not(circular):
    net, genome, screen = network(READER), genome_with_gaps(circular), screen_net()
    whole = annotate.annotate(net, genome, CPU)
    seen = screened.find_possible(screen, genome, CPU)
    cut = float(np.nanquantile(seen, 0.9))
    for radius in (0, 2):
        p = screened.annotate_possible(net, screen, genome, CPU, screened.Wanted(0, LEAST, cut, radius))
        there = ~np.isnan(p)
        assert 0.1 < there.mean() < 0.8
        assert np.abs(p - whole)[there].max() < 1e-5
        mine, theirs = find_calls(p, genome, radius), find_calls(whole, genome, radius)
        assert mine < theirs  # fewer, since this screen was taught nothing
        passed = {(c, i, s) for c, i, s in theirs if seen[0, (s < 0) * 1, genome.start[c] + i] >= cut}
        assert passed <= mine


def test_with_a_screen_that_passes_everything_nothing_is_missed():
    net, genome = network(READER), genome_with_gaps(True)
    p = screened.annotate_possible(net, screen_net(), genome, CPU, screened.Wanted(0, LEAST, 0.0, 2))
    whole = annotate.annotate(net, genome, CPU)
    assert np.array_equal(np.isnan(p), np.isnan(whole))
    assert np.nanmax(np.abs(p - whole)) < 1e-5


def test_a_high_p_at_the_edge_of_what_was_computed_is_followed(monkeypatch):
    """A screen that passes only the last position of each run of high P: the whole run is computed from there."""
    net, genome, least = network(READER), genome_of(random_codes(600, 8)), 0.3
    whole = annotate.annotate(net, genome, CPU)
    high = whole[0, 0] >= least
    last = high & ~np.append(high[1:], False)
    seen = np.zeros(whole.shape, np.float32)
    seen[0, 0] = last
    monkeypatch.setattr(screened, "find_possible", lambda *_: seen)
    p = screened.annotate_possible(net, screen_net(), genome, CPU, screened.Wanted(0, least, 0.5, 1))
    assert not np.isnan(p[0, 0, high]).any()
    far = np.flatnonzero(high & ~np.roll(last, -1) & ~last)
    assert len(far) > 20  # what the screen alone would not have reached


@pytest.mark.parametrize("circular", [False, True])
def test_what_is_near_does_not_leave_its_contig(circular):
    genome = genome_of(np.zeros(10, np.uint8), np.zeros(4, np.uint8), circular=circular)
    chosen = np.zeros((2, 14), bool)
    chosen[1, 9] = True
    found = screened.Tape(genome, 1, 1).dilate(chosen, 2)
    assert np.flatnonzero(found[1]).tolist() == ([0, 1, 7, 8, 9] if circular else [7, 8, 9])
    assert not found[0].any()


def test_a_screen_reads_units_and_masks_n():
    net = screen_net()
    codes = torch.from_numpy(random_codes(net.before + 64 + net.after)[None])
    out = net(codes)
    assert out.shape == (1, 64, 1)
    assert torch.equal(out[:, ::4], out[:, 3::4])
    changed = codes.clone()
    changed[0, -1] = (changed[0, -1] + 1) % 4  # the last base that the last unit reads
    assert not torch.equal(net(changed)[:, -4:], out[:, -4:])
    assert torch.equal(net(changed)[:, :-4], out[:, :-4])


def test_the_cut_is_that_of_the_nearest_lower_p():
    screen = Screen({}, (0.1, 0.3), {"tss": (0.01, 0.05)}, {})
    assert [screen.cut("tss", p) for p in (0.05, 0.1, 0.2, 0.3, 0.9)] == [None, 0.01, 0.01, 0.05, 0.05]
    assert screen.cut("tis", 0.5) is None
    with pytest.raises(ValueError, match="ascend"):
        Screen({}, (0.3, 0.1), {}, {})
    with pytest.raises(ValueError, match="one cut of tss for each P"):
        Screen({}, (0.1, 0.3), {"tss": (1.0,)}, {})


def test_a_model_file_keeps_the_screen_and_is_as_before_without_one(tmp_path):
    model = model_with_screen(network(READER), 0.2)
    plain = replace(model, screen=None)
    model_tensor.write(str(tmp_path / "with"), model)
    model_tensor.write(str(tmp_path / "plain"), plain)
    found = model_tensor.read(str(tmp_path / "with"))
    assert found.digest == model.digest == plain.digest
    assert found.weights.keys() == plain.weights.keys()
    assert (found.screen.least, found.screen.cuts) == (model.screen.least, model.screen.cuts)
    codes = torch.from_numpy(random_codes(200)[None])
    assert torch.equal(build_screen(found.screen)(codes[:, : 64 + 36]), screen_net()(codes[:, : 64 + 36]))
    assert model_tensor.read(str(tmp_path / "plain")).screen is None
    versions = [container.read(str(tmp_path / name), "model", 2)[0]["version"] for name in ("with", "plain")]
    assert versions == [2, 1]


def test_a_screen_without_its_record_or_with_another_is_refused(tmp_path):
    model = model_with_screen(network(READER), 0.2)
    model_tensor.write(str(tmp_path / "m"), model)
    header, arrays = container.read(str(tmp_path / "m"), "model", 2)
    container.write(str(tmp_path / "bad"), {k: v for k, v in header.items() if k != "screen"}, arrays)
    with pytest.raises(FormatError, match="record is not as train-annot writes it"):
        model_tensor.read(str(tmp_path / "bad"))
    with pytest.raises(InputError, match="screen do not fit its description"):
        build_screen(replace(model.screen, network={"width": 9}))


def test_why_p_is_computed_everywhere():
    model = model_with_screen(network(READER), 0.2)
    asked = Asked(0, "tss", LEAST, None, None, False, 3, 1)
    assert screening.explain_full(model, asked) == ""
    assert screening.list_wanted(model, asked) == (0, LEAST, 0.2, 2)
    assert "no screen" in screening.explain_full(replace(model, screen=None), asked)
    assert "--top and --fdr" in screening.explain_full(model, replace(asked, top=5))
    assert "a P of 0.3 or more" in screening.explain_full(model, replace(asked, threshold=0.2))
    with pytest.raises(ValueError, match="no screen"):
        screening.list_wanted(model, replace(asked, threshold=0.2))


@pytest.fixture(scope="module")
def made_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fast")
    net = network(READER)
    codes = random_codes(2000, 7)
    seen = screened.find_possible(screen_net(), Genome((Contig("c", 2000),), codes), CPU)
    cut = float(np.nanquantile(seen, 0.9))
    model_tensor.write(str(folder / "model"), model_with_screen(net, cut))
    fasta.write(str(folder / "g.fa"), ["c"], [codes])
    fasta.write(str(folder / "n.fa"), ["c"], [np.full(500, N, np.uint8)])
    return folder


def test_the_command_says_how_much_it_left_out(made_folder, run):
    results = {}
    track = ("--bedgraph-plus", made_folder / "p.bg")
    for words in (("--full",), ("--fast",), (), track):
        paths = [made_folder / f"{len(results)}.{end}" for end in ("bed", "json")]
        known = [made_folder / "g.fa", "--model", made_folder / "model", *ONE]
        done = run("predict-annot", *known, "-o", paths[0], "--metrics", paths[1], *words)
        assert done.returncode == 0, done.stderr.decode()
        rows = [line.split("\t") for line in paths[0].read_text().splitlines()]
        calls = {(row[1], row[4], row[5]) for row in rows}  # without the names, which are numbered
        results[words] = calls, json.loads(paths[1].read_text()), done.stderr.decode()
    (whole, metrics, said), (fast, fast_metrics, fast_said), by_default, with_track = results.values()
    assert (by_default[:2], with_track[:2]) == ((fast, fast_metrics), (whole, metrics))
    assert fast < whole
    skipped = fast_metrics["screen"]["skipped"]
    assert 0.3 < skipped < 0.9
    assert f"the screen left out {skipped:.1%} of the positions; --full computes P everywhere" in fast_said
    assert "screen" not in metrics
    assert "screen" not in said
    assert fast_metrics["run"].pop("fast")
    assert fast_metrics["run"] == metrics["run"]


def test_without_calls_the_reason_is_that_of_the_whole_annotation(made_folder, run):
    words = [
        "predict-annot",
        made_folder / "n.fa",
        "--model",
        made_folder / "model",
        "-o",
        made_folder / "none.bed",
        *ONE,
    ]
    said = [run(*words, *more).stderr for more in (["--full"], ["--fast"])]
    assert said[0] == said[1]
    assert b"no calls" in said[0]


@pytest.mark.parametrize(
    ("more", "code", "expected"),
    [
        (("--full",), 2, "--fast and --full exclude each other"),
        (("--bigwig-plus", "p.bw"), 2, "--bigwig-plus needs P everywhere"),
        (("--browser", "b"), 2, "--browser needs P everywhere"),
        (("--top", "3"), 0, "P is computed everywhere in spite of --fast: --top and --fdr"),
        (("--threshold", "0.2"), 0, "a P of 0.3 or more, no lower"),
    ],
)
def test_what_fast_cannot_do(made_folder, run, more, code, expected):
    done = run("predict-annot", made_folder / "g.fa", "--model", made_folder / "model", "--fast", *ONE, *more)
    assert done.returncode == code
    assert expected in " ".join(done.stderr.decode().split())


def test_many_genomes_fast(made_folder, run):
    (made_folder / "sheet.tsv").write_text(f"sample\tgenome\na\t{made_folder / 'g.fa'}\nb\t{made_folder / 'g.fa'}\n")
    words = ["predict-annot", "--samplesheet", made_folder / "sheet.tsv", "--outdir", made_folder / "many"]
    words += ["--model", made_folder / "model", "--fast", *ONE]
    refused = run(*words, "--formats", "gff3,bigwig")
    assert refused.returncode == 2
    assert b"--formats bigwig needs P everywhere" in refused.stderr
    done = run(*words)
    assert done.returncode == 0, done.stderr.decode()
    texts = [(made_folder / "many" / f"{name}.bed").read_text() for name in "ab"]
    assert texts[0] == texts[1] != ""


def test_the_forecast_is_measured_with_the_screen(made_folder, monkeypatch):
    model = model_tensor.read(str(made_folder / "model"))
    where, asked = CPU, Asked(0, "tss", LEAST, None, None, False, 3, 1)
    net, screen = presets.build_from_model(model).eval(), build_screen(model.screen)
    elements = prediction.sigma70(motif_files.read(str(builtin.MOTIFS)).motifs)
    annotator = prediction.Annotator(model, net, where, asked, elements, "", screen)
    monkeypatch.setattr(annotate, "score_stretches", None)  # the whole annotation's
    monkeypatch.setattr(screened, "find_possible", lambda _net, genome, *_rest: np.zeros((1, 2, len(genome.base))))
    monkeypatch.setattr(cost.timing, "seconds", lambda work: len(work()[0]) and 100.0)
    monkeypatch.setattr(cost, "SMALL", 0)
    monkeypatch.setattr(cost, "SAMPLE", 500)
    genome = genome_of(random_codes(300, 1), random_codes(1700, 2))
    assert "2,000 nt in 2 contigs, both strands: about 7 minutes" in cost.forecast(annotator, genome)
