"""Level of ``communication``: could a busy reader act on it?"""

import re

from grader.readme.claims import WORD_LIMIT, Claim, Reading
from grader.readme.elements import Assessment, Element
from grader.readme.wording import LIMIT

_FILLER = re.compile(
    r"\b(?:comprehensive|robust|holistic|scalable|state-of-the-art|journey|seamless\w*|leverag\w*|actionable insights|it is important|of course|needless|in today's|culture|stakeholders|philosophy|anecdote|heart|delighted)\b"
)


def _concrete(claim: Claim) -> bool:
    return bool(LIMIT.search(claim.own) or len(claim.columns) >= 1 or re.search(r"\d", claim.own))


def assess_communication(reading: Reading) -> Assessment:
    """Form only: length, structure, density of concrete statements, sentence length."""
    paying = reading.paying
    concrete = [c for c in paying if _concrete(c)]
    density = len(concrete) / max(len(reading.claims), 1)
    headings = sum(block.kind == "heading" for block in reading.blocks)
    listed = sum(c.kind in {"item", "row", "code"} for c in paying)
    lengths = [len(c.own.split()) for c in paying] or [0]
    mean_length = sum(lengths) / len(lengths)
    structured = headings >= 3 or listed >= 4
    too_long = reading.words > WORD_LIMIT * 1.1
    if len(concrete) <= 2 or density < 0.2:
        level = 1
    elif len(concrete) < 7 or density < 0.35 or not structured or too_long:
        level = 2
    elif structured and listed >= 8 and mean_length <= 17 and reading.words >= 150:
        level = 4
    else:
        level = 3
    if too_long:
        level = min(level, 1 if reading.words > WORD_LIMIT * 1.4 else 2)
    form = f"{reading.words} words, {headings} headings, {listed} list or table lines, {mean_length:.0f} words a statement"
    return Assessment(
        level, (Element("concrete statements", tuple(concrete[:4])),), confidence=0.6, note=form
    )
