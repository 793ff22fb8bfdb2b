"""One function of many tasks side by side: on threads, or in processes where there is much to do.

A search for motifs is many short calls of NumPy, and threads take turns with all of Python between them. Processes do
not wait for one another, but each takes a third of a second to start.

A worker is a new interpreter. It imports the module of the function, and not the main module of the program. So a
script that searches for motifs needs no `if __name__ == "__main__"`, and nothing heavy is loaded twice. Tasks and
results pass through its standard streams. It ends when these do, whatever ended the program.
"""

import contextlib
import os
import pickle
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import Any, BinaryIO, TypeVar

Common = TypeVar("Common")
Task = TypeVar("Task")
Result = TypeVar("Result")

START = f"import sys; sys.path[:] = sys.argv[1:]; from {__name__} import serve; serve()"
"""The program of a worker; its words are where Python looks for modules."""
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)


def run_tasks(
    function: Callable[[Common, Task], Result],
    common: Common,
    tasks: Sequence[Task],
    sizes: Sequence[int],
    number: int,
    processes: bool,
) -> Iterator[Result]:
    """Call a function for each task, several at a time.

    The largest tasks are started first, so that none is left for the end.

    Parameters
    ----------
    function
        Called with `common` and a task. For processes, a function of a module, which can be imported by its name.
    common
        What all tasks share; each process gets it once.
    tasks
        The tasks. For processes, they, `common` and the results can be pickled.
    sizes
        How large each task is beside the others.
    number
        Tasks at a time; does not change the results.
    processes
        Whether they run in processes of one thread each, instead of on threads.

    Yields
    ------
    Result
        In the order of the tasks.

    Raises
    ------
    MemoryError
        Where the system killed a process.
    Exception
        What the function raises.
    """
    number = max(1, min(number, len(tasks)))
    with ThreadPoolExecutor(number) as pool, contextlib.ExitStack() as started:
        # What is still running when nobody waits for it any more ends first, for the pool waits for its threads.
        started.callback(pool.shutdown, wait=False, cancel_futures=True)
        ask = started.enter_context(_start(function, common, number)) if processes else partial(function, common)
        order = sorted(range(len(tasks)), key=lambda i: -sizes[i])
        answers = {i: pool.submit(ask, tasks[i]) for i in order}
        for i in range(len(tasks)):
            yield answers.pop(i).result()


@contextlib.contextmanager
def _start(
    function: Callable[[Common, Task], Result], common: Common, number: int
) -> Iterator[Callable[[Task], Result]]:
    """Start workers, which end with the context, and give what has an idle one do a task and waits for the result."""
    workers: list[_Worker] = []
    try:
        for _ in range(number):
            workers.append(_Worker())
        first = pickle.dumps((function, common), pickle.HIGHEST_PROTOCOL)
        idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in workers:
            worker.send(first)
            idle.put(worker)

        def ask(task: Task) -> Result:
            worker = idle.get()
            try:
                return worker.answer(task)
            finally:
                idle.put(worker)

        yield ask
    finally:
        for worker in workers:
            worker.end()


class _Worker:
    """A process that runs `serve`. It has a group of its own, for Ctrl-C in a terminal is meant for the program."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | ONE_THREAD,
            process_group=0,
        )

    def send(self, message: bytes) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(message)
            self.process.stdin.flush()
        except OSError as error:
            raise self._explain() from error

    def answer(self, task: object) -> Any:
        """Return the result of a task, or raise what the function raised."""
        self.send(pickle.dumps(task, pickle.HIGHEST_PROTOCOL))
        assert self.process.stdout is not None
        try:
            done, result = pickle.load(self.process.stdout)
        except (EOFError, pickle.UnpicklingError) as error:
            raise self._explain() from error
        if not done:
            raise result
        return result

    def _explain(self) -> Exception:
        """Return why there is no answer. A process that the system kills has most often taken too much memory."""
        status = self.process.wait()
        return MemoryError() if status == -9 else RuntimeError(f"a bug in headmotif: a worker ended with {status}")

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            with contextlib.suppress(OSError):  # what is still to be written has no reader
                stream.close()


def serve() -> None:
    """Do the tasks that come on standard input, and write the results to standard output, until the input ends.

    First come the function and what all tasks share.
    """
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that is printed may stand between results
    received: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, received), daemon=True).start()
    function, common = received.get()
    while True:
        task = received.get()
        try:
            result = True, function(common, task)
        except Exception as error:
            error.add_note(traceback.format_exc())  # a traceback cannot be sent
            result = False, error
        pickle.dump(result, results, pickle.HIGHEST_PROTOCOL)
        results.flush()


def _receive(stream: BinaryIO, received: "SimpleQueue[Any]") -> None:
    """Put what comes into a queue, and end the process, in the middle of a task too, when nothing comes any more."""
    status = 1
    try:
        while True:
            received.put(pickle.load(stream))
    except EOFError:
        status = 0
    except BaseException:
        traceback.print_exc()
    os._exit(status)
