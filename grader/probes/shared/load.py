"""Load at a steady rate, whatever comes back."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from grader.probes.shared.text import Json


def load(send: Callable[[int], bool], rate: float, seconds: float) -> dict[str, Json]:
    """Return a LatencySeries: requests leave on schedule whatever came back, timed from when they were due."""
    total = max(1, int(rate * seconds))
    taken: list[float] = []
    begin = time.monotonic() + 0.2

    def one(place: int) -> None:
        due = begin + place / rate
        if send(place):
            taken.append((time.monotonic() - due) * 1000)

    with ThreadPoolExecutor(max_workers=64) as pool:
        for place in range(total):
            time.sleep(max(0.0, begin + place / rate - time.monotonic()))
            pool.submit(one, place)
    return series(rate, seconds, total, taken)


def series(rate: float, seconds: float, sent: int, taken: Sequence[float]) -> dict[str, Json]:
    """Return a LatencySeries of the answered requests' milliseconds, with what was sent and not answered."""
    ranked = sorted(taken)

    def quantile(share: float) -> float | None:
        return round(ranked[min(len(ranked) - 1, math.ceil(share * len(ranked)) - 1)], 3) if ranked else None

    counts = {
        "rate": rate,
        "seconds": seconds,
        "sent": sent,
        "answered": len(ranked),
        "errors": sent - len(ranked),
    }
    return {**counts, "p50_ms": quantile(0.5), "p95_ms": quantile(0.95), "p99_ms": quantile(0.99)}
