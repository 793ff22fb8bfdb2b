"""Groups of regions searched in processes: what threads find, to the bit, and no process left behind."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

import tasks_for_workers as tasks
from headmotif.data import Motif, Regions
from headmotif.steps.motifs import discovery, workers
from test_align import concatenate, promoters, regions

HANGING = 120
"""Seconds after which what should end soon is taken to hang."""


def run(function, common, its, processes=True, number=2):
    return list(workers.run_tasks(function, common, its, [1] * len(its), number, processes))


def flatten(found):
    """Every number and word of a result, those of the records and arrays in it too."""
    if isinstance(found, discovery.Found | Motif | Regions):
        return [flatten(getattr(found, field.name)) for field in fields(found)]
    return (found.dtype.str, found.shape, found.tobytes()) if isinstance(found, np.ndarray) else repr(found)


@pytest.fixture(scope="module")
def heads():
    """A genome, and the regions of heads of different size with a motif or none, p for their top fractions."""
    genome, site, strand, distance = promoters(60)
    groups = [regions(site[:n], strand[:n], np.roll(distance, i)[:n], f"L1H{i}") for i, n in enumerate((44, 60, 50))]
    few = regions(site[:9], strand[:9], distance[:9], "L1H9")
    its = concatenate(*groups, few)
    return genome, replace(its, p=np.random.default_rng(1).random(len(its)))


@pytest.mark.parametrize("controlled", [False, True])
def test_processes_find_what_threads_find(heads, controlled, monkeypatch):
    genome, mine = heads
    search = discovery.Search(8, several=2, widths=(6,), gaps=range(3, 5), top_fractions=True)
    controls = mine.take(np.arange(len(mine)) % 2 == 0) if controlled else None
    one = list(discovery.find_motifs(genome, mine, search, 1, controls, 1))
    started, start = [], workers._start
    monkeypatch.setattr(workers, "_start", lambda *given: started.append(given[2]) or start(*given))
    monkeypatch.setattr(discovery, "MANY", len(mine))
    two = list(discovery.find_motifs(genome, mine, search, 1, controls, 2))
    assert started == [2]
    assert len(one) > 3
    assert list(map(flatten, one)) == list(map(flatten, two))
    monkeypatch.setattr(discovery, "MANY", len(mine) + 1)
    assert list(map(flatten, discovery.find_motifs(genome, mine, search, 1, controls, 2))) == list(map(flatten, one))
    assert started == [2]  # of fewer regions on threads


@pytest.mark.parametrize("processes", [False, True])
def test_results_are_in_the_order_of_the_tasks(processes):
    assert run(tasks.divide, 60, [1, 2, 3, 4, 5, 6], processes, 3) == [60, 30, 20, 15, 12, 10]
    assert run(tasks.divide, 60, [], False) == []


def test_the_largest_tasks_are_started_first_and_of_equal_ones_the_first():
    begun = []
    found = workers.run_tasks(lambda _common, task: begun.append(task) or task, None, "abcd", [2, 5, 2, 7], 1, False)
    assert list(found) == list("abcd")
    assert begun == list("dbac")


def test_a_worker_loads_neither_pytorch_nor_pandas_nor_the_main_module():
    found = run(tasks.list_modules, None, [1, 2])
    for group, modules in found:
        assert group != os.getpgrp()  # Ctrl-C in a terminal does not reach it
        assert not {"torch", "pandas", "typer", "pytest"} & modules


def test_what_a_task_prints_does_not_come_between_the_results(capfd):
    assert run(tasks.print_and_divide, 60, [1, 2, 3]) == [60, 30, 20]
    assert capfd.readouterr().out == ""


def test_an_error_of_a_task_is_raised_with_its_own_traceback():
    with pytest.raises(ZeroDivisionError) as error:
        run(tasks.divide, 60, [1, 0, 2])
    assert "in divide" in error.value.__notes__[0]


@pytest.mark.parametrize(("how", "error"), [("killed", MemoryError), ("left", RuntimeError)])
def test_a_worker_that_ends_is_no_closed_pipe(how, error):
    """A closed pipe would end the command in silence."""
    with pytest.raises(error):
        run(tasks.end, None, [how] * 4)
    worker = workers._Worker()
    try:
        worker.process.kill()
        worker.process.wait()
        with pytest.raises(MemoryError):
            worker.send(bytes(1 << 20))
    finally:
        worker.end()


SCRIPT = """
import sys
import tasks_for_workers as tasks
from headmotif.steps.motifs import workers
print("once", flush=True)
list(workers.run_tasks(tasks.sleep, sys.argv[1], [1, 2], [1, 1], 2, True))
"""
"""A program without a guard: who imports its main module prints once more."""


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_the_program_in_the_middle_of_a_task(tmp_path, sign):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    program = subprocess.Popen(
        [sys.executable, script, tmp_path],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        files = [tmp_path / "1.pid", tmp_path / "2.pid"]
        wait_until(lambda: all(file.exists() for file in files))
        working = [int(file.read_text()) for file in files]
        assert all(map(is_running, working))
        os.killpg(program.pid, sign)  # as a terminal does with Ctrl-C
        out, err = program.communicate(timeout=HANGING)
    finally:
        program.kill()
        program.wait()
    wait_until(lambda: not any(map(is_running, working)))
    assert program.returncode == -sign
    assert out == "once\n"
    assert err.count("Traceback") == (sign == signal.SIGINT)


def wait_until(what):
    end = time.monotonic() + HANGING
    while not what():
        assert time.monotonic() < end, "it hangs"
        time.sleep(0.02)


def is_running(process):
    """Whether there is such a process that has not ended; nobody may have asked for the status of one that has."""
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
