"""The day on which a page of measurements was written."""

from __future__ import annotations

from datetime import UTC, datetime


def written_today() -> str:
    """Return the line by which a page says its day, so that figures of an earlier grader are not called current.

    >>> written_today()[:16]
    'Last written on '
    """
    return f"Last written on {datetime.now(UTC):%Y-%m-%d}."
