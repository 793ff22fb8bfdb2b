"""benchmarks/truth.py's parts: rivals on a network whose logit is known, windows at equal output, the true matrix at the known place."""

import sys
from pathlib import Path

import numpy as np
import torch

import networks
from networks import CPU, genome_of, network, random_codes

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

import rivals

from headmotif.data import Sites


def sites_of(position, strand):
    n = len(position)
    return Sites(np.zeros(n, np.int32), np.array(position), np.array(strand, np.int8), np.zeros(n, np.float32))


def test_gradients_go_with_mutagenesis():
    for preset in ("default", "cnn"):
        net = network(networks.SMALL[preset])
        genome = genome_of(random_codes(400), circular=True)
        sites = sites_of([200, 150], [1, -1])
        span = min(net.before, net.after, 90)
        rivals.SPAN, before = span, rivals.SPAN
        try:
            found = rivals.gradient(net, genome, sites, CPU)
            mutated = rivals.mutagenesis(net, genome, sites, CPU)
        finally:
            rivals.SPAN = before
        assert found.shape == mutated.shape == (2, 2 * span + 1)
        assert np.corrcoef(found.ravel(), mutated.ravel())[0, 1] > 0.3  # a slope and a step are not the same, but go together
        assert np.abs(found).max() > 0


def test_mutagenesis_is_the_mean_over_the_other_bases():
    net = network(networks.READER)
    genome = genome_of(random_codes(300), circular=True)
    rivals.SPAN, before = 6, rivals.SPAN
    try:
        [found] = rivals.mutagenesis(net, genome, sites_of([100], [1]), CPU)
    finally:
        rivals.SPAN = before
    codes = genome.base.copy()

    def logit(base):
        window = np.take(base, np.arange(100 - net.before, 101 + net.after), mode="wrap")
        with torch.inference_mode():
            return float(net(torch.from_numpy(window[None]))[0, 0, 0])

    for column in (0, 5, 6, 12):
        at = 100 - 6 + column
        others = []
        for turn in (1, 2, 3):
            other = codes.copy()
            other[at] = (other[at] + turn) % 4
            others.append(logit(other))
        assert abs(found[column] - (logit(codes) - np.mean(others))) < 1e-4


def test_windows_are_the_best_apart_and_as_many_as_asked():
    track = np.zeros((2, 181))
    track[0, 80:86] = 1  # -10 to -5
    track[0, 20:26] = 0.5
    track[1, 100:106] = 0.8
    sites = sites_of([1000, 500], [1, -1])
    found = rivals.windows_of(track, sites, ("c",), 6, 3)
    rows = sorted(zip(found.site.tolist(), found.start.tolist(), found.end.tolist(), found.distance.tolist(), strict=True))
    assert rows == [(500, 485, 491, 12), (1000, 930, 936, -68), (1000, 990, 996, -8)]


def test_words_tell_where_a_planted_word_lies():
    codes = random_codes(120_000)
    position = np.arange(200, 119_600, 400)
    for at in position:
        codes[at - 12 : at - 6] = [3, 0, 3, 0, 0, 3]
    genome = genome_of(codes)
    sites = sites_of(position, np.ones(len(position)))
    chance = sites_of(position[:-1] + 200, np.ones(len(position) - 1))
    track = rivals.word_track(genome, sites.take(np.arange(200)), chance, sites.take(np.arange(200, len(position))))
    assert (track.argmax(axis=1) == rivals.SPAN - 10).mean() > 0.9  # the word's middle, (6 - 1) // 2 behind its first base at -12


def test_the_true_matrix_points_at_the_planted_word_on_either_strand():
    codes = random_codes(3000)
    matrix = np.full((6, 4), 0.01)
    matrix[np.arange(6), [3, 3, 2, 0, 1, 0]] = 0.97
    codes[960:966] = [3, 3, 2, 0, 1, 0]
    codes[2034:2040] = [3, 2, 3, 1, 0, 0]  # TTGACA on the other strand
    genome = genome_of(codes)
    found, bits = rivals.true_matrix(genome, sites_of([1000, 2000], [1, -1]), matrix, range(-45, -30), False, 6)
    rows = sorted(zip(found.site.tolist(), found.start.tolist(), found.end.tolist(), found.distance.tolist(), strict=True))
    assert rows == [(1000, 960, 966, -38), (2000, 2034, 2040, -37)]
    assert bits.min() > 10
