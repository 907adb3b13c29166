"""Plain lines for people on standard error; results alone go to standard output."""

import sys


def say(line: str) -> None:
    """Print one line of progress at once."""
    print(line, file=sys.stderr, flush=True)
