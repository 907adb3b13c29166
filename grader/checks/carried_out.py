"""Whether a column that a finding says was dropped still moves what is served."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.checks.case import Case
from grader.evidence.notebook import FindingClaim
from grader.evidence.service import ColumnMoves
from grader.truth import Plant

COLUMN = r"(?:columns?|features?|fields?|predictors?|variables?)\b"
DROPPED = (
    r"(?:dropped|removed|excluded|deleted|omitted|discarded|left\s+out|unused|(?:not|no\s+longer)\s+used)\b"
)
DROP = re.compile(
    rf"""[\W\d]*(?:action\W+)?(?:(?:we|i|to|was|were|is|are|have|has|been|decided)\s+)*
    (?:{DROPPED}|(?:drop|drops|dropping|remov(?:e|es|ing)|exclud(?:e|es|ing)|delet(?:e|es|ing)|omit(?:s|ting)?
    |discard(?:s|ing)?|leav(?:e|es|ing)\s+out)\b)(?P<after>.*)""",
    re.I | re.S | re.X,
)
TURNED = re.compile(
    rf"""[\W\d]*(?:(?:the|this|these|both|all)\s+)*(?P<subject>{COLUMN}(?:(?:,\s*|\s+)(?:and\s+)?{COLUMN})*)\s+
    (?:(?:was|is|were|are|has|have|been)\s+)*{DROPPED}(?P<after>.*)""",
    re.I | re.S | re.X,
)
"""The same with what is dropped before it: "the column was removed"."""
REASON = re.compile(
    r"[,;:.(!\u2013\u2014]|\s-+\s|\b(?:because|due\s+to|since(?!\s+\d)|as\s+(?:it|they|this|leak\w*))\b", re.I
)
"""What ends the words that say what is dropped."""
WHAT = re.compile(
    rf"""\s*(?:(?:it|them|the|this|that|these|those|both|all|and|whole|entire|affected|leaking|leaky|{COLUMN}
    |entirely|completely|altogether|fully|refit(?:ted)?|retrain(?:ed)?
    |(?:as|from|before|prior\s+to|in)\s+(?:(?:the|our|a|an|all|any)\s+)?
     (?:train|model|feature|fit|input|predictor)\w*(?:\s+(?:sets?|data|matrix|list|frame|inputs))?)(?:\s+|$))*""",
    re.I | re.X,
)
"""All that a drop of a column may be said to be of; of anything else it may be rows, levels, or a trend that go."""
ELSEWISE = re.compile(
    r"\?|\b(?:us(?:e|es|ed|ing)|deriv\w*|instead|(?<!month )(?<!months )later|v\s?\d+|if|when|once|not|yet|next"
    r"|until|unless|except|plan\w*|pending|recommend\w*|confirm\w*|ratios?|rank\w*|differenc\w*|re-?plac\w*"
    r"|re-?(?:build|built|comput|calculat|construct|stor)\w*|repair\w*|correct\w*|lag\w*|keep\w*|kept)\b",
    re.I,
)
"""What takes the place of a dropped column, under its name perhaps, or puts the drop off."""
ROWS = re.compile(r"\b(?:row|record|snapshot|period|window|duplicate|outlier)s?\b", re.I)
MIN_ROWS = 20
MOVED_SHARE = 0.1
"""Share of the rows whose answers move from which a column is used; where it is not read, none does."""


def drops_column(action: str, plant: Plant, columns: Sequence[str] = ()) -> bool:
    """Return whether an action says that the column of a plant is not used any more.

    Only what can be read in no other way says so: a drop of nothing, of the column, or of one of these columns.
    Of a leak or a change the bare word does; in a column with wrong values it may be rows that go, so there
    the column has to be named as what is dropped.

    >>> leak = Plant(id="p", family="leakage", kind="target_leakage", severity=1)
    >>> [drops_column(words, leak) for words in ("drop", "dropped before training", "exclude_rows", "rescale")]
    [True, True, False, False]
    """
    text = _with_columns_named(action, columns)
    found = TURNED.fullmatch(text) or DROP.fullmatch(text)
    if found is None:
        return False
    what, rest = _parted(found["after"])
    named = "subject" in found.groupdict() or re.search(rf"\b{COLUMN}", what, re.I) is not None
    if WHAT.fullmatch(what) is None or ELSEWISE.search(rest) or (ROWS.search(rest) and not named):
        return False
    return named or plant.family in ("leakage", "change")


def _with_columns_named(action: str, columns: Sequence[str]) -> str:
    """Return an action with these columns called "column", without quotes and underscores."""
    text = re.sub(r"[`'\"]", "", action)
    for name in sorted(filter(None, columns), key=len, reverse=True):
        spoken = re.escape(name).replace("_", "[_ ]")
        text = re.sub(rf"(?<!\w){spoken}(?!\w)", "column", text, flags=re.I)
    return text.replace("_", " ")


def _parted(after: str) -> tuple[str, str]:
    """Return what is dropped and what is said beyond it."""
    end = REASON.search(after)
    return (after, "") if end is None else (after[: end.start()], after[end.start() :])


def still_served(case: Case, claim: FindingClaim, plant: Plant) -> tuple[ColumnMoves, ...]:
    """Return the columns that a finding says were dropped and that move the served answers; else nothing.

    Nothing where any of them was not asked or does not move: of two columns that say the same one may stay. The
    seeded leak has a measurement and a price of its own.
    """
    if plant.seeded or not drops_column(claim.action, plant, claim.columns):
        return ()
    asked = {one.name: one for one in case.evidence.document.service.columns}
    named = [column for column in claim.columns if column in plant.columns]
    moving = tuple(asked[column] for column in named if column in asked and _moves(asked[column]))
    return moving if len(moving) == len(named) else ()


def _moves(one: ColumnMoves) -> bool:
    return one.rows >= MIN_ROWS and one.moved >= MOVED_SHARE * one.rows
