"""What a Dockerfile may ask that an old engine, or a client without BuildKit, does not know: that is our lack."""

from __future__ import annotations

import re

FLAGS = "chmod|link|parents|exclude|checksum|keep-git-dir|unpack|start-interval|mount|network|security|device"
"""Flags of COPY, ADD, RUN and HEALTHCHECK that newer builders know."""
# Anchored, and about the Dockerfile as a whole, before a step has run: nothing that a step prints looks like it.
TOO_OLD = re.compile(
    r"(?:ERROR: )?(?:failed to solve[^:]*: )?(?:failed to create LLB definition: )?(?:Error response from daemon: )?"
    rf"(?:dockerfile parse error (?:on )?line \d+: unknown flag: (?:--)?(?:{FLAGS})\b"
    rf"|the --(?:{FLAGS}) option requires BuildKit\b"
    r'|failed to process "[^"]*\$\{\w+[#%/][^"]*": (?:missing \':\' in substitution|unsupported modifier))',
    re.I,
)


def too_old(reason: str, version: str) -> str | None:
    """Return a sentence where the last line of a failed build says that the builder is too old, else None.

    >>> too_old("Error response from daemon: dockerfile parse error line 2: Unknown flag: link", "20.10.24")[:39]
    'this engine (20.10.24) or its client is'
    >>> too_old("dockerfile parse error line 2: Unknown flag: nosuch", "20.10.24")
    """
    if TOO_OLD.match(reason) is None:
        return None
    return f"this engine ({version}) or its client is too old for the Dockerfile; grade with a newer one: {reason}"
