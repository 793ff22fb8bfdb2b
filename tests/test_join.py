"""Genomes joined are as if they had been one from the start, and results find their way back."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headmotif.alphabet import encode
from headmotif.data import NO_LABEL, Contig, Genome, Sites
from headmotif.errors import InputError
from headmotif.steps.training.genomes import concatenate, split_by_genome
from headmotif.steps.training.labels import label


def genome_of(**contigs: str) -> Genome:
    return Genome(
        tuple(Contig(name, len(letters), name == "plasmid", f"SQ.{letters}") for name, letters in contigs.items()),
        encode("".join(contigs.values())),
    )


def sites_of(*rows: tuple[int, int, int, float]) -> Sites:
    contig, position, strand, strength = zip(*rows, strict=True)
    return Sites(
        np.array(contig, np.int32), np.array(position), np.array(strand, np.int8), np.array(strength, np.float32)
    )


@pytest.fixture
def first() -> Genome:
    return label(
        genome_of(chr="ACGTN", plasmid="GGA"),
        {"tss": sites_of((1, 2, -1, 5), (0, 3, 1, 2)), "stop": sites_of((0, 0, 1, 1))},
    )


@pytest.fixture
def second() -> Genome:
    return label(
        genome_of(contig1="TTTT", plasmid="CC"),
        {"cleavage": sites_of((1, 0, 1, 7)), "tss": sites_of((0, 1, -1, np.nan))},
    )


def test_contigs_labels_and_sites_stand_one_behind_the_other(first, second):
    both = concatenate([first, second], ["E", "S"])
    assert [c.name for c in both.contigs] == ["chr", "E:plasmid", "contig1", "S:plasmid"]
    assert [c.circular for c in both.contigs] == [False, True, False, True]
    assert [c.digest for c in both.contigs] == ["SQ.ACGTN", "SQ.GGA", "SQ.TTTT", "SQ.CC"]
    assert both.base.tobytes() == encode("ACGTNGGATTTTCC").tobytes()
    assert both.labels == ("tss", "stop", "cleavage")
    expected = np.full((3, 2, 14), NO_LABEL, np.uint8)
    expected[:2, :, :8] = first.label
    expected[[2, 0], :, 8:] = second.label
    assert (both.label.dtype, both.label.tolist()) == (np.uint8, expected.tolist())
    assert both.site.tolist() == [[0, 0, 3], [0, 1, 7], [0, 1, 9], [1, 0, 0], [2, 0, 12]]
    assert both.strength.tolist()[:2] == [2, 5]
    assert np.isnan(both.strength[2])
    assert both.sites(2).contig.tolist() == [3]


def test_joining_before_or_after_labelling_is_the_same():
    one, two = genome_of(a="ACGTNACG", b="TTN"), genome_of(c="GGCATC")
    here, there = sites_of((1, 0, -1, 3), (0, 5, 1, 1), (0, 4, 1, 2)), sites_of((0, 5, -1, 4), (0, 0, 1, 5))
    everywhere = replace(here,
                         **{k: np.append(getattr(here, k), getattr(there, k))
                            for k in ("position", "strand", "strength")},
                         contig=np.append(here.contig, there.contig + 2))  # fmt: skip
    after = concatenate([label(one, {"x": here}), label(two, {"x": there})], ["p", "q"])
    before = label(concatenate([one, two], ["p", "q"]), {"x": everywhere})
    for name in ("base", "label", "site", "strength"):
        assert getattr(after, name).tobytes() == getattr(before, name).tobytes()
        assert getattr(after, name).dtype == getattr(before, name).dtype
    assert after.contigs == before.contigs


def test_a_genome_without_labels_is_nowhere_known(first):
    both = concatenate([genome_of(bare="ACG"), first], ["bare", "E"])
    assert (both.label[:, :, :3] == NO_LABEL).all()
    assert both.label[:, :, 3:].tolist() == first.label.tolist()
    assert both.site[:, 2].tolist() == (first.site[:, 2] + 3).tolist()
    none = concatenate([genome_of(bare="ACG"), genome_of(other="TTA")], ["a", "b"])
    assert (none.labels, none.label.shape, len(none.site)) == ((), (0, 2, 6), 0)


def test_one_genome_stays_as_it_is(first):
    alone = concatenate([first], ["E"])
    assert (alone.contigs, alone.labels) == (first.contigs, first.labels)
    for name in ("base", "label", "site", "strength"):
        assert getattr(alone, name).tolist() == getattr(first, name).tolist()


def test_the_same_sequence_twice_is_refused(first, second):
    copy = genome_of(phage="CC")
    with pytest.raises(
        InputError, match=r"'plasmid' of S and 'phage' of P are the same sequence.*leave one of them out"
    ):
        concatenate([first, second, copy], ["E", "S", "P"])
    within = genome_of(a="CC", b="CC")  # as the genome was given: copies within it are masked, not refused
    assert len(concatenate([first, within], ["E", "W"]).contigs) == 4
    unknown = [Genome((Contig(name, 2),), encode("AC")) for name in "ab"]
    assert len(concatenate(unknown, ["E", "S"]).contigs) == 2


def test_names_that_stay_alike_are_refused(first):
    with pytest.raises(InputError, match="2 contigs would be named 'E:chr'"):
        concatenate([first, genome_of(chr="GGGG")], ["E", "E"])
    with pytest.raises(InputError, match="2 contigs would be named 'E:chr'"):
        concatenate([first, genome_of(**{"chr": "GGGG", "E:chr": "TT"})], ["E", "S"])


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.sampled_from([(), (2,), (3, 2)]))
@settings(max_examples=30, deadline=None)
def test_values_are_cut_back_into_genomes(sizes, leading):
    rng = np.random.default_rng(1)
    genomes = [genome_of(**{f"g{i}": "".join(rng.choice(list("ACGT"), size))}) for i, size in enumerate(sizes)]
    genomes = [replace(g, contigs=(replace(g.contigs[0], digest=""),)) for g in genomes]
    assert [p.tolist() for p in split_by_genome(concatenate(genomes, ["n"] * len(sizes)).base, genomes)] == [
        g.base.tolist() for g in genomes
    ]
    values = rng.random((*leading, sum(sizes)))
    parts = split_by_genome(values, genomes)
    assert [p.shape for p in parts] == [(*leading, size) for size in sizes]
    np.testing.assert_array_equal(np.concatenate(parts, -1), values)
    assert all(p.base is values for p in parts)
    with pytest.raises(ValueError, match="genomes of"):
        split_by_genome(values[..., 1:], genomes)
