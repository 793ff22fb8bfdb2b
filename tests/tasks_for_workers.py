"""What the workers of test_motif_workers.py do: a worker imports this module, so it is a small one."""

import os
import signal
import sys
import time
from pathlib import Path


def divide(whole, part):
    return whole / part


def print_and_divide(whole, part):
    print("printed")
    os.write(1, b"and written")
    return whole / part


def list_modules(_common, _task):
    return os.getpgrp(), set(sys.modules)


def end(_common, how):
    if how == "killed":
        signal.raise_signal(signal.SIGKILL)
    os._exit(3)


def sleep(folder, task):
    Path(folder, f"{task}.begun").write_text(str(os.getpid()))
    Path(folder, f"{task}.begun").rename(Path(folder, f"{task}.pid"))
    time.sleep(600)
