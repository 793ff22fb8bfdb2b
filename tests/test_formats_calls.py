"""Calls as GFF3 and GenBank features, and the folder for genome browsers: 2bit, session, hub."""

import io
import json
import re
import struct
import warnings

import numpy as np
import pytest

from headmotif.alphabet import encode
from headmotif.data import Asked, Contig, Contigs, Genome, Predicted, Sites
from headmotif.errors import FormatError, InputError
from headmotif.formats.features import genbank_calls, gff3_calls
from headmotif.formats.inputs import genomes, site_files
from headmotif.formats.outputs import browser
from headmotif.formats.sequences import fasta, twobit
from headmotif.formats.tracks import hub

LETTERS = (b"GATCCTCCATATACAACGGTATCTCCACCTCAGGTTTAGATCTCAACAACGGAACCATTGCCGACATG", b"NNACGTNNNTTTA")
CONTIGS = Contigs([Contig("U49845.1", 68, True), Contig("p=1 b", 13)])
GENOME = Genome(CONTIGS, np.concatenate([encode(letters) for letters in LETTERS]))
CALLS = Sites(
    np.array([1, 0, 0, 0, 0], np.int32),
    np.array([12, 40, 0, 67, 40]),
    np.array([1, -1, 1, 1, 1], np.int8),
    np.array([0.5, 0.25, 1, np.nan, 0.123456789], np.float32),
)
NAMES = ["p1", "thrLp2", "first", "", 'a;b=50%,"x"']
COLUMNS = {"Gene": ["", "thrL", "dnaA,dnaN", "", "lacZ"], "TSS class": ["primary", "", "", "", "a\tb&c"]}

SOURCE = """LOCUS       SCU49845                  68 bp    DNA     circular BCT 21-JUN-1999
DEFINITION  A test, with spaces    kept.
ACCESSION   U49845
VERSION     U49845.1  GI:1293613
KEYWORDS    .
COMMENT     Odd\xe9 text.
FEATURES             Location/Qualifiers
     source          1..68
                     /organism="Saccharomyces cerevisiae"
     gene            join(60..68,1..9)
                     /gene="over the origin"
     CDS             complement(join(30..41,
                     45..50))
                     /note="12 of 30
                     /60 wrapped"
     misc_feature    J00194.1:5..42
     gene            >42..60
                     /gene="b"
BASE COUNT       21 a     18 c     12 g     17 t
ORIGIN
        1 gatcctccat atacaacggt atctccacct caggtttaga tctcaacaac ggaaccattg
       61 ccgacatg
//
LOCUS       P                         13 bp    DNA     linear   BCT 21-JUN-1999
ACCESSION   p
VERSION     p
ORIGIN
        1 nnacgtnnnt tta
//
"""


def rows_of(path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text().splitlines() if not line.startswith("#")]


def test_gff3_is_these_lines(tmp_path):
    path = tmp_path / "x.gff3"
    gff3_calls.write(str(path), CONTIGS, CALLS, NAMES, COLUMNS)
    assert path.read_text() == (
        "##gff-version 3\n##sequence-region U49845.1 1 68\n##sequence-region p%3D1%20b 1 13\n"
        "U49845.1\theadmotif\tregion\t1\t68\t.\t+\t.\tID=landmark1;Name=U49845.1;Is_circular=true\n"
        "U49845.1\theadmotif\tTSS\t1\t1\t1\t+\t.\tID=tss1;Name=first;probability=1;gene=dnaA%2CdnaN\n"
        'U49845.1\theadmotif\tTSS\t41\t41\t0.123457\t+\t.\tID=tss2;Name=a%3Bb%3D50%25%2C"x";probability=0.123457;gene=lacZ;'
        "tSS_class=a%09b%26c\n"
        "U49845.1\theadmotif\tTSS\t41\t41\t0.25\t-\t.\tID=tss3;Name=thrLp2;probability=0.25;gene=thrL\n"
        "U49845.1\theadmotif\tTSS\t68\t68\t.\t+\t.\tID=tss4\n"
        "p%3D1%20b\theadmotif\tTSS\t13\t13\t0.5\t+\t.\tID=tss5;Name=p1;probability=0.5;tSS_class=primary\n"
    )


def test_gff3_is_read_back_as_the_same_sites(tmp_path):
    path = tmp_path / "x.gff3"
    gff3_calls.write(str(path), CONTIGS, CALLS, NAMES)
    found = site_files.read(str(path), CONTIGS).sites
    order = [2, 4, 1, 3, 0]
    for column in ("contig", "position", "strand"):
        assert getattr(found, column).tolist() == getattr(CALLS, column)[order].tolist()
    np.testing.assert_allclose(found.strength, CALLS.strength[order], rtol=5e-6)  # six digits


def test_many_calls_of_one_name_stay_many_and_are_indexed(tmp_path):
    import pysam

    rng = np.random.default_rng(1)
    key = rng.choice(2 * 5000, 3000, replace=False)
    contigs = Contigs([Contig("b", 4000), Contig("a", 1000)])
    calls = Sites.from_places(contigs, key % 2, key // 2, rng.random(3000))
    path = tmp_path / "x.gff3"
    gff3_calls.write(str(path), contigs, calls, ["same"] * 3000)
    found = site_files.read(str(path), contigs)
    assert len(found.sites) == 3000
    pysam.tabix_compress(str(path), str(path) + ".gz")
    pysam.tabix_index(str(path) + ".gz", preset="gff")
    with pysam.TabixFile(str(path) + ".gz") as index:
        expected = int(((calls.contig == 0) & (calls.position >= 100) & (calls.position < 300)).sum())
        assert len(list(index.fetch("b", 100, 300))) == expected > 0


def records(path) -> list:
    from Bio import SeqIO

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(SeqIO.parse(io.StringIO(path.read_text(encoding="latin-1")), "genbank"))


GENBANK = Genome((CONTIGS[0], Contig("p", 13)), GENOME.base)


def test_a_new_genbank_holds_the_genome_and_the_calls(tmp_path):
    path = tmp_path / "x.gb"
    genbank_calls.write(str(path), GENBANK, CALLS, NAMES, COLUMNS)
    again = genomes.read(str(path))
    assert [(c.name, c.circular) for c in again.contigs] == [("U49845.1", True), ("p", False)]
    assert (again.base == GENBANK.base).all()
    first, second = records(path)
    assert [str(f.location) for f in first.features] == ["[<0:1](+)", "[<40:41](+)", "[40:>41](-)", "[<67:68](+)"]
    assert [str(f.location) for f in second.features] == ["[<12:13](+)"]
    assert {(f.type, *f.qualifiers["regulatory_class"]) for f in first.features} == {("regulatory", "promoter")}
    text = path.read_text()
    assert "     regulatory      complement(41..>41)\n" in text
    assert "     regulatory      <13..13\n" in text
    assert set(re.findall(r"\d\d-[A-Z]{3}-\d{4}", text)) == {"01-JAN-1980"}
    one, other = first.features[1].qualifiers, first.features[3].qualifiers
    assert one["standard_name"] == ['a;b=50%,"x"']
    assert one["note"] == ["TSS at 41; probability 0.123457; Gene: lacZ; TSS class: a b&c"]
    assert one["inference"] == ["COORDINATES:ab initio prediction:headmotif"]
    assert other["note"] == ["TSS at 68"]
    assert "standard_name" not in other
    genbank_calls.write(str(tmp_path / "y.gb"), GENBANK, CALLS, NAMES, COLUMNS)
    assert (tmp_path / "y.gb").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", ["NODE_1_length_1234567_cov_12.345678_pilon_x", "a|b:c", "x" * 60])
def test_long_names_do_not_stop_a_genbank(tmp_path, name):
    genome = Genome((Contig(name, 1200),), np.tile(np.arange(4, dtype=np.uint8), 300))
    calls = Sites(np.zeros(1, np.int32), np.array([7]), np.ones(1, np.int8), np.ones(1, np.float32))
    genbank_calls.write(str(tmp_path / "x.gb"), genome, calls, ["n"])
    again = genomes.read(str(tmp_path / "x.gb"))
    assert again.contigs[0].name == name
    assert (again.base == genome.base).all()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_genbank_of_the_users_keeps_every_line(tmp_path, end):
    (tmp_path / "source.gb").write_bytes(SOURCE.replace("\n", end).encode("latin-1"))
    path = tmp_path / "x.gb"
    genbank_calls.write(str(path), GENBANK, CALLS, NAMES, COLUMNS, ("source.gb", (tmp_path / "source.gb").read_bytes()))
    before, after = SOURCE.encode("latin-1").split(b"\n"), path.read_bytes().split(b"\n")
    rest = iter(after)
    assert all(line in rest for line in before), "a line was lost or moved"
    keys = [line.split() for line in path.read_text(encoding="latin-1").splitlines() if re.match(r" {5}\w", line)]
    assert [place for _, place in keys] == [
        "1..68",
        "join(60..68,1..9)",
        "<1..1",  # behind what begins at its base
        "complement(join(30..41,",
        "J00194.1:5..42",  # a base of another record, which says nothing of the order
        "<41..41",
        "complement(41..>41)",
        ">42..60",
        "<68..68",
        "<13..13",  # of a record that had no features
    ]
    first, second = records(path)
    assert [f.type for f in second.features] == ["regulatory"]
    assert sum("inference" in f.qualifiers for f in first.features) == 4
    assert [f.qualifiers.get("gene") for f in first.features if f.type == "gene"] == [["over the origin"], ["b"]]


def test_a_genbank_of_another_genome_is_refused(tmp_path):
    source = tmp_path / "source.gb"
    source.write_bytes(SOURCE.encode("latin-1"))
    other = GENBANK.base.copy()
    other[70] = 3
    cases = [
        (Genome((CONTIGS[0], Contig("q", 13)), GENOME.base), 24, "contig 'p' is not in the genome"),
        (Genome(GENBANK.contigs, other), 24, "the sequence of 'p' is not that of the genome"),
        (
            Genome((*GENBANK.contigs, Contig("r", 1)), np.append(GENOME.base, 0).astype(np.uint8)),
            None,
            "contig 'r' is not in this GenBank file",
        ),
    ]
    for genome, line, words in cases:
        with pytest.raises(FormatError, match=words) as caught:
            genbank_calls.write(str(tmp_path / "x.gb"), genome, CALLS, NAMES, None, ("source.gb", source.read_bytes()))
        assert caught.value.line == line
    assert not (tmp_path / "x.gb").exists()


def test_twobit_has_these_bytes(tmp_path):
    genome = Genome((Contig("ab", 6),), encode("NACGTT"))
    twobit.write(str(tmp_path / "x.2bit"), genome)
    header = struct.pack("<4I", 0x1A412743, 0, 1, 0) + b"\x02ab" + struct.pack("<I", 16 + 7)
    record = struct.pack("<6I", 6, 1, 0, 1, 0, 0) + bytes([0b00_10_01_11, 0b00_00_00_00])
    assert (tmp_path / "x.2bit").read_bytes() == header + record


def test_twobit_is_read_by_another_program(tmp_path):
    from Bio import SeqIO

    rng = np.random.default_rng(2)
    contigs = Contigs(Contig(f"c{i}", length) for i, length in enumerate([1, 2, 3, 4, 5, 1000, 4097]))
    base = rng.integers(0, 5, sum(c.length for c in contigs)).astype(np.uint8)
    base[100:400] = 4
    genome = Genome(contigs, base)
    twobit.write(str(tmp_path / "x.2bit"), genome)
    with open(tmp_path / "x.2bit", "rb") as stream:
        found = {record.id: str(record.seq) for record in SeqIO.parse(stream, "twobit")}
    assert list(found) == [c.name for c in contigs]
    for i, contig in enumerate(contigs):
        assert (encode(found[contig.name]) == genome.contig_bases(i)).all()
    with pytest.raises(InputError, match="at most 255 bytes"):
        twobit.write(str(tmp_path / "y.2bit"), Genome((Contig("x" * 256, 1),), np.zeros(1, np.uint8)))
    assert not (tmp_path / "y.2bit").exists()


def test_the_index_of_a_fasta_is_samtools(tmp_path):
    import pysam

    names, lengths = ["a", "bé", "c"], [80, 200, 7]
    fasta.write(str(tmp_path / "x.fa"), names, [np.zeros(n, np.uint8) for n in lengths])
    fasta.write_index(str(tmp_path / "ours"), names, lengths)
    pysam.faidx(str(tmp_path / "x.fa"))
    ours, theirs = ((tmp_path / name).read_text().split("\n") for name in ("ours", "x.fa.fai"))
    assert ours == theirs


def make_predicted(tracks, calls):
    asked = Asked(0, "tis", 0.5, 0, 0.0, 2, 0, 1)
    return Predicted(GENOME, "tis", np.stack([tracks["plus"], tracks["minus"]]), calls, 0.5, asked, {}, None)


@pytest.fixture
def folder(tmp_path):
    """A folder for browsers, of the genome above, with genes."""
    (tmp_path / "given.gff3").write_text("##gff-version 3\nU49845.1\tx\tgene\t1\t9\t.\t+\t.\tID=g\n")
    rng = np.random.default_rng(3)
    tracks = {strand: rng.random(len(GENOME.base)).astype(np.float32) for strand in ("plus", "minus")}
    tracks["plus"][70] = np.nan
    calls = CALLS.take(np.array([0, 1, 2, 4]))
    genes = (tmp_path / "given.gff3").read_bytes()
    browser.write(str(tmp_path / "out"), make_predicted(tracks, calls), genes, 'E. "coli"')
    return tmp_path / "out", tracks, calls


def test_all_that_the_session_names_is_in_the_folder(folder):
    place, _, _ = folder
    session = json.loads((place / "session.json").read_text())
    reference = session["reference"]
    named = [reference["fastaURL"], reference["indexURL"], *(track["url"] for track in session["tracks"])]
    assert named == ["genome.fa", "genome.fa.fai", "calls.bed", "genes.gff3", "plus.bw", "minus.bw"]
    assert all((place / name).is_file() for name in named)
    assert session["locus"] == "U49845.1:1-68"
    assert reference["name"] == 'E. "coli"'
    assert [track["name"] for track in session["tracks"]] == ["Calls", "Genes", "P(tis) plus", "P(tis) minus"]
    wigs = [track for track in session["tracks"] if track["type"] == "wig"]
    assert [(track["min"], track["max"], track["autoscale"], track["format"]) for track in wigs] == [
        (0, 1, False, "bigwig")
    ] * 2
    assert wigs[0]["color"] != wigs[1]["color"]


def stanzas(path) -> list[dict[str, str]]:
    return [dict(line.split(" ", 1) for line in part.splitlines()) for part in path.read_text().split("\n\n")]


def test_all_that_the_hub_names_is_in_the_folder(folder):
    place, _, _ = folder
    first, genome, *tracks = stanzas(place / "hub.txt")
    assert first["useOneFile"] == "on"
    assert not re.search(r"\W", first["hub"] + genome["genome"])
    named = [genome["twoBitPath"], *(track["bigDataUrl"] for track in tracks)]
    assert named == ["genome.2bit", "calls.plus.bw", "calls.minus.bw", "plus.bw", "minus.bw"]
    assert all((place / name).is_file() for name in named)
    assert len({track["track"] for track in tracks}) == 4
    assert all(track["type"] == "bigWig 0 1" and track["viewLimits"] == "0:1" for track in tracks)


def test_labels_of_a_hub_are_cut_and_its_words_have_no_spaces(tmp_path):
    hub.write(
        str(tmp_path / "hub.txt"),
        "  Ünicode strain\n long name of more than seventeen letters " + "x" * 90,
        "g.2bit",
        "a:1-2",
        [],
    )
    first, genome = stanzas(tmp_path / "hub.txt")
    assert re.fullmatch(r"[A-Za-z0-9_]+", genome["genome"])
    assert (len(first["shortLabel"]), len(first["longLabel"])) == (17, 76)


def test_tracks_of_the_folder_hold_the_values(folder):
    pyBigWig = pytest.importorskip("pyBigWig", reason="has no wheel for this platform")

    place, tracks, calls = folder
    with pyBigWig.open(str(place / "plus.bw")) as plus, pyBigWig.open(str(place / "minus.bw")) as minus:
        assert plus.values("U49845.1", 0, 68) == tracks["plus"][:68].tolist()
        assert minus.values("p=1 b", 0, 13) == tracks["minus"][68:].tolist()
        assert plus.stats("p=1 b", 0, 13, type="coverage", exact=True)[0] == pytest.approx(12 / 13)
    with pyBigWig.open(str(place / "calls.plus.bw")) as plus, pyBigWig.open(str(place / "calls.minus.bw")) as minus:
        assert plus.intervals("U49845.1") == ((0, 1, 1.0), (40, 41, float(np.float32(0.123456789))))
        assert plus.intervals("p=1 b") == ((12, 13, 0.5),)
        assert minus.intervals("U49845.1") == ((40, 41, 0.25),)
    assert (place / "genes.gff3").read_text().endswith("ID=g\n")
    bed = rows_of(place / "calls.bed")
    assert [row[3] for row in bed] == ["tis3", "tis4", "tis2", "tis1"]
    assert len(site_files.read(str(place / "calls.bed"), CONTIGS).sites) == len(calls)
    assert genomes.read(str(place / "genome.fa")).contigs[0].digest
    named = set(re.findall(r"\b[\w.]+\.(?:fa|fai|2bit|bw|bed|gff3|json|txt)\b", (place / "README.txt").read_text()))
    assert named | {"README.txt"} == {path.name for path in place.iterdir()}


def test_without_genes_and_calls_there_is_a_folder_too(tmp_path):
    nothing = CALLS.take(np.zeros(0, np.int64))
    tracks = {strand: np.full(len(GENOME.base), np.nan, np.float32) for strand in ("plus", "minus")}
    for _ in range(2):
        browser.write(str(tmp_path), make_predicted(tracks, nothing))
    assert not (tmp_path / "genes.gff3").exists()
    assert "genes.gff3" not in (tmp_path / "session.json").read_text()
    gff3_calls.write(str(tmp_path / "x.gff3"), CONTIGS, nothing, [])
    assert [row[2] for row in rows_of(tmp_path / "x.gff3")] == ["region"]
    genbank_calls.write(str(tmp_path / "x.gb"), GENBANK, nothing, [])
    assert (genomes.read(str(tmp_path / "x.gb")).base == GENOME.base).all()
    source = SOURCE.encode("latin-1")
    (tmp_path / "source.gb").write_bytes(source)
    genbank_calls.write(str(tmp_path / "y.gb"), GENBANK, nothing, [], None, ("source.gb", source))
    assert (tmp_path / "y.gb").read_bytes() == source
