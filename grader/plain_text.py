"""Text of candidates made harmless to show: no terminal codes, no invisible characters, no floods."""

from __future__ import annotations

import re

LONGEST = 2_000
"""Characters of one piece of text that a report shows; the rest stays in the evidence."""

# Sequences that terminals obey. A string sequence counts only with its end, or an unfinished one would hide
# all that follows.
TERMINAL_CODES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]{0,4096}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-Z\\^_`a-~]"
)
# C0 but tab and line feed, delete, C1, soft hyphen, zero-width and direction signs, line separators,
# surrogates, interlinear and tag characters, and U+FFFE and U+FFFF, which XML does not allow.
NEVER_SHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
# Stacks of accents climb over the neighbouring lines; two are as many as a language needs.
STACKED_ACCENTS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{2})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
MANY_BREAKS = re.compile(r"\n\s*\n\s*\n+")


def plain(text: str, longest: int = LONGEST) -> str:
    """The text without what could fool a terminal, browser or reader, cut after `longest` characters.

    Line feeds and tabs stay. The cut says how many characters were left out.

    >>> plain("\\x1b[31mred\\x1b[0m\\u202e and\\x00 plain")
    'red and plain'
    >>> plain("abcdef", longest=3)
    'abc… (3 more characters)'
    """
    # What is cut is never looked at, so a flood costs no time; the slack is for signs that are removed.
    head = text[: 8 * longest]
    head = NEVER_SHOWN.sub("", TERMINAL_CODES.sub("", BREAKS.sub("\n", head)))
    head = MANY_BREAKS.sub("\n\n", STACKED_ACCENTS.sub(r"\1", head))
    left_out = len(head) - longest + len(text[8 * longest :])
    if len(head) > longest or len(text) > 8 * longest:
        return f"{head[:longest].rstrip()}… ({max(left_out, 1):,} more characters)"
    return head


def one_line(text: str, longest: int = LONGEST) -> str:
    """`plain`, with every run of white space a single space.

    >>> one_line("first\\n\\tsecond ")
    'first second'
    """
    return " ".join(plain(text, longest).split())
