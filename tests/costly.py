"""A mark for tests that cost too much for every run; what they hold is held more cheaply elsewhere, or measured by
`make bench`."""

import os

import pytest

FULL = pytest.mark.skipif(
    not os.environ.get("HEADMOTIF_FULL"), reason="minutes of training or compiling: set HEADMOTIF_FULL=1"
)
