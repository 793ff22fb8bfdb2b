"""predict-annot: the same calls and the same P in every file, one genome or many."""

import gzip
import json
import re
from collections import Counter

import numpy as np
import pytest

from headmotif import builtin
from headmotif.alphabet import decode
from headmotif.commands import predict_annot
from headmotif.data import Asked, Contig, Contigs, Label, Model, Predicted, Score, Sites
from headmotif.errors import InputError
from headmotif.formats import files as files_format
from headmotif.formats.features import genbank_calls
from headmotif.formats.inputs import gene_files, genomes, motif_files, site_files
from headmotif.formats.outputs import browser
from headmotif.formats.sequences import fasta
from headmotif.formats.tables import sample_sheet, tsv
from headmotif.formats.tensors import model_tensor
from headmotif.formats.tracks import bedgraph, bigwig
from headmotif.runs.many_genomes import annotate_samples
from headmotif.steps.calling import call_summary, prediction
from headmotif.steps.network import annotate, presets
from networks import CPU, READER, genome_of, network, random_codes

BASES = [random_codes(3000, seed=1, gaps=2), random_codes(900, seed=2)]
SIGMA70 = prediction.sigma70(motif_files.read(str(builtin.MOTIFS)).motifs)
GENES = "##gff-version 3\nc0\t.\tgene\t400\t900\t.\t+\t.\tID=g1;gene=abc\nc0\t.\tgene\t1500\t2100\t.\t-\t.\tID=g2\n"


@pytest.fixture(scope="module")
def made_folder(tmp_path_factory, run):
    """A folder with a model of random weights, a genome of two contigs, genes, and all that predict-annot makes of
    them."""
    folder = tmp_path_factory.mktemp("predict")
    net = network(READER, labels=2, seed=3)
    weights = {name: p.detach().numpy() for name, p in net.named_parameters()}
    score = Score(0.9, 0.3, 0.0016, 10_000, 16)
    labels = Label("tss", 0.8, scores={"validation": score}), Label("tis", 0.8)
    model = Model(presets.config_header(net.config), labels, weights=weights)
    model_tensor.write(str(folder / "model.st"), model)
    fasta.write(str(folder / "g.fa"), ["c0", "c1"], BASES)
    (folder / "genes.gff3").write_text(GENES)
    reference = decode(BASES[0][1000:1001])
    (folder / "v.vcf").write_text(
        f"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\nc0\t1001\tv1\t{reference}\t{reference}AC,<DEL>\n"
    )
    outputs = {
        "-o": "c.bed", "--table": "c.tsv", "--gff3": "c.gff3", "--genbank": "c.gbk", "--metrics": "c.json",
        "--tbl": "c.tbl", "--xlsx": "c.xlsx",
        "--bigwig-plus": "p.bw",
        "--bigwig-minus": "m.bw", "--bedgraph-plus": "p.bg", "--bedgraph-minus": "m.bg", "--browser": "browser",
    }  # fmt: skip
    words = [word for option, name in outputs.items() for word in (option, folder / name)]
    (folder / "tf.bed").write_text("c1\t5\t27\tCRP\n")
    words += ["--binding-sites", folder / "tf.bed"]
    genome, genes = folder / "g.fa", folder / "genes.gff3"
    done = run(
        "predict-annot",
        genome,
        "--model",
        folder / "model.st",
        "--genes",
        genes,
        "--circular",
        "c0",
        "--threads",
        "1",
        *words,
    )
    assert done.returncode == 0, done.stderr.decode()
    (folder / "stderr").write_bytes(done.stderr)
    return folder


@pytest.fixture(scope="module")
def contigs():
    return Contigs([Contig("c0", 3000, True), Contig("c1", 900)])


@pytest.fixture(scope="module")
def expected_p(contigs):
    """P of both strands by the step, to four digits as text rounds them."""
    genome = genome_of(*BASES)
    p = annotate.annotate(network(READER, labels=2, seed=3), type(genome)(contigs, genome.base), CPU)[0]
    return np.array([[float(f"{x:.4g}") for x in row] for row in p], np.float32)


def call_by_hand(p, contigs, threshold, merge):
    """Calls one nucleotide at a time: no larger P within `merge` nt on the strand; of equal ones the first 5' to 3'."""
    found, start = [], 0
    for contig in contigs:
        n = contig.length
        for row, sign in ((0, 1), (1, -1)):
            mine = p[row, start : start + n]
            for i in range(n):
                near = [
                    (sign * d, (i + d) % n)
                    for d in range(-merge, merge + 1)
                    if d and (contig.circular or 0 <= i + d < n)
                ]
                loses = any(mine[j] > mine[i] or (mine[j] == mine[i] and d < 0) for d, j in near)
                if mine[i] >= threshold and not loses:
                    found.append((contig.name, i, "+-"[row], float(mine[i])))
        start += n
    return sorted(found, key=lambda c: (c[0], c[1], c[2] == "-"))


def test_the_bed_holds_the_local_maxima_above_the_threshold(made_folder, contigs, expected_p):
    rows = [line.split("\t") for line in (made_folder / "c.bed").read_text().splitlines()]
    by_hand = call_by_hand(expected_p, contigs, 0.8, 2)
    assert 20 < len(by_hand) < 1000
    assert [(r[0], int(r[1]), r[5], int(r[4])) for r in rows] == [(c, i, s, round(1000 * p)) for c, i, s, p in by_hand]
    assert [r[3] for r in rows] == [f"tss{n}" for n in range(1, len(rows) + 1)]
    table = tsv.read_table(str(made_folder / "c.tsv"))
    assert [float(x) for x in table["probability"]] == pytest.approx([p for *_, p in by_hand], rel=1e-6)
    assert list(zip(table["contig"], map(int, table["start"]), table["strand"], strict=True)) == [
        c[:3] for c in by_hand
    ]


def test_bigwig_and_bedgraph_hold_the_same_numbers_which_are_p(made_folder, contigs, expected_p):
    for row, name in enumerate("pm"):
        wig, graph = (
            bigwig.read(str(made_folder / f"{name}.bw"), contigs),
            bedgraph.read(str(made_folder / f"{name}.bg"), contigs),
        )
        np.testing.assert_array_equal(wig.view(np.uint32), graph.view(np.uint32))
        np.testing.assert_allclose(
            wig, expected_p[row], rtol=2e-4
        )  # the network's own rounding may move the fourth digit
    pyBigWig = pytest.importorskip("pyBigWig", reason="has no wheel for this platform")
    with pyBigWig.open(str(made_folder / "m.bw")) as opened:
        assert opened.chroms() == {"c0": 3000, "c1": 900}
        assert opened.values("c1", 10, 11)[0] == wig[3010]


def test_gff3_and_genbank_hold_the_same_calls(made_folder, contigs):
    from Bio import SeqIO

    bed, gff3 = (site_files.read(str(made_folder / name), contigs).sites for name in ("c.bed", "c.gff3"))
    for column in ("contig", "position", "strand"):
        np.testing.assert_array_equal(getattr(bed, column), getattr(gff3, column))
    with open(made_folder / "c.gbk", encoding="utf-8") as stream:
        records = list(SeqIO.parse(stream, "genbank"))
    assert [str(r.seq) for r in records] == [decode(b) for b in BASES]
    found = [
        (n, f.location.parts[-1].end - 1 if f.location.strand > 0 else f.location.parts[-1].start, f.location.strand)
        for n, r in enumerate(records)
        for f in r.features
        if f.qualifiers.get("regulatory_class") == ["promoter"]
    ]
    calls = list(zip(bed.contig.tolist(), bed.position.tolist(), bed.strand.tolist(), strict=True))
    assert sorted(found) == sorted(calls)
    assert {f.type for r in records for f in r.features} == {"regulatory", "protein_bind"}


def test_every_call_is_in_the_feature_table_and_in_the_spreadsheet(made_folder):
    import pandas

    text = (made_folder / "c.tbl").read_text()
    table = tsv.read_table(str(made_folder / "c.tsv"))
    assert re.findall(r"\tstandard_name\t(\w+)", text.replace(">Feature c1", "")) != []
    assert sorted(re.findall(r"\tstandard_name\t(\w+)", text)) == sorted(table["name"])
    credible = [float(p) <= 0.05 for p in table["minus10_p"] if p]
    assert text.count("minus_10_signal") == sum(credible) > 0
    assert "6\t27\tprotein_bind\n\t\t\tbound_moiety\tCRP\n" in text
    sheet = pandas.read_excel(made_folder / "c.xlsx", sheet_name="calls", keep_default_na=False)
    assert list(sheet) == list(table)
    for name in table:
        assert [str(cell) if isinstance(cell, str) else f"{cell:.6g}" for cell in sheet[name]] == table[name]


def test_each_call_is_told_its_genes_and_boxes(made_folder):
    table = tsv.read_table(str(made_folder / "c.tsv"))
    for contig, start, strand, kind, gene, utr in zip(
        *(table[n] for n in ("contig", "start", "strand", "site_class", "gene", "utr5_nt")), strict=True
    ):
        at = int(start)
        upstream = contig == "c0" and ((strand == "+" and 99 <= at < 399) or (strand == "-" and 2100 <= at < 2400))
        if upstream:
            leaderless = int(utr) <= 5
            assert (kind in ("primary", "secondary"), kind == "leaderless") == (not leaderless, leaderless)
            assert gene == ("abc" if strand == "+" else "g2")
            assert int(utr) == (399 - at if strand == "+" else at - 2099)
        inside = contig == "c0" and (399 <= at < 900 if strand == "+" else 1499 <= at < 2100)
        assert inside if kind == "internal" else not inside or kind == "leaderless"
    assert {len(word) for word in table["minus10"]} <= {0, 6}
    assert {int(n) for n in table["spacer_nt"] if n} <= {15, 16, 17, 18, 19}


def test_the_browser_folder_and_the_metrics_are_there(made_folder):
    session = json.loads((made_folder / "browser" / "session.json").read_text())
    assert all((made_folder / "browser" / track["url"]).exists() for track in session["tracks"])
    assert (made_folder / "browser" / "calls.bed").read_bytes() == (made_folder / "c.bed").read_bytes()
    found = json.loads((made_folder / "c.json").read_text())
    assert found["run"]["prevalence"] == 0.0016  # at which P holds
    assert found["fit"]["calls"] == len((made_folder / "c.bed").read_text().splitlines())
    assert found["fit"]["verdict"] == "not applicable"  # the model does not say what it learned from
    assert found["fit"]["words"][-1] in (made_folder / "stderr").read_text()
    p = [float(value) for value in tsv.read_table(str(made_folder / "c.tsv"))["probability"]]
    assert (found["expected_right"], found["why_none"]) == (pytest.approx(sum(p), rel=1e-3), "")
    said = f"about {sum(p):,.0f} of the {len(p):,} calls should be right at the exact base"
    assert said in (made_folder / "stderr").read_text()


def test_an_empty_result_has_its_reason(made_folder, run, tmp_path):
    """One genome or a sheet, and a program finds it where the user does: exit code 0, and an empty file."""
    words = ["--model", made_folder / "model.st", "--threshold", "1", "--threads", "1"]
    done = run(
        "predict-annot", made_folder / "g.fa", *words, "-o", tmp_path / "c.bed", "--metrics", tmp_path / "c.json"
    )
    assert (done.returncode, (tmp_path / "c.bed").read_text()) == (0, "")
    why = json.loads((tmp_path / "c.json").read_text())["why_none"]
    assert re.fullmatch(r"no calls: the highest P is (0\.\d+), below the threshold of 1; --threshold \1 gives .*", why)
    assert why in done.stderr.decode()
    (tmp_path / "s.tsv").write_text(f"sample\tgenome\none\t{made_folder / 'g.fa'}\n")
    done = run("predict-annot", "--samplesheet", tmp_path / "s.tsv", "--outdir", tmp_path / "out", *words)
    assert (done.returncode, (tmp_path / "out" / "one.bed").read_text()) == (0, "")
    assert f"one: {why}" in done.stderr.decode()
    status = tsv.read_table(str(tmp_path / "out" / "status.tsv"))
    assert (status["status"], status["calls"], status["problem"]) == (["done"], ["0"], [why])


def test_variants_are_told_and_one_of_another_genome_is_refused_at_once(made_folder, run):
    model = ["--model", made_folder / "model.st", "--circular", "c0", "--threads", "1"]
    done = run("score-variants", made_folder / "g.fa", made_folder / "v.vcf", *model, "-o", made_folder / "v.tsv")
    assert done.returncode == 0, done.stderr
    table = tsv.read_table(str(made_folder / "v.tsv"))
    assert (table["id"], table["position"], len(table["effect"])) == (["v1"], ["1001"], 1)
    assert abs(float(table["delta_logit"][0])) > 0.01
    assert "1 allele; effects on sites: " in done.stderr.decode()
    assert b"v.vcf: 1 allele left out: symbolic, such as <DEL> or <NON_REF>, in line 3\n" in done.stderr
    wrong = (made_folder / "v.vcf").read_text().replace("\tv1\t", "\tv1\tNNNNNNNNNN").replace("1001", "2995")
    (made_folder / "w.vcf").write_text(wrong)
    done = run(
        "score-variants",
        made_folder / "g.fa",
        made_folder / "w.vcf",
        "--model",
        made_folder / "model.st",
        "-o",
        made_folder / "w.tsv",
    )
    assert (done.returncode, done.stderr.count(b"\n"), (made_folder / "w.tsv").exists()) == (1, 1, False)
    assert b"w.vcf:3: " in done.stderr


def test_a_vcf_without_variants_gives_a_table_without_rows(made_folder, run):
    head = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\n"
    words = ["--model", made_folder / "model.st", "--threads", "1"]
    tables = set()
    for text, warning in (
        (head, b": this VCF has no variants to score\n"),
        (head + "c0\t0\t.\tN\t<DEL>\n", b": 1 allele left out: symbolic"),
    ):
        for name, raw in (("e.vcf", text.encode()), ("e.vcf", gzip.compress(text.encode())), ("-", text.encode())):
            (made_folder / "e.vcf").write_bytes(raw)
            vcf = name if name == "-" else made_folder / name
            done = run("score-variants", made_folder / "g.fa", vcf, *words, input=raw)
            assert done.returncode == 0, done.stderr
            assert warning in done.stderr
            assert b"0 alleles; effects on sites: 0 gained" in done.stderr
            tables.add(done.stdout)
            quiet = run("score-variants", made_folder / "g.fa", vcf, *words, "--quiet", input=raw)
            assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, done.stdout, b"")
    (table,) = tables
    assert table.startswith(b"contig\tposition\tid\tref\talt\tdelta_logit\t")
    assert (table.count(b"\n"), table[-8:]) == (1, b"\teffect\n")
    (made_folder / "e.vcf").write_bytes(b"")
    done = run("score-variants", made_folder / "g.fa", made_folder / "e.vcf", *words, "-o", made_folder / "no.tsv")
    assert (done.returncode, done.stderr.count(b"\n"), (made_folder / "no.tsv").exists()) == (1, 1, False)


def make_asked(**changes):
    return Asked(
        **{
            "number": 0,
            "label": "tss",
            "threshold": 0.8,
            "top": None,
            "fdr": None,
            "shuffled": False,
            "min_distance": 3,
            "seed": 1,
            **changes,
        }
    )


MODEL = Model({}, (Label("tss", 0.8, scores={"validation": Score(0.9, 0.3, 0.0016, 10_000, 16)}),))


@pytest.mark.parametrize(
    ("p", "said", "end"),
    [
        ([0.5] * 30, "about 15 of the 30 calls should be right at the exact base", " (the sum of P)"),
        ([0.9, 0.5, 0.25], "about 1.6 of the 3 calls should be right at the exact base", " (the sum of P)"),
        ([0.1, 0.2], "fewer than 1 of the 2 calls should be right at the exact base", " (the sum of P)"),
        ([0.25], "the call should be right at the exact base with a probability of 0.25", ""),
    ],
)
def test_the_number_of_right_calls_is_the_sum_of_p(p, said, end):
    places = np.arange(len(p))
    calls = Sites(0 * places, places * 10, places * 0 + 1, np.array(p, np.float32))
    found = Predicted(None, "tss", None, calls, 0.1, make_asked(), {}, None)
    assert found.n_right == pytest.approx(sum(p))
    words = call_summary.describe_expectation(found, 0.0016)
    assert words == f"{said}, in a genome with 3.2 sites a kb on both strands{end}"
    assert call_summary.describe_expectation(found, None) == f"{said}{end}"


@pytest.mark.usefixtures("one_thread")
def test_the_best_and_those_that_a_decoy_allows(contigs, expected_p):
    genome = genome_of(*BASES)
    genome = type(genome)(contigs, genome.base)
    net = network(READER, labels=2, seed=3)
    raw = np.stack([expected_p, expected_p])

    def call_sites(asked):
        return prediction.Annotator(Model({}, ()), net, CPU, asked, SIGMA70).predict(genome, raw, None)

    every = call_sites(make_asked(threshold=0.0)).calls
    best = call_sites(make_asked(top=7))
    assert sorted(best.calls.strength.tolist()) == sorted(every.strength.tolist())[-7:]
    assert best.threshold == best.calls.strength.min()
    allowed = call_sites(make_asked(fdr=1.0, shuffled=True))
    assert len(allowed.calls) == len(every)
    share = np.array([float(x) for x in allowed.columns["fdr"]])
    assert (np.diff(share[np.argsort(allowed.calls.strength)]) <= 1e-9).all()
    some = call_sites(make_asked(fdr=float(np.median(share)), shuffled=True))
    assert 0 < len(some.calls) < len(every) or len(set(share)) == 1
    assert (some.why_none, best.why_none) == ("", "")
    for nothing in (make_asked(threshold=1.0), make_asked(fdr=1e-6), make_asked(fdr=1e-6, shuffled=True)):
        none = call_sites(nothing)
        assert (len(none.calls), none.n_right) == (0, 0.0)
        assert np.isnan(none.threshold) == (nothing.fdr is not None)
        assert none.why_none in call_summary.describe_calls(MODEL, none, prediction.fit(MODEL, none))
        if setting := re.search(r"--(threshold|fdr) ([\d.]+)\b.* gives ([\d,]+) call", none.why_none):
            nearest = make_asked(**{setting[1]: float(setting[2])}, shuffled=nothing.shuffled)
            assert len(call_sites(nearest).calls) == int(setting[3].replace(",", "")) > 0
        assert setting or "the shuffled genome has about as many" in none.why_none
    own = call_sites(make_asked(fdr=0.2)).calls
    assert 0 < len(own) < len(every)
    assert 1 - own.strength.mean() <= 0.2
    with pytest.raises(InputError, match="has the labels tss, tis"):
        predict_annot._build_request(
            "m", Model({}, (Label("tss"), Label("tis"))), "rbs", (None, None, None), "probability", 3, 1
        )


def genbank_of(made, tmp_path, run):
    """A GenBank of the genome with a gene in it; the options that give all that predict-annot makes of it."""
    path = tmp_path / "g.gbk"
    done = run(
        "predict-annot",
        made / "g.fa",
        "--model",
        made / "model.st",
        "--top",
        "1",
        "--genbank",
        path,
        "-o",
        tmp_path / "x",
    )
    assert done.returncode == 0, done.stderr
    text = path.read_text()
    gene = '     gene            400..900\n                     /gene="abc"\n'
    path.write_text(re.sub(r"(FEATURES .*\n)", lambda first: first[1] + gene, text, count=1))
    outputs = {"-o": "c.bed", "--table": "c.tsv", "--genbank": "c.gbk", "--gff3": "c.gff3", "--metrics": "c.json"}
    return path, outputs


def test_a_genbank_from_standard_input_gives_the_bytes_that_it_gives_as_a_file(made_folder, run, tmp_path):
    path, outputs = genbank_of(made_folder, tmp_path, run)
    for folder, name, given in (
        ("file", path, b""),
        ("pipe", "-", path.read_bytes()),
        ("gz", "-", gzip.compress(path.read_bytes())),
    ):
        (tmp_path / folder).mkdir()
        words = [word for option, file in outputs.items() for word in (option, tmp_path / folder / file)]
        done = run(
            "predict-annot",
            name,
            "--model",
            made_folder / "model.st",
            *words,
            "--browser",
            tmp_path / folder / "browser",
            input=given,
        )
        assert done.returncode == 0, done.stderr
    files = sorted(one.relative_to(tmp_path / "file") for one in (tmp_path / "file").rglob("*") if one.is_file())
    assert len(files) > len(outputs)
    for other in ("pipe", "gz"):
        for file in files:
            assert (tmp_path / "file" / file).read_bytes() == (tmp_path / other / file).read_bytes(), (other, file)
    table = tsv.read_table(str(tmp_path / "pipe" / "c.tsv"))
    assert "abc" in table["gene"]
    assert "primary" in table["site_class"]
    assert b'/gene="abc"' in (tmp_path / "pipe" / "c.gbk").read_bytes()


def test_each_file_is_read_once(made_folder, run, tmp_path, monkeypatch):
    path, outputs = genbank_of(made_folder, tmp_path, run)
    seen = Counter()
    before = files_format.read_bytes

    def count_reads(name):
        seen[str(name)] += 1
        return before(name)

    for module in (files_format, genomes, gene_files, genbank_calls, browser):
        if hasattr(module, "read_bytes"):
            monkeypatch.setattr(module, "read_bytes", count_reads)
    words = [word for option, file in outputs.items() for word in (option, tmp_path / file)]
    genes = ["--genes", made_folder / "genes.gff3", "--browser", tmp_path / "browser"]
    assert run("predict-annot", path, "--model", made_folder / "model.st", *words, *genes).returncode == 0
    assert seen[str(path)] == 1
    assert seen[str(made_folder / "genes.gff3")] == 1


def test_many_genomes_are_as_one_by_one_and_are_not_done_again(made_folder, run, tmp_path):
    fasta.write(str(tmp_path / "small.fa"), ["s"], [random_codes(500, seed=9)])
    (tmp_path / "bad.fa").write_text(">x\nACGT!\n")
    rows = [f"one\t{made_folder / 'g.fa'}\t{made_folder / 'genes.gff3'}\tc0", "two\tbad.fa\t\t", "three\tsmall.fa\t\t"]
    (tmp_path / "sheet.tsv").write_text("\n".join(["sample\tgenome\tgenes\tcircular", *rows]) + "\n")
    words = [
        "predict-annot",
        "--samplesheet",
        tmp_path / "sheet.tsv",
        "--model",
        made_folder / "model.st",
        "--threads",
        "1",
        "--outdir",
        tmp_path / "out",
    ]
    done = run(*words, "--keep-going", "--formats", "bigwig,tbl,xlsx")
    assert done.returncode == 1
    assert b"predict-annot: two failed: see " in done.stderr
    status = tsv.read_table(str(tmp_path / "out" / "status.tsv"))
    assert (status["sample"], status["status"]) == (["one", "two", "three"], ["done", "failed", "done"])
    assert "bad.fa:2" in status["problem"][1]
    for name, file in (("c.bed", "one.bed"), ("c.tsv", "one.tsv"), ("p.bw", "one.plus.bw")):
        assert (tmp_path / "out" / file).read_bytes() == (made_folder / name).read_bytes()
    assert (tmp_path / "out" / "one.tbl").read_text().startswith(">Feature c0\n")
    assert (tmp_path / "out" / "three.xlsx").read_bytes().startswith(b"PK")
    assert not list((tmp_path / "out").glob("two*"))
    before = (tmp_path / "out" / "three.bed").stat().st_mtime_ns
    (tmp_path / "bad.fa").write_text(">x\nACGTACGTACGTAAAT\n")
    done = run(*words, "--formats", "bigwig,tbl,xlsx")
    assert (done.returncode, (tmp_path / "out" / "three.bed").stat().st_mtime_ns) == (0, before)
    assert tsv.read_table(str(tmp_path / "out" / "status.tsv"))["status"] == ["there already", "done", "there already"]
    assert (tmp_path / "out" / "two.bed").exists()


def test_the_status_of_many_samples_is_written_now_and_then_and_is_complete_at_the_end(tmp_path, monkeypatch):
    samples = [sample_sheet.Sample(f"s{i}", f"s{i}", "", "", ()) for i in range(50)]
    written, tables = [], {}

    def write(path, columns, really=tsv.write_table):
        written.append(len(columns["sample"]))
        really(path, columns)

    monkeypatch.setattr(tsv, "write_table", write)

    def tell_all():
        with sample_sheet.Status(str(tmp_path), samples) as status:
            for sample in reversed(samples):
                status.tell(sample.name, sample_sheet.FAILED, problem="broken")
            raise KeyboardInterrupt

    for share in (0, 1e9):  # after each sample, which is the slow form, and at the end
        monkeypatch.setattr(sample_sheet, "SHARE", share)
        with pytest.raises(KeyboardInterrupt):
            tell_all()
        tables[share] = (tmp_path / "status.tsv").read_bytes()
    assert written == [*range(1, 51), 1, 50]
    assert tables[0] == tables[1e9]


def test_samples_that_are_annotated_together_are_counted_on_the_way(made_folder, tmp_path):
    model = model_tensor.read(str(made_folder / "model.st"))
    asked = Asked(0, "tss", 0.8, None, None, False, 3, 1)
    annotator = prediction.Annotator(model, presets.build_from_model(model), CPU, asked, SIGMA70)
    good = [sample_sheet.Sample(f"s{i}", f"s{i}", str(made_folder / "g.fa"), "", ()) for i in range(3)]
    samples = [*good[:1], sample_sheet.Sample("bad", "bad", str(tmp_path / "none.fa"), "", ()), *good[1:]]
    counts, again = [], []
    for told in (counts, again):
        with pytest.raises(InputError, match="bad failed"):
            annotate_samples(samples, str(tmp_path / "out"), (), annotator, True, lambda line: None, told.append)
    assert counts == sorted(counts)
    assert (set(counts), counts.count(4), again) == ({1, 2, 3, 4}, 1, [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name\tgenome\na\tb\n", "no column sample"),
        ("sample\tgenome\n\tb.fa\n", ":2: the sample is empty"),
        ("sample\tgenome\na/b\tb.fa\n", ":2: the sample name 'a/b'"),
        ("sample\tgenome\na\tb.fa\n#c\na\tb.fa\n", ":4: sample 'a' is listed twice"),
        ("sample\tgenome\n", "lists no samples"),
    ],
)
def test_a_sheet_that_is_wrong_is_told_with_its_line(tmp_path, text, problem):
    (tmp_path / "s.tsv").write_text(text)
    with pytest.raises(InputError) as raised:
        sample_sheet.read(str(tmp_path / "s.tsv"))
    assert problem in str(raised.value)


def test_options_that_do_not_go_together_are_bad_usage(made_folder, run):
    for words in (
        [],
        [made_folder / "g.fa", "--samplesheet", "x", "--outdir", "y"],
        [made_folder / "g.fa", "--top", "3", "--fdr", "0.1"],
        [made_folder / "g.fa", "--fdr-from", "shuffled"],
        [made_folder / "g.fa", "--fdr", "0.1", "--fdr-from", "chance"],
        [made_folder / "g.fa", "--formats", "gff3"],
        ["--samplesheet", "x", "--outdir", "y", "--gff3", "z"],
    ):
        assert run("predict-annot", *words, "--model", made_folder / "model.st").returncode == 2
    done = run(
        "predict-annot",
        made_folder / "g.fa",
        "--model",
        made_folder / "model.st",
        "--gff3",
        made_folder / "none" / "c.gff3",
    )
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)  # before the work, not after it
    assert b"does not exist; make it first" in done.stderr
    done = run("predict-annot", made_folder / "g.fa", "--model", "no-such-model")
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert b"no such built-in model" in done.stderr
