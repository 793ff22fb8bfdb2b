"""Batches that are computed by threads of their own: the same results in the same order, and no more at once."""

import threading
import time

import pytest
import torch

from headmotif.steps.network import device
from headmotif.steps.network.parallel import count_threads, map_in_order


@pytest.fixture(params=[1, 2, 3])
def where(request):
    with device.use_device("cpu", "float32", request.param) as compute:
        yield compute


def test_results_come_in_the_order_of_the_items(where):
    def work(number):
        time.sleep(0.002 * (number % 3))
        return number**2

    assert list(map_in_order(work, range(20), where)) == [n**2 for n in range(20)]


def test_each_item_has_one_thread_of_pytorch_and_the_callers_number_stays(where):
    threads = count_threads(where)
    seen = list(map_in_order(lambda _item: (torch.get_num_threads(), threading.get_ident()), range(30), where))
    assert torch.get_num_threads() == threads
    assert {number for number, _ in seen} == {1}
    assert (threading.get_ident() in {ident for _, ident in seen}) == (threads == 1)


def test_few_items_are_held_at_once(where):
    taken = []
    for result in map_in_order(lambda n: n, (taken.append(n) or n for n in range(50)), where):
        assert len(taken) - result <= 1 + 2 * count_threads(where)


def test_a_fault_reaches_the_caller_and_ends_the_work(where):
    begun = []

    def work(number):
        begun.append(number)
        if number == 3:
            raise ValueError("the third")
        return number

    with pytest.raises(ValueError, match="the third"):
        list(map_in_order(work, range(1000), where))
    assert len(begun) <= 4 + 2 * count_threads(where)


def test_whoever_stops_early_waits_for_no_more_than_has_begun(where):
    begun = []
    results = map_in_order(lambda n: begun.append(n) or n, range(1000), where)
    assert next(results) == 0
    results.close()
    assert len(begun) <= 1 + 2 * count_threads(where)


def test_a_graphics_processor_computes_one_item_after_the_other():
    compute = device.Compute(torch.device("cuda"), torch.float32)
    assert count_threads(compute) == 1
    assert set(map_in_order(lambda _item: threading.get_ident(), range(5), compute)) == {threading.get_ident()}
