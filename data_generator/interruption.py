"""Ctrl-C and a request to end, which stop a command even where a library loses the exception they raise."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class _Asked:
    """Whether this process was asked to stop; signals are the process's own, and so is this."""

    to_stop = False

    @classmethod
    def note(cls, _: int, __: FrameType | None) -> None:
        cls.to_stop = True
        raise KeyboardInterrupt


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt in the block on Ctrl-C and on a request to end (SIGTERM).

    Code in C that asks whether an object has an attribute clears whatever was raised meanwhile, this included.
    That it was raised is therefore noted, and `raise_if_interrupted` raises it again.
    """
    before = {signal.SIGTERM: signal.signal(signal.SIGTERM, _Asked.note)}
    # Started in the background, a process ignores Ctrl-C; it stays with that.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        before[signal.SIGINT] = signal.signal(signal.SIGINT, _Asked.note)
    _Asked.to_stop = False
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def raise_if_interrupted() -> None:
    """Raise KeyboardInterrupt if the process was asked to stop since `interruptible` began."""
    if _Asked.to_stop:
        raise KeyboardInterrupt
