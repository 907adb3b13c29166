"""Tell a person what is going on, one line a phase."""

from __future__ import annotations

import sys
import time
from typing import Protocol, TextIO

EXPECTED_SECONDS = {
    "intake": 2,
    "sandbox": 60,
    "notebook": 60,
    "probes": 12,
    "build": 30,
    "service": 75,
    "image": 10,
    "scoring": 15,
}
"""About how long a phase takes on two cores, for the progress lines."""


class Progress(Protocol):
    """Where the pipeline reports; plain lines, a silent sink, or a recorder in tests."""

    def start(self, phase: str) -> None:
        """Say that a phase begins."""

    def note(self, text: str) -> None:
        """Say something within a phase."""

    def done(self, phase: str, verdict: str, seconds: float) -> None:
        """Say how a phase ended."""


class Lines:
    """Progress as plain lines on a stream, with the time since the start."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._begin = time.monotonic()

    def start(self, phase: str) -> None:
        """Print the phase and about how long it takes."""
        expected = EXPECTED_SECONDS.get(phase)
        self._print(f"{phase} ..." + (f" (about {expected} s)" if expected else ""))

    def note(self, text: str) -> None:
        """Print a remark."""
        self._print(f"  {text}")

    def done(self, phase: str, verdict: str, seconds: float) -> None:
        """Print verdict and seconds."""
        self._print(f"{phase}: {verdict} in {seconds:.1f} s")

    def _print(self, text: str) -> None:
        print(f"[{time.monotonic() - self._begin:6.1f} s] {text}", file=self._stream, flush=True)


class Silent:
    """No progress at all."""

    def start(self, phase: str) -> None:
        """Do nothing."""

    def note(self, text: str) -> None:
        """Do nothing."""

    def done(self, phase: str, verdict: str, seconds: float) -> None:
        """Do nothing."""
