#!/usr/bin/env python3
"""Refuse a commit whose subject has more than 72 characters; git's commit-msg hook calls this with the message's
file."""

import sys
from pathlib import Path

MOST = 72


def subject(message: str) -> str:
    """The first line that is neither empty nor a comment of git's; "" where there is none."""
    lines = (line.strip() for line in message.splitlines())
    return next((line for line in lines if line and not line.startswith("#")), "")


if __name__ == "__main__":
    first = subject(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if len(first) > MOST:
        sys.exit(f"the subject has {len(first)} characters, more than {MOST}; say the rest in the body:\n  {first}")
