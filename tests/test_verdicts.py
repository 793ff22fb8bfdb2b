"""The verdict of a head by its written rules, and the findings in words."""

import math
import re
from pathlib import Path

import pytest

from headmotif import __version__
from headmotif.data import Label, Match, Model, Score, Split, Training
from headmotif.data.verdict import HeadTest, Kind, Outcome
from headmotif.report.words import findings, methods, verdicts

NAN = float("nan")


def row(head: str, verdict: str, group: float = 1, regions: float = 100, **more: float) -> dict:
    return {"head": head, "verdict": verdict, "head_group": group, "regions": regions, "offset": -10.0, **more}


def match(query: str, target: str, q: float, p: float = 0.001) -> Match:
    return Match(query, target, 0, p, 0.1, q, 6, "TATAAT", "TATAAT", "+")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("no regions", Kind.NOTHING),
        ("no more regions than control networks", Kind.NOTHING),
        ("too few regions for a motif", Kind.NOTHING),
        ("position", Kind.POSITION),
        ("content", Kind.KNOWN),
        ("content, recurs", Kind.KNOWN),
        ("content, motif alone has no effect, recurs", Kind.KNOWN),
        ("content, does not recur", Kind.UNSTABLE),
        ("content, motif alone has no effect, does not recur", Kind.UNSTABLE),
        ("", Kind.UNTESTED),
    ],
)
def test_score_heads_verdict_decides_before_any_match(said, kind):
    found = verdicts.verdicts([row("L1H1", said)], [match("L1H1", "-10", 0.01)])
    assert found["L1H1"].kind == kind
    assert kind in dict(verdicts.RULES)


def test_every_verdict_of_score_heads_is_read_back_from_its_text():
    content = [HeadTest(Outcome.CONTENT, inert, recurs) for inert in (False, True) for recurs in (None, False, True)]
    every = [HeadTest(outcome) for outcome in Outcome if outcome != Outcome.CONTENT] + content
    assert [HeadTest.parse(str(one)) for one in every] == every
    assert len({str(one) for one in every}) == len(every) == 10


@pytest.mark.parametrize(
    "text", ["", "contents", "content, perhaps", "position, recurs", "content, recurs, motif alone has no effect"]
)
def test_another_text_is_no_verdict(text):
    with pytest.raises(ValueError, match=r"valid Outcome|no verdict|no further"):
        HeadTest.parse(text)


def test_a_match_names_only_up_to_its_q():
    at, above = (verdicts.verdicts([row("L1H1", "content")], [match("L1H1", "x", q)])["L1H1"] for q in (0.05, 0.0501))
    assert (at.kind, at.label, at.match.target) == (Kind.KNOWN, "known motif: x", "x")
    assert (above.kind, above.match) == (Kind.CANDIDATE, None)


def test_the_best_match_is_the_smallest_q_then_p_then_the_first():
    found = verdicts.choose_matches(
        [
            match("a", "x", 0.02),
            match("a", "y", 0.01, 0.004),
            match("a", "z", 0.01, 0.003),
            match("a", "w", 0.01, 0.003),
        ]
    )
    assert found["a"].target == "z"


def test_of_a_group_the_head_with_most_regions_stands_for_all():
    rows = [
        row("A", "content", 1, 5),
        row("B", "content, recurs", 1, 9),
        row("C", "content", 1, 9),
        row("D", "content", 2, 1),
    ]
    found = verdicts.verdicts(rows, [])
    assert [found[name].kind for name in "ABCD"] == [Kind.REDUNDANT, Kind.CANDIDATE, Kind.REDUNDANT, Kind.CANDIDATE]
    assert found["A"].label == "redundant with B"


def test_a_head_without_content_leads_no_group():
    """Neither one that fails its null nor one that does not recur makes another redundant, however many regions it
    has."""
    rows = [
        row("A", "position", 1, 500),
        row("B", "content, does not recur", 1, 400),
        row("C", "content, recurs", 1, 3),
    ]
    found = verdicts.verdicts(rows, [])
    assert [found[name].kind for name in "ABC"] == [Kind.POSITION, Kind.UNSTABLE, Kind.CANDIDATE]


def test_a_head_without_regions_that_the_model_needs_is_told():
    worse = verdicts.verdicts([row("A", "no regions", delta_ap_ablated_high=-0.01)], [])["A"]
    level = verdicts.verdicts([row("A", "no regions", delta_ap_ablated_high=0.01)], [])["A"]
    assert "worse without it" in worse.text
    assert "worse" not in level.text


def test_a_head_without_a_name_has_that_of_its_surest_place():
    rows = [row(name, "content", group) for group, name in enumerate("ABCD")]
    part = Match("C", "rpoD", 0, 0.001, 0.1, 0.01, 6, "TATAAT", "TATAATNNNNNNNNNN", "+")
    matches = (
        *(match(f"A@{at}", name, q) for at, name, q in ((-68, "CRP", 1e-6), (-9, "FNR", 1e-4))),
        match("B", "TATA", 0.01), match("B@5", "CRP", 1e-9), part, match("C@-40", "FNR", 1e-5),
        match("D@7", "CRP", 0.01),
    )  # fmt: skip
    found = verdicts.verdicts(rows, matches)
    assert {name: one.label for name, one in found.items()} == {
        "A": "known motif: CRP", "B": "known motif: TATA", "C": "known motif: FNR", "D": "candidate motif",
    }  # fmt: skip
    assert "Its motif at −68 resembles CRP" in found["A"].text


def test_strongest_regions_are_told_beside_what_a_head_is_named_by():
    rows = [row(name, "content", group) for group, name in enumerate("ABC")] + [row("D", "position", 9)]
    rare = [match(f"{name}@-12^16", "LexA", 1e-7) for name in "ACD"]
    found = verdicts.verdicts(
        rows, [*rare, match("A", "TATA", 0.01), match("B^4", "CRP", 1e-4), match("C@5", "LexA", 1e-5)]
    )
    assert [found[name].label for name in "ABCD"] == [
        "known motif: TATA",
        "candidate motif",
        "known motif: LexA",
        Kind.POSITION,
    ]
    assert "Its motif at −12 in the top 1/16 of its regions resembles LexA (q = 1e-07)." in found["A"].text
    assert "Its motif in the top 1/4 of its regions resembles CRP" in found["B"].text
    assert "in the top" not in found["C"].text + found["D"].text


def test_of_the_strongest_regions_of_a_place_the_surest_counts():
    same = [match(f"A@-12^{share}", "LexA", q) for share, q in ((4, 1e-4), (8, 1e-8), (16, 1e-7))]
    others = [
        match("A@-12", "TATA", 0.01),
        match("A@-12^8", "TATA", 1e-3),
        match("A@5^4", "LexA", 1e-5),
        match("B@-12^4", "LexA", 1e-4),
    ]
    assert verdicts.drop_repeats([*same, *others]) == [same[1], *others]
    whole = match("A@-12", "LexA", 1e-4)
    assert verdicts.drop_repeats([*same, whole]) == [whole]  # the place's own name is enough
    assert verdicts.drop_repeats([*same, match("A@-12", "LexA", 0.01)])[:1] == [same[1]]  # unless it is unsure
    assert verdicts.drop_repeats([]) == []


def test_motifs_of_strongest_regions_are_shown_where_they_say_something_new():
    matches = [
        match("A@-12", "TATA", 1e-4), match("A@-12^4", "TATA", 1e-5), match("A@-12^8", "LexA", 1e-8),
        match("A@-12^16", "LexA", 1e-7),
        match("A@-60^4", "CRP", 0.01),
    ]  # fmt: skip
    names = ["A", "A@-12", "A@-12^4", "A@-12^8", "A@-12^16", "A@-60", "A@-60^4", "A@-60^8"]
    assert verdicts.select_telling(names, matches) == ["A", "A@-12", "A@-12^8", "A@-60"]


def make_model(ap: float, part: str = "test") -> Model:
    return Model({}, (Label("tss", scores={part: Score(0.9, ap, 0.002, 10_000, 20)}),))


def write_findings(rows: list, model: Model | None = None, baselines: dict | None = None, matches: tuple = ()) -> str:
    return " ".join(findings.findings(rows, verdicts.verdicts(rows, matches), matches, model, baselines or {}))


def test_findings_say_how_good_against_prevalence_and_baseline():
    words = write_findings([row("A", "content")], make_model(0.3), {"cnn": make_model(0.25)})
    assert "average precision of 0.300 on the test part" in words
    assert "150 times the site density of 0.002" in words
    assert "cnn reaches 0.250, which is 0.050 less." in words
    assert "cnn reaches 0.300, which is 0.050 more." in write_findings(
        [row("A", "content")], make_model(0.25), {"cnn": make_model(0.3)}
    )
    assert "No baseline was given" in write_findings([row("A", "content")], make_model(0.3))
    assert "average precision of" not in write_findings([row("A", "content")])


def test_a_model_at_chance_is_told_among_the_findings():
    at_chance = Model({}, (Label("tss", scores={"test": Score(0.53, 0.0017, 0.0012, 10_000, 12)}),))
    words = write_findings([row("A", "content")], at_chance)
    assert "The model may have learned nothing of tss: a random ranking may score as well on these 12 sites." in words
    assert "learned nothing" not in write_findings([row("A", "content")], make_model(0.3))


def test_a_page_without_content_is_explained():
    for rows, said in (
        ([], "the page is empty: there is no motif to show; bed2pwm --table says why"),
        ([row("A", "no regions")], "no head reads content; a model that learned nothing has none, and --metrics shows"),
        ([row("A", "no regions"), row("B", "content")], ""),
        ([{"head": "A"}], ""),
    ):
        found = findings.explain_nothing(rows, verdicts.verdicts(rows, ()))
        assert found.startswith(said)
        assert bool(found) == bool(said)


def test_findings_name_what_single_places_resemble():
    places = [match(f"A@{at}", "CRP", q) for at, q in ((-68, 1e-9), (-48, 1e-8), (-9, 1e-3), (5, 1e-4))]
    others = match("A", "TATA", 0.01), match("A@20", "FNR", 0.01), match("B@7_2", "LexA", 1e-5)
    words = write_findings([row("A", "content")], matches=(*places, *others))
    assert (
        "resemble: CRP in A at −68 (q = 1e-09), A at −48 (q = 1e-08), A at +5 (q = 0.0001) and 1 more; LexA in B at +7"
        in words
    )
    assert "FNR" not in words
    strong = write_findings(
        [row("A", "content")], matches=(match("A@-12^4", "LexA", 1e-4), match("A@-12^8", "LexA", 1e-8))
    )
    assert "resemble: LexA in A at −12 in the top 1/8 of its regions (q = 1e-08)." in strong
    assert "at single offsets" not in write_findings([row("A", "content")], matches=(match("A", "TATA", 0.01),))


def test_findings_count_heads_and_name_what_failed():
    rows = [
        row(
            "A",
            "content, recurs",
            1,
            9,
            replicates=4.0,
            replicates_recurring=4.0,
            delta_ap_ablated=-0.05,
            delta_ap_ablated_low=-0.07,
            delta_ap_ablated_high=-0.03,
        ),
        row(
            "B",
            "content, recurs",
            1,
            5,
            replicates=4.0,
            replicates_recurring=4.0,
            delta_ap_ablated=0.0,
            delta_ap_ablated_low=-0.01,
            delta_ap_ablated_high=0.01,
        ),
        row(
            "C",
            "position",
            2,
            replicates=4.0,
            replicates_recurring=0.0,
            delta_ap_ablated=NAN,
            delta_ap_ablated_low=NAN,
            delta_ap_ablated_high=NAN,
        ),
        row(
            "D",
            "no regions",
            3,
            replicates=4.0,
            replicates_recurring=0.0,
            delta_ap_ablated=NAN,
            delta_ap_ablated_low=NAN,
            delta_ap_ablated_high=NAN,
        ),
    ]
    words = write_findings(rows, matches=(match("A", "TATA", 0.01),))
    assert "Of 4 heads, 2 read content: motifs that pass the positional null and recur in replicates (4 were" in words
    assert "Of the 2 heads, 1 chooses the same bases as another head, which leaves 1 distinct head." in words
    assert "A at −10 (TATA, q = 0.01)" in words
    assert "C did not pass the positional null" in words
    assert "D has too few regions to say what it reads." in words
    assert "lowers average precision for 1 of 2" in words
    assert "The loss is largest for A: 0.050 (0.030 to 0.070)." in words


def test_no_sentence_about_what_was_not_measured():
    words = write_findings([row("A", "content"), row("B", "content", 2)])
    assert "Ablation" not in words
    assert "shuffled promoters" not in words
    assert "No replicates were given, so recurrence was not tested." in words


def test_motifs_alone_make_no_claim():
    assert write_findings([{"head": "A"}], matches=(match("A", "x", 0.001),)).startswith(
        "1 motif came without a table of heads, so no control is known. Of these, 1 resembles a known motif."
    )


def test_methods_say_what_the_metrics_hold():
    training = Training({"seed": 7, "rate": 0.1})
    told = methods.methods(Model({"preset": "p", "heads": 2}, (), Split((), ("c:1-9",)), training=training), True)
    assert told[0] == "Network: preset p (heads 2)."
    assert told[1].startswith("Training: seed 7; rate 0.1")
    assert any("The test part: c:1-9." in line for line in told)
    assert "not given (--metrics)" in methods.methods(None, False)[0]


def test_what_is_cited_is_what_citation_cff_says():
    cff = (Path(__file__).parent.parent / "CITATION.cff").read_text(encoding="utf-8")
    own, _, paper = cff.partition("references:")

    def value(key: str, text: str) -> str:
        return re.search(rf"^\s*{key}: (.*)$", text, re.MULTILINE)[1].strip()

    program, method = methods.list_citations(__version__)
    assert program.startswith(f"{value('title', own)}, version {value('version', own)}: ")
    family, given = (re.findall(rf"{key}: (.*)", paper) for key in ("family-names", "given-names"))
    authors = ", ".join(
        f"{name} {''.join(part[0] for part in first.split())}" for name, first in zip(family, given, strict=True)
    )
    assert method.startswith(f"{authors}. {value('title', paper)}. {value('journal', paper)} {value('year', paper)}; ")
    assert (
        f"{value('volume', paper)}({value('issue', paper)}): {value('start', paper)}. doi:{value('doi', paper)}."
        in method
    )


def test_findings_say_how_calls_and_probabilities_turn_out():
    accuracy = [
        {"prediction": "m", "window_nt": w, "threshold": 0.25, "precision": p, "recall": 0.3}
        for w, p in ((0.0, 0.4), (2.0, 0.5))
    ]
    bins = [
        {"prediction": "m", "positions": n, "probability": p, "share": s}
        for n, p, s in ((1e6, 0.01, 0.0), (100.0, 0.5, 0.4))
    ]
    words = " ".join(
        findings.findings(
            [row("A", "content")], verdicts.verdicts([row("A", "content")], []), [], {}, {}, accuracy, bins
        )
    )
    assert (
        "Calls are positions with P of 0.25 or more. At the exact position, about 40 % of the calls are right and 30 % "
        "of the sites are found. Within 2 nt, about 50 %" in words
    )
    assert "Of the 100 nucleotides with P of 0.1 or more, the model expects 50 % to be sites; 40 % are." in words


def test_a_number_that_is_none_is_no_number():
    assert math.isnan(findings._number(None))


@pytest.mark.parametrize(
    ("overlap", "kind", "label"),
    [(8, Kind.KNOWN, "known motif: x"), (7, Kind.CANDIDATE, "candidate motif: part of x?")],
)
def test_a_match_of_less_than_half_of_a_motif_names_nothing(overlap, kind, label):
    """A head at -33 that reads TTG resembles six of the sixteen columns of sigma54: it is no sigma 54 head."""
    half = Match("A", "x", 0, 0.001, 0.1, 0.01, overlap, "T" * 8, "ACGT" * 4, "+")
    found = verdicts.verdicts([row("A", "content")], [half])["A"]
    assert (found.kind, found.label) == (kind, label)
    assert ("only 7 of the 16 columns of x" in found.text) == (overlap == 7)


def test_a_whole_match_is_named_before_a_better_one_of_a_part():
    part, whole = (Match("A", name, 0, p, 0.1, q, 6, "TATAAT", known, "+") for name, p, q, known in
                   (("long", 1e-5, 0.001, "N" * 29), ("box", 1e-4, 0.04, "TATAAT")))  # fmt: skip
    assert verdicts.verdicts([row("A", "content")], [part, whole])["A"].label == "known motif: box"


def test_the_head_that_stands_for_a_group_does_not_depend_on_the_order_of_rows():
    rows = [
        row("L1H10", "content", 1, 9),
        row("L1H9", "content", 1, 9),
        row("L2H1", "content", 1, 8),
        row("L3H1", "position", 1, 99),
    ]
    for some in (rows, rows[::-1], rows[2:] + rows[:2]):
        found = verdicts.verdicts(some, [])
        assert verdicts.choose_leaders(some) == {1: "L1H9"}
        assert found["L1H10"].label == found["L2H1"].label == "redundant with L1H9"
        assert found["L3H1"].kind == Kind.POSITION


def test_a_head_that_is_of_a_group_only_through_another_is_not_said_to_be_like_its_leader():
    rows = [row("A", "content", 1, 9), {**row("B", "content", 1, 5, agreement=0.6), "most_similar_head": "A"}]
    rows.append({**row("C", "content", 1, 3, agreement=0.55), "most_similar_head": "B"})
    found = verdicts.verdicts(rows, [])
    assert found["B"].text.startswith("It chooses the same bases as A (agreement 0.60).")
    assert found["C"].text.startswith(
        "It chooses the same bases as B (agreement 0.55). In their group, A has the most regions."
    )


def test_where_nothing_is_read_it_is_said_of_all_at_once():
    words = write_findings([row("A", "no regions"), row("B", "no regions", 2)], make_model(0.003))
    assert "average precision of 0.003 on the test part" in words
    assert "1.5 times the site density" in words
    assert "Of 2 heads, 0 read content" in words
    assert "All 2 heads have too few regions to say what they read." in words
