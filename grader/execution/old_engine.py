"""What a Dockerfile may ask that an old engine, or a client without BuildKit, does not know: that is our lack."""

from __future__ import annotations

import re

from grader.execution.dockerfile_parse import ParseError, parse, split_flags

FLAGS = {
    "COPY": {"chmod", "link", "parents", "exclude"},
    "ADD": {"chmod", "link", "exclude", "checksum", "keep-git-dir", "unpack"},
    "RUN": {"mount", "network", "security"},
    "HEALTHCHECK": {"start-interval"},
}
"""Flags that newer builders know, where they belong; one that is only for trying out, no builder knows unasked."""
_NAMES = "|".join(sorted(set().union(*FLAGS.values())))
# Anchored, and about the Dockerfile as a whole, before a step has run: nothing that a step prints looks like it.
TOO_OLD = re.compile(
    r"(?:ERROR: )?(?:failed to solve[^:]*: )?(?:failed to create LLB definition: )?(?:Error response from daemon: )?"
    rf"(?:dockerfile parse error (?:on )?line \d+: unknown flag: (?:--)?(?P<unknown>{_NAMES})\b"
    rf"|the --(?:{_NAMES}) option requires BuildKit\b"
    r'|failed to process "[^"]*\$\{\w+[#%/][^"]*": (?:missing \':\' in substitution|unsupported modifier))',
    re.I,
)
STEP_FAILED = re.compile(r"executor failed running \[|(?<!failed to )process \"|The command '")
"""How builders begin to tell of a command that failed; older ones break that line where the command does."""
LONG = 32 * 1024
"""Length of a Dockerfile that may hold a command longer than what is kept of the end of a log."""


def too_old(reason: str, version: str, text: str, log: str = "") -> str | None:
    """Return a sentence where the last line of a failed build says that the builder is too old, else None.

    A flag that `text`, the Dockerfile, puts where no builder knows it is its own mistake. Where `log` tells of a
    command that failed, the last line may be a piece of that command.

    >>> told = "Error response from daemon: dockerfile parse error line 2: Unknown flag: link"
    >>> too_old(told, "20.10.24", "FROM scratch\\nCOPY --link . /")[:39]
    'this engine (20.10.24) or its client is'
    >>> too_old(told, "20.10.24", "FROM scratch\\nRUN --link true")
    """
    found = TOO_OLD.match(reason)
    if found is None or (found["unknown"] and _misplaced(found["unknown"].lower(), text)):
        return None
    if len(text) > LONG or STEP_FAILED.search(log):
        return None
    return f"this engine ({version}) or its client is too old for the Dockerfile; grade with a newer one: {reason}"


def _misplaced(flag: str, text: str) -> bool:
    """Whether an instruction bears a flag that no builder knows there."""
    try:
        instructions = parse(text).instructions
    except ParseError:
        return False
    for one in instructions:
        keyword, rest = one.keyword, one.rest
        if keyword == "ONBUILD":
            keyword, _, rest = rest.partition(" ")
        names = {word.removeprefix("--").partition("=")[0].lower() for word in split_flags(rest.strip())[0]}
        if flag in names and flag not in FLAGS.get(keyword.upper(), set()):
            return True
    return False
